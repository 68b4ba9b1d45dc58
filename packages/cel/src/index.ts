export { estimateCost } from './cost/estimate.ts';
export type { SizeHint } from './cost/estimate.ts';
export type { Range } from './cost/range.ts';
export type { DeviceSelector, SelectableDevice } from './device-selector.ts';
export { compileDeviceSelector } from './device-selector.ts';
export type { Environment, Extension, StructType } from './environment.ts';
export { extend } from './environment.ts';
export type { Answer, Ask, Question } from './library/authorizer.ts';
export {
  authorizerType,
  authorizerValue,
  requestResourceValue,
  resourceCheckType,
} from './library/authorizer.ts';
export { base } from './library/base.ts';
export { pattern } from './library/pattern.ts';
export { jsonPatchKeys } from './library/strings.ts';
export { limits } from './limits.ts';
export type { Bindings, Compiled, CompileOptions, Outcome, Program } from './program.ts';
export { compile, isCostExceeded, selects, uses } from './program.ts';
export type { Binding } from './run/plan.ts';
export { declare } from './run/overload.ts';
export type { FunctionDeclaration, Row } from './run/overload.ts';
export { StructMap } from './run/struct.ts';
export { escapeName, unescapeName } from './types/names.ts';
export type { SchemaLike } from './types/schema.ts';
export { typeFromSchema } from './types/schema.ts';
export type { CelField, CelType } from './types/type.ts';
export * as celTypes from './types/type.ts';
export { equal } from './values/equal.ts';
export { fromJson, toJson } from './values/json.ts';
export type { MapValue, Value } from './values/value.ts';
export { CelError, isList, isMap, Opaque, Optional, typeName } from './values/value.ts';
