import type { EitherNode, ScalarForm, SchemaNode, StructNode } from '../../schema/node.ts';
import { writeInstant } from '../../time/index.ts';
import { DecodeError } from '../json/index.ts';
import { isZero, nilList, nilMap, presenceOf, zeroOf } from '../json/zero.ts';
import type { Presence } from '../json/zero.ts';
import { wireTypes } from './encode.ts';
import { Reader } from './reader.ts';

/** Reads one value; its tag has been read. */
type Read = (reader: Reader) => unknown;

const readers = new WeakMap<SchemaNode, Read>();
const layouts = new WeakMap<StructNode, Layout>();
const utf8 = new TextDecoder();

/** The canonical object of a message without envelope. Throws DecodeError. */
export function decodeMessage(type: StructNode, bytes: Uint8Array): object {
  const reader = new Reader(bytes);
  return readStruct(type, reader, bytes.length);
}

/** How another API object inside an object is read where it is no JSON: set by the envelope. */
export const embedded: { read: (bytes: Uint8Array) => unknown } = {
  read: (bytes) => parse(bytes),
};

const parse = (bytes: Uint8Array): unknown =>
  bytes.length === 0 ? null : (JSON.parse(utf8.decode(bytes)) as unknown);

/** Goes through the fields of a message; `take` reads those it knows and says so. */
function eachField(
  reader: Reader,
  end: number,
  take: (field: number, wire: number) => boolean,
): void {
  while (reader.at < end) {
    const tag = reader.varint();
    if (!take(tag >>> 3, tag & 7)) reader.skip(tag & 7);
  }
}

function instant(form: 'time' | 'microTime'): Read {
  return (reader) => {
    const end = reader.end();
    if (end === reader.at) return null;
    let seconds = 0;
    let nanos = 0;
    eachField(reader, end, (field) => {
      if (field === 1) seconds = reader.varint();
      else if (field === 2) nanos = reader.varint();
      else return false;
      return true;
    });
    return writeInstant({ seconds, nanos }, form);
  };
}

/** The last bytes under field 1 of a message. */
function firstField(reader: Reader): Uint8Array | undefined {
  const end = reader.end();
  let found: Uint8Array | undefined;
  eachField(reader, end, (field, wire) => {
    if (field !== 1 || wire !== wireTypes.bytes) return false;
    found = reader.slice(reader.end());
    return true;
  });
  return found;
}

function readIntOrString(reader: Reader): number | string {
  const end = reader.end();
  let isText = false;
  let number = 0;
  let text = '';
  eachField(reader, end, (field) => {
    if (field === 1) isText = reader.varint() === 1;
    else if (field === 2) number = reader.varint();
    else if (field === 3) text = reader.text();
    else return false;
    return true;
  });
  return isText ? text : number;
}

const varint: Read = (reader) => reader.varint();

const scalars: Readonly<Record<ScalarForm, Read>> = {
  string: (reader) => reader.text(),
  boolean: (reader) => reader.varint() !== 0,
  int32: varint,
  int64: varint,
  float64: (reader) => reader.double(),
  bytes: (reader) => reader.slice(reader.end()).toBase64(),
  time: instant('time'),
  microTime: instant('microTime'),
  quantity: (reader) => {
    const text = firstField(reader);
    return text === undefined ? '0' : utf8.decode(text);
  },
  intOrString: readIntOrString,
};

function readerOf(node: SchemaNode): Read {
  let read = readers.get(node);
  if (read === undefined) readers.set(node, (read = compile(node)));
  return read;
}

function compile(node: SchemaNode): Read {
  switch (node.kind) {
    case 'scalar':
      return scalars[node.form];
    case 'any':
      return (reader) => {
        const bytes = firstField(reader);
        if (bytes === undefined) return null;
        return node.form === 'raw' ? embedded.read(bytes) : parse(bytes);
      };
    case 'struct':
      return (reader) => readStruct(node, reader, reader.end());
    case 'list': {
      const item = readerOf(node.item);
      return (reader) => readWrapped(reader, item);
    }
    case 'either':
      return (reader) => readEither(node, reader);
    case 'map':
      throw new DecodeError(`${node.goType} has no protobuf form`);
  }
}

function readWrapped(reader: Reader, item: Read): readonly unknown[] {
  const end = reader.end();
  const items: unknown[] = [];
  eachField(reader, end, (field) => {
    if (field !== 1) return false;
    items.push(item(reader));
    return true;
  });
  return items.length ? items : nilList;
}

