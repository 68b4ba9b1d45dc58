export { type Authenticate, delegatedAuthentication } from './auth/authenticate.ts';
export { type Authorize, delegatedAuthorization } from './auth/authorize.ts';
export { answerInProcess } from './in-process.ts';
export {
  type KubeletServer,
  type KubeletServerOptions,
  type KubeletTls,
  openKubeletServer,
} from './open.ts';
export type {
  FilesystemFigures,
  InterfaceFigures,
  MachineFigures,
  MachineSample,
  ServedNode,
} from './served-node.ts';
export { linuxFigures } from './stats/machine.ts';
export { streamWire } from './stream-wire.ts';
