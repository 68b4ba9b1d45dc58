/** What is known of a value before it is there: the types of the checker, with the bounds that costs are estimated by. */
export type CelTypeKind =
  | 'dyn'
  | 'any'
  | 'error'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'list'
  | 'map'
  | 'object'
  | 'opaque'
  | 'type'
  | 'param';

export interface CelType {
  readonly kind: CelTypeKind;
  /** Of objects, opaque types and type parameters. */
  readonly name?: string;
  /** Of lists, maps, optionals and types. */
  readonly parameters?: readonly CelType[];
  /** Of objects: absent when the object's fields are not for expressions. */
  readonly fields?: ReadonlyMap<string, CelField>;
  /** The most elements (or bytes) that a value may have, where a schema says so. */
  readonly maxElements?: number;
  /** The fewest bytes that a value takes in JSON. */
  readonly minSize?: number;
  /** How lists of this type are equal and added: by default in order. */
  readonly listType?: 'set' | { readonly keys: readonly string[] };
  /** A string or an integer (`x-kubernetes-int-or-string`); such a value is dyn. */
  readonly intOrString?: true;
}

export interface CelField {
  readonly type: CelType;
  /** The name in JSON, when it had to be escaped to be one in an expression. */
  readonly jsonName?: string;
}

const plain = (kind: CelTypeKind): CelType => ({ kind });

export const dyn: CelType = plain('dyn');
export const anyType: CelType = plain('any');
export const errorType: CelType = plain('error');
export const nullType: CelType = plain('null');
export const bool: CelType = plain('bool');
export const int: CelType = plain('int');
export const uint: CelType = plain('uint');
export const double: CelType = plain('double');
export const string: CelType = plain('string');
export const bytes: CelType = plain('bytes');
export const timestamp: CelType = plain('timestamp');
export const duration: CelType = plain('duration');

/** A list of one type of elements. */
export const listOf = (element: CelType, more: Partial<CelType> = {}): CelType => ({
  kind: 'list',
  parameters: [element],
  ...more,
});

/** A map from one type to another. */
export const mapOf = (key: CelType, value: CelType, more: Partial<CelType> = {}): CelType => ({
  kind: 'map',
  parameters: [key, value],
  ...more,
});

/** A type with named fields; without `fields` it is opened by functions alone. */
export const objectType = (name: string, fields?: Readonly<Record<string, CelType>>): CelType =>
  fields
    ? {
        kind: 'object',
        name,
        fields: new Map(Object.entries(fields).map(([field, type]) => [field, { type }])),
      }
    : { kind: 'object', name };

/** A type that only functions open. */
export const opaqueType = (name: string, ...parameters: readonly CelType[]): CelType => ({
  kind: 'opaque',
  name,
  parameters,
});

export const optionalOf = (type: CelType): CelType => opaqueType('optional_type', type);

/** The type whose values are types. */
export const typeOf = (type?: CelType): CelType => ({
  kind: 'type',
  parameters: type ? [type] : [],
});

/** A type that a call settles. */
export const parameter = (name: string): CelType => ({ kind: 'param', name });

export const isOptional = ({ kind, name }: CelType): boolean =>
  kind === 'opaque' && name === 'optional_type';

/** What an optional holds; any other type is itself. */
export const unwrapped = (type: CelType): CelType =>
  isOptional(type) ? type.parameters![0]! : type;

export const isDyn = ({ kind }: CelType): boolean => kind === 'dyn' || kind === 'any';

/** Same kind, name and parameters. */
export function sameType(a: CelType, b: CelType): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.name !== b.name) return false;
  const left = a.parameters ?? [];
  const right = b.parameters ?? [];
  return left.length === right.length && left.every((each, at) => sameType(each, right[at]!));
}

const withParameters = (name: string, type: CelType, write: (type: CelType) => string): string =>
  type.parameters?.length ? `${name}(${type.parameters.map(write).join(', ')})` : name;

/** As the checker's messages write it. */
export function writeType(type: CelType): string {
  if (type.kind === 'error') return '!error!';
  return withParameters(type.name ?? type.kind, type, writeType);
}

const runtimeNames: Partial<Record<CelTypeKind, string>> = {
  null: 'null_type',
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
  any: 'google.protobuf.Any',
  error: 'error',
};

/** As `type(value)` and messages about whole expressions write it. */
export const runtimeTypeName = (type: CelType): string =>
  withParameters(runtimeNames[type.kind] ?? type.name ?? type.kind, type, runtimeTypeName);
