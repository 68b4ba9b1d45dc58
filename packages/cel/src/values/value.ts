import type { CelType } from '../types/type.ts';

/** What an expression makes when it cannot make a value. */
export class CelError extends Error {
  override readonly name = 'CelError';
}

/** An unsigned number: apart from `int`, which is a bigint. */
export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** An instant, in nanoseconds since 1970. */
export class Timestamp {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A span, in nanoseconds. */
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A value that is there, or not. */
export class Optional {
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

export const none: Optional = new Optional(undefined);

/** A type as a value. */
export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value that only functions open: a quantity, an address, an authorizer. */
export class Opaque<T = unknown> {
  readonly type: CelType;
  readonly value: T;
  /** What costs count it as. */
  readonly size: number;
  readonly #equals: (other: unknown) => boolean;
  constructor(type: CelType, value: T, equals: (other: T) => boolean, size = 1) {
    this.type = type;
    this.value = value;
    this.size = size;
    this.#equals = equals as (other: unknown) => boolean;
  }

  /** Whether another of the same type is equal. */
  equals(other: T): boolean {
    return this.#equals(other);
  }
}

/** Keys and what they lead to; objects of the API are maps too. */
export interface MapValue {
  readonly kind: 'map';
  /** Of a typed object: its name. */
  readonly typeName?: string;
  readonly size: number;
  get(key: Value): Value | undefined;
  /** Where `get` answers for keys that are not there too. */
  has?(key: Value): boolean;
  keys(): readonly Value[];
}

/** A list that is not equal and added in order. */
export class ListValue extends Array<Value> {
  listType: CelType['listType'] = undefined;
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/** Any value of an expression. Lists are arrays. */
export type Value =
  | null
  | boolean
  | bigint
  | Uint
  | number
  | string
  | Uint8Array
  | Timestamp
  | Duration
  | Optional
  | TypeValue
  | Opaque
  | MapValue
  | readonly Value[];

/** Which of all it is, by the name that `type()` has for it. */
export function typeName(value: Value): string {
  if (value === null) return 'null_type';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
  }
  if (Array.isArray(value)) return 'list';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Opaque) return value.type.name!;
  return (value as MapValue).typeName ?? 'map';
}

export const isMap = (value: Value): value is MapValue =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'map';

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** Of strings in code points, of bytes, lists and maps in elements; undefined of all else. */
export function sizeOf(value: Value): number | undefined {
  if (typeof value === 'string') return stringSize(value);
  if (isList(value) || value instanceof Uint8Array) return value.length;
  return value !== null && isMap(value) ? value.size : undefined;
}

/** In code points. */
export function stringSize(text: string): number {
  let size = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code < 0xdc00) size--;
  }
  return size;
}

/** What a cost counts for a value. */
export function costSize(value: Value): number {
  if (value instanceof Optional) return value.value === undefined ? 1 : costSize(value.value);
  if (value instanceof Opaque) return value.size;
  return sizeOf(value) ?? 1;
}
