import { canonicalQuantity, QuantityError } from '../../quantity/index.ts';
import type { EitherNode, ScalarForm, SchemaNode, StructNode } from '../../schema/node.ts';
import { canonicalTime, TimeError } from '../../time/index.ts';
import { emptyList, emptyMap, isNil, isZero, nilList, nilMap, presenceOf, zeroOf } from './zero.ts';
import type { Presence } from './zero.ts';

/** The value does not fit its type; `examine` finds upstream's words for it. */
export class Mismatch extends Error {}

type Json = Readonly<Record<string, unknown>>;
/** Makes the canonical form of a value that is neither null nor absent; what `kept` has as well is canonical. Throws Mismatch. */
type Decode = (value: unknown, kept?: Kept) => unknown;
/** Fields of an object, by their names, that were decoded before. */
export type Kept = Readonly<Record<string, object>>;

const decoders = new WeakMap<SchemaNode, Decode>();

/** Objects read that had a key more than their type has fields: whether to look for unknown fields. */
let surplus = 0;

/**
 * The object as Go would hold it after reading: known fields only, in Go's order, zero values as Go
 * prints them, quantities and times canonical. `surplus` tells that something may have been dropped.
 */
export function canonical(
  node: StructNode,
  value: unknown,
  kept?: Kept,
): { object: object; surplus: boolean } {
  surplus = 0;
  const object = (value === null ? zeroOf(node) : decoderOf(node)(value, kept)) as object;
  return { object, surplus: surplus > 0 };
}

function decoderOf(node: SchemaNode): Decode {
  let decode = decoders.get(node);
  if (decode === undefined) decoders.set(node, (decode = compile(node)));
  return decode;
}

function compile(node: SchemaNode): Decode {
  switch (node.kind) {
    case 'scalar':
      return scalars[node.form];
    case 'list':
      return listDecoder(node.item);
    case 'map':
      return mapDecoder(node.value);
    case 'struct':
      return structDecoder(node);
    case 'either':
      return eitherDecoder(node);
    case 'any':
      return (value) => value;
  }
}

const int32Max = 2 ** 31 - 1;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function whole(value: unknown, max: number): number {
  if (!Number.isInteger(value)) throw new Mismatch();
  const number = value as number;
  if (number > max || number < -max - 1) throw new Mismatch();
  return number + 0;
}

function own<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TimeError || error instanceof QuantityError) throw new Mismatch();
    throw error;
  }
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Mismatch();
  return value;
}

const scalars: Readonly<Record<ScalarForm, Decode>> = {
  string: text,
  boolean: (value) => {
    if (typeof value !== 'boolean') throw new Mismatch();
    return value;
  },
  int32: (value) => whole(value, int32Max),
  int64: (value) => whole(value, 2 ** 63),
  float64: (value) => {
    if (typeof value !== 'number') throw new Mismatch();
    return value;
  },
  bytes: (value) => {
    // Go reads base64 across line breaks.
    const packed = text(value).replaceAll(/[\r\n]/g, '');
    if (!base64.test(packed)) throw new Mismatch();
    return packed;
  },
  quantity: (value) => {
    if (typeof value !== 'string' && typeof value !== 'number') throw new Mismatch();
    return own(() => canonicalQuantity(String(value).trim()));
  },
  time: (value) => own(() => canonicalTime(text(value), 'time')),
  microTime: (value) => own(() => canonicalTime(text(value), 'microTime')),
  intOrString: (value) => (typeof value === 'string' ? value : whole(value, int32Max)),
};

function listDecoder(item: SchemaNode): Decode {
  const decode = decoderOf(item);
  return (value) => {
    if (!Array.isArray(value)) throw new Mismatch();
    // Of an object that was decoded before, and patched elsewhere.
    if (value.length === 0) return isNil(value) ? nilList : emptyList;
    return value.map((given: unknown) =>
      given === null || given === undefined ? zeroElement(item) : decode(given),
    );
  };
}

/** What a null inside a list or a map becomes. */
const zeroElement = (node: SchemaNode): unknown =>
  node.kind === 'scalar' && node.form === 'bytes' ? '' : zeroOf(node);

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapDecoder(item: SchemaNode): Decode {
  const decode = decoderOf(item);
  return (value) => {
    if (!isObject(value)) throw new Mismatch();
    const keys = Object.keys(value);
    if (keys.length === 0) return isNil(value) ? nilMap : emptyMap;
    sortKeys(keys);
    const made: Record<string, unknown> = {};
    for (const key of keys) {
      const given = value[key];
      if (given === undefined) continue;
      const read = given === null ? zeroElement(item) : decode(given);
      if (key === '__proto__') Object.defineProperty(made, key, { ...open, value: read });
      else made[key] = read;
    }
    return made;
  };
}

const open = { enumerable: true, configurable: true, writable: true };

function sortKeys(keys: string[]): void {
  for (let at = 1; at < keys.length; at++)
    if (keys[at - 1]! > keys[at]!) {
      // eslint-disable-next-line unicorn/no-array-sort -- the array is our own
      keys.sort();
      return;
    }
}

function eitherDecoder({ object, other }: EitherNode): Decode {
  const takes: (value: unknown) => boolean =
    other.kind === 'list' ? Array.isArray : (value) => typeof value === 'boolean';
  return (value) => {
    if (isObject(value)) return decoderOf(object)(value);
    if (takes(value)) return decoderOf(other)(value);
    // Upstream reads other values as unset where the alternative is a list.
    if (other.kind === 'list') return null;
    throw new Mismatch();
  };
}

interface Step extends Presence {
  readonly decode: Decode;
}

function structDecoder(node: StructNode): Decode {
  let known: readonly Step[] | undefined;
  return (value, kept) => {
    if (!isObject(value)) throw new Mismatch();
    known ??= node.fields.map((field) => ({
      ...presenceOf(field),
      decode: decoderOf(field.node),
    }));
    const made: Record<string, unknown> = {};
    let found = 0;
    for (const step of known) {
      const given = value[step.name];
      if (given !== undefined) found++;
      if (given === undefined || given === null) {
        if (!step.omits) made[step.name] = step.zero();
        continue;
      }
      const read = given === kept?.[step.name] ? given : step.decode(given);
      if (!step.drops || !isZero(read)) made[step.name] = read;
    }
    for (const _ in value) found--;
    // Members that are undefined are none: only now is it worth while to look for them.
    if (found < 0) for (const name in value) if (value[name] === undefined) found++;
    if (found < 0) surplus++;
    return made;
  };
}
