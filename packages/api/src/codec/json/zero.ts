import type { Field, SchemaNode, StructNode } from '../../schema/node.ts';

const printsNull = { value: (): null => null };

/** A list that was never set: empty to read, `null` in JSON, as Go prints a nil slice. */
export const nilList: readonly never[] = Object.freeze(
  Object.defineProperty([], 'toJSON', printsNull),
);

/** A map that was never set: empty to read, `null` in JSON. */
export const nilMap: Readonly<Record<string, never>> = Object.freeze(
  Object.defineProperty({}, 'toJSON', printsNull),
);

/** A list that was set to nothing: stored and shown as one that was never set, but whoever wrote it has said so. */
export const emptyList: readonly never[] = Object.freeze(
  Object.defineProperty([], 'toJSON', printsNull),
);

/** A map that was set to nothing. */
export const emptyMap: Readonly<Record<string, never>> = Object.freeze(
  Object.defineProperty({}, 'toJSON', printsNull),
);

/** Whether a value was never set. */
export const isNil = (value: unknown): boolean =>
  value === null || value === undefined || value === nilList || value === nilMap;

/** The fields that a zero struct shows. */
const shownFields = new WeakMap<StructNode, readonly Field[]>();

/** What Go holds in a value of this type before anything is set. */
export function zeroOf(node: SchemaNode): unknown {
  switch (node.kind) {
    case 'scalar':
      switch (node.form) {
        case 'string':
          return '';
        case 'boolean':
          return false;
        case 'quantity':
          return '0';
        case 'bytes':
        case 'time':
        case 'microTime':
          return null;
        case 'int32':
        case 'int64':
        case 'float64':
        case 'intOrString':
          return 0;
      }
    case 'list':
      return nilList;
    case 'map':
      return nilMap;
    case 'struct':
      return zeroStruct(node);
    case 'any':
    case 'either':
      return null;
  }
}

/** A new one each time: what is decoded may be filled with defaults. */
function zeroStruct(node: StructNode): object {
  let shown = shownFields.get(node);
  if (shown === undefined)
    shownFields.set(node, (shown = node.fields.filter((field) => !omitsZero(field))));
  const zero: Record<string, unknown> = {};
  for (const field of shown) zero[field.name] = field.pointer ? null : zeroOf(field.node);
  return zero;
}

/** Go leaves the field out of JSON when it holds its zero value; structs only go by `omitzero`. */
const omitsZero = (field: Field): boolean =>
  field.omitZero || (field.omitEmpty && (field.pointer || !isGoStruct(field.node)));

/** The types that Go's `omitempty` never finds empty. */
const isGoStruct = (node: SchemaNode): boolean =>
  node.kind === 'struct' ||
  node.kind === 'any' ||
  node.kind === 'either' ||
  (node.kind === 'scalar' && goStructs.has(node.form));

const goStructs: ReadonlySet<string> = new Set(['quantity', 'time', 'microTime', 'intOrString']);

/** How one field stands in a canonical object. */
export interface Presence {
  readonly name: string;
  /** Absent and null: nothing, or `zero()` stands there. */
  readonly omits: boolean;
  readonly zero: () => unknown;
  /** A value that is zero is left out. */
  readonly drops: boolean;
}

export function presenceOf(field: Field): Presence {
  const omits = omitsZero(field);
  const zero = (): unknown => (field.pointer ? null : zeroOf(field.node));
  return { name: field.name, omits, zero, drops: omits && !field.pointer };
}

/** The value that Go would find empty: '', 0, false, null, a list or map never set. */
export const isZero = (value: unknown): boolean =>
  !value || isNil(value) || value === emptyList || value === emptyMap;
