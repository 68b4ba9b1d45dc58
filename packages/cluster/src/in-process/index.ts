export type { AnyObject, KnownKinds, ObjectOf } from './kinds.ts';
export type {
  Cluster,
  ExecResult,
  InNamespace,
  KindName,
  ListOptions,
  NodesWanted,
  StartOptions,
  Why,
} from './options.ts';
export type {
  Commands,
  FetchRequest,
  Files,
  Handler,
  Output,
  Process,
  ProcessFunction,
} from './process.ts';
export { startCluster } from './start-cluster.ts';
