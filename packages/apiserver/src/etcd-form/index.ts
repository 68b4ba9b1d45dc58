export { etcdForm } from './etcd-form.ts';
