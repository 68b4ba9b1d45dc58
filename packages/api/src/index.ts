export * from './call/index.ts';
export * from './generated/resources.ts';
export * from './resource.ts';
export * from './status/index.ts';
export * from './schema/index.ts';
export * from './codec/index.ts';
export * from './quantity/index.ts';
export * from './time/index.ts';
export * from './fields/index.ts';
export * from './labels/index.ts';
export * from './names/index.ts';
export {
  applyObject,
  decodeManaged,
  deduced,
  managedText,
  mergeTypeOf,
  objectTypeOf,
  parentManagedFields,
  scaleManagedFields,
  schemaless,
  untyped,
  updateManagedFields,
  withoutNewTimes,
} from './apply-merge/index.ts';
export type {
  Applied,
  Apply,
  Convert,
  ManagedFields,
  MergeField,
  MergeList,
  MergeMap,
  MergeType,
  ObjectType,
  PlainWrite,
  ReplicasPaths,
  ResetFields,
  Writer,
} from './apply-merge/index.ts';
export * from './patch/index.ts';
