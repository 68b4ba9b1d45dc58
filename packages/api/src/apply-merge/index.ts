export { applyObject } from './apply.ts';
export type { Applied, Apply } from './apply.ts';
export { compareElements, elementText } from './field-set/element.ts';
export type { Element } from './field-set/element.ts';
export { decodeFields, FieldSetError } from './field-set/decode.ts';
export {
  difference,
  fieldSet,
  has,
  intersection,
  isEmpty,
  paths,
  recursiveDifference,
  union,
} from './field-set/field-set.ts';
export type { FieldSet } from './field-set/field-set.ts';
export { lastAppliedAnnotation } from './last-applied.ts';
export { decodeManaged, encodeManaged, managedText, updateOwnersMax } from './managed.ts';
export type { Managed, Owner } from './managed.ts';
export { deduced, untyped } from './merge-type.ts';
export type {
  Json,
  MergeField,
  MergeKey,
  MergeList,
  MergeMap,
  MergeScalar,
  MergeType,
} from './merge-type.ts';
export { objectTypeOf, sameVersion, schemaless } from './object-type.ts';
export type { Convert, ObjectType, ResetFields, Versioned } from './object-type.ts';
export { parentManagedFields, scaleManagedFields } from './scale.ts';
export type { ReplicasPaths } from './scale.ts';
export { mergeTypeOf } from './schema-type.ts';
export { compare } from './typed/compare.ts';
export type { Comparison } from './typed/compare.ts';
export { TypedError } from './typed/list-items.ts';
export { mergeValues } from './typed/merge.ts';
export { extractItems, removeItems } from './typed/remove.ts';
export { toFieldSet } from './typed/to-field-set.ts';
export { validateTyped } from './typed/validate.ts';
export { updateManagedFields, withoutNewTimes } from './update.ts';
export type { ManagedFields, PlainWrite, Writer } from './update.ts';
