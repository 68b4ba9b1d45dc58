/** How one value of a type is written where it is a leaf of the JSON tree. */
export type ScalarForm =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'bytes' // base64 in JSON
  | 'quantity'
  | 'time'
  | 'microTime'
  | 'intOrString';

/** A leaf. `values` are the closed set of an enum type. */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly form: ScalarForm;
  /** As Go's error texts name the type: `int32`, `v1.RestartPolicy`. */
  readonly goType: string;
  readonly values?: readonly string[] | undefined;
}

export interface ListNode {
  readonly kind: 'list';
  readonly goType: string;
  readonly item: SchemaNode;
  /** In protobuf a message with `items = 1` instead of a repeated field (`Verbs`, `ExtraValue`). */
  readonly wrapped: boolean;
}

/** Keys are always strings. */
export interface MapNode {
  readonly kind: 'map';
  readonly goType: string;
  readonly value: SchemaNode;
}

/** Any JSON. `raw`: another API object; `fields`: a FieldsV1; `json`: a value inside a schema; `value`: a table's cell. */
export interface AnyNode {
  readonly kind: 'any';
  readonly form: 'raw' | 'fields' | 'json' | 'value';
  readonly goType: string;
}

/** The `JSONSchemaPropsOr...` types: an object, or the one other shape. */
export interface EitherNode {
  readonly kind: 'either';
  readonly goType: string;
  readonly object: StructNode;
  readonly other: SchemaNode;
}

/** An object with known fields. Fields of embedded Go structs stand among `fields`, in Go's order. */
export interface StructNode {
  readonly kind: 'struct';
  readonly package: string; // 'core/v1', 'meta'
  readonly name: string; // 'PodSpec'
  readonly goType: string; // 'v1.PodSpec'
  /** Server-side apply treats it as one value. */
  readonly atomic: boolean;
  /** It has `kind` and `apiVersion`. */
  readonly isObject: boolean;
  readonly fields: readonly Field[];
  readonly byName: ReadonlyMap<string, Field>;
  /** The message as protobuf lays it out: embedded structs are messages of their own there. */
  readonly wire: readonly WireField[];
}

export type SchemaNode = ScalarNode | ListNode | MapNode | AnyNode | EitherNode | StructNode;

/** One JSON field of a struct, with what upstream's Go tags and markers say of it. */
export interface Field {
  readonly name: string;
  readonly node: SchemaNode;
  /** Its place in `StructNode.fields`. */
  readonly at: number;
  readonly pointer: boolean;
  readonly omitEmpty: boolean;
  readonly omitZero: boolean;
  /** What OpenAPI lists under `required`. */
  readonly required: boolean;
  readonly mergeKey?: string | undefined;
  readonly patchStrategy?: string | undefined; // 'merge', 'retainKeys', 'merge,retainKeys', 'replace'
  readonly listType?: 'atomic' | 'set' | 'map' | undefined;
  readonly listKeys?: readonly string[] | undefined;
  readonly mapType?: 'atomic' | 'granular' | undefined;
  readonly structType?: 'atomic' | 'granular' | undefined;
  readonly default?: unknown;
  /** Names the discriminator of a union. */
  readonly discriminator: boolean;
}

/** One protobuf field: a JSON field, or an embedded struct whose fields start at `at` of the owner's `fields`. */
export type WireField =
  | { readonly number: number; readonly at: number; readonly field: Field }
  | { readonly number: number; readonly at: number; readonly embedded: StructNode };
