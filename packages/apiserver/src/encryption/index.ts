export { type Encryption, encryptionOf, type KmsSettings, type OpenKms } from './configuration.ts';
export { type CurrentEncryption, encryptedStorage } from './encrypted-storage.ts';
