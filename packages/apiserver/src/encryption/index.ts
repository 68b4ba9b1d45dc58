export { type Encryption, encryptionOf } from './configuration.ts';
export { type CurrentEncryption, encryptedStorage } from './encrypted-storage.ts';
