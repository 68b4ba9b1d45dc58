export { type EtcdOptions, openEtcdStorage } from './etcd-storage.ts';
export type { Place, ValueForm } from './form.ts';
export { EtcdError, type EtcdServers } from './wire.ts';