function readEither({ object, other }: EitherNode, reader: Reader): unknown {
  const end = reader.end();
  const schema = readerOf(object);
  const items: unknown[] = [];
  let made: unknown = null;
  eachField(reader, end, (field, wire) => {
    if (other.kind === 'list' && field === 2) items.push(readerOf(other.item)(reader));
    else if (other.kind === 'scalar' && field === 1 && wire === wireTypes.varint)
      made ??= reader.varint() !== 0;
    else if (field === 1 || field === 2) made = schema(reader);
    else return false;
    return true;
  });
  return items.length ? items : made;
}

type Slots = unknown[];

/** What each field number of a message does with its value. */
type Take = (reader: Reader, slots: Slots, wire: number, base: number) => void;

interface Layout {
  readonly shown: readonly Presence[];
  readonly takes: readonly (Take | undefined)[];
  /** Places of maps, whose keys another writer may have left unsorted. */
  readonly maps: readonly number[];
}

function layoutOf(node: StructNode): Layout {
  let layout = layouts.get(node);
  if (layout === undefined) {
    const takes: Take[] = [];
    for (const wire of node.wire)
      takes[wire.number] =
        'embedded' in wire
          ? embeddedTake(wire.embedded, wire.at)
          : fieldTake(wire.field.node, wire.at);
    const maps = node.fields.filter(({ node }) => node.kind === 'map').map(({ at }) => at);
    layout = { shown: node.fields.map(presenceOf), takes, maps };
    layouts.set(node, layout);
  }
  return layout;
}

function embeddedTake(node: StructNode, at: number): Take {
  return (reader, slots, _wire, base) =>
    readFields(layoutOf(node).takes, reader, reader.end(), slots, base + at);
}

function fieldTake(node: SchemaNode, at: number): Take {
  if (node.kind === 'list' && !node.wrapped) {
    const item = readerOf(node.item);
    return (reader, slots, wire, base) => {
      const items = (slots[base + at] ??= []) as unknown[];
      if (wire !== wireTypes.bytes || item !== varint) {
        items.push(item(reader));
        return;
      }
      for (const end = reader.end(); reader.at < end;) items.push(item(reader)); // packed
    };
  }
  if (node.kind === 'map') {
    const value = readerOf(node.value);
    const absent = mapZero(node.value);
    return (reader, slots, _wire, base) =>
      readEntry(reader, (slots[base + at] ??= {}) as Record<string, unknown>, value, absent);
  }
  const read = readerOf(node);
  return (reader, slots, _wire, base) => {
    slots[base + at] = read(reader);
  };
}

const mapZero = (node: SchemaNode): unknown =>
  node.kind === 'scalar' && node.form === 'bytes' ? '' : zeroOf(node);

function readEntry(
  reader: Reader,
  made: Record<string, unknown>,
  read: Read,
  absent: unknown,
): void {
  const end = reader.end();
  let key = '';
  let value = absent;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag >>> 3 === 1) key = reader.text();
    else if (tag >>> 3 === 2) value = read(reader);
    else reader.skip(tag & 7);
  }
  if (key === '__proto__')
    Object.defineProperty(made, key, { value, enumerable: true, configurable: true });
  else made[key] = value;
}

function readFields(
  takes: readonly (Take | undefined)[],
  reader: Reader,
  end: number,
  slots: Slots,
  base: number,
): void {
  while (reader.at < end) {
    const tag = reader.varint();
    const take = takes[tag >>> 3];
    if (take === undefined) reader.skip(tag & 7);
    else take(reader, slots, tag & 7, base);
  }
  if (reader.at !== end) throw new DecodeError('unexpected EOF');
}

function readStruct(node: StructNode, reader: Reader, end: number): object {
  const { shown, takes, maps } = layoutOf(node);
  const slots: Slots = Array.from({ length: shown.length });
  readFields(takes, reader, end, slots, 0);
  for (const at of maps) slots[at] = sorted(slots[at] as Record<string, unknown> | undefined);
  const made: Record<string, unknown> = {};
  for (let at = 0; at < shown.length; at++) {
    const { name, omits, zero, drops } = shown[at]!;
    const value = slots[at];
    if (value === undefined || value === null) {
      if (!omits) made[name] = zero();
    } else if (!drops || !isZero(value)) made[name] = value;
  }
  return made;
}

function sorted(map: Record<string, unknown> | undefined): unknown {
  if (map === undefined) return undefined;
  const keys = Object.keys(map);
  if (keys.length === 0) return nilMap;
  if (keys.every((key, at) => at === 0 || keys[at - 1]! <= key)) return map;
  return Object.fromEntries(keys.toSorted().map((key) => [key, map[key]]));
}
