export type * from './node.ts';
export { groupVersions } from './table.ts';
export { isListType, objectKinds, structType, typeOf } from './types.ts';
