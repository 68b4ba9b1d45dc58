import type { ScalarForm, SchemaNode, StructNode, WireField } from '../../schema/node.ts';
import { parseInstant } from '../../time/index.ts';
import { encodeJson } from '../json/encode.ts';
import { Writer } from './writer.ts';

type Json = Readonly<Record<string, unknown>>;

/** Wire types of protobuf, as the low bits of a tag. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Writes a value with its length, where its wire type has one; not its tag. */
interface Encoder {
  readonly wire: number;
  readonly write: (writer: Writer, value: unknown) => void;
}

const writer = new Writer();
const utf8 = new TextEncoder();
const encoders = new WeakMap<SchemaNode, Encoder>();
const bodies = new WeakMap<StructNode, (writer: Writer, value: Json) => void>();

/**
 * The message of an object, without the envelope, byte for byte as upstream's generated code writes
 * it. The object is canonical (see `decode`). Kinds without protobuf form throw.
 */
export function encodeMessage(type: StructNode, object: object): Uint8Array<ArrayBuffer> {
  try {
    bodyOf(type)(writer, object as Json);
    return writer.take();
  } finally {
    writer.clear();
  }
}

function message(write: (writer: Writer, value: unknown) => void): Encoder {
  return {
    wire: wireTypes.bytes,
    write: (writer, value) => {
      const before = writer.written;
      write(writer, value);
      writer.varint(writer.written - before);
    },
  };
}

function bytes(writer: Writer, tag: number, value: Uint8Array): void {
  writer.raw(value);
  writer.varint(value.length);
  writer.byte(tag);
}

function varintField(writer: Writer, tag: number, value: number): void {
  writer.varint(value);
  writer.byte(tag);
}

const varint = (toNumber: (value: unknown) => number): Encoder => ({
  wire: wireTypes.varint,
  write: (writer, value) => writer.varint(toNumber(value)),
});

const number = (value: unknown): number => (value as number | undefined) ?? 0;

const instant = (form: 'time' | 'microTime'): Encoder =>
  message((writer, value) => {
    if (!value) return;
    const { seconds, nanos } = parseInstant(value as string, 'time');
    varintField(writer, 0x10, form === 'time' ? 0 : nanos);
    varintField(writer, 0x08, seconds);
  });

const scalars: Readonly<Record<ScalarForm, Encoder>> = {
  string: {
    wire: wireTypes.bytes,
    write: (writer, value) => writer.text((value as string | undefined) ?? ''),
  },
  boolean: varint((value) => (value === true ? 1 : 0)),
  int32: varint(number),
  int64: varint(number),
  float64: {
    wire: wireTypes.fixed64,
    write: (writer, value) => writer.double(number(value)),
  },
  bytes: message((writer, value) => {
    if (value) writer.raw(Uint8Array.fromBase64(value as string));
  }),
  time: instant('time'),
  microTime: instant('microTime'),
  quantity: message((writer, value) => {
    writer.text((value as string | undefined) ?? '0');
    writer.byte(0x0a);
  }),
  intOrString: message((writer, value) => {
    const isText = typeof value === 'string';
    writer.text(isText ? value : '');
    writer.byte(0x1a);
    varintField(writer, 0x10, isText ? 0 : number(value));
    varintField(writer, 0x08, isText ? 1 : 0);
  }),
};

const anyJson: Encoder = message((writer, value) => {
  if (value !== undefined && value !== null) bytes(writer, 0x0a, utf8.encode(encodeJson(value)));
});

function encoderOf(node: SchemaNode): Encoder {
  let encoder = encoders.get(node);
  if (encoder === undefined) encoders.set(node, (encoder = compile(node)));
  return encoder;
}

function compile(node: SchemaNode): Encoder {
  switch (node.kind) {
    case 'scalar':
      return scalars[node.form];
    case 'any':
      return anyJson;
    case 'struct':
      return message((writer, value) => {
        if (value) bodyOf(node)(writer, value as Json);
      });
    case 'list': {
      // Only lists that are messages of their own stand where one value stands.
      const items = repeated(1, encoderOf(node.item));
      return message((writer, value) => items(writer, value as readonly unknown[] | undefined));
    }
    case 'either':
      return eitherEncoder(node.object, node.other);
    case 'map':
      throw new Error(`${node.goType} has no protobuf form`);
  }
}

/** A schema is field 1, the alternative field 2, but for the boolean, which is field 1 and always there. */
function eitherEncoder(object: StructNode, other: SchemaNode): Encoder {
  const schema = encoderOf(object);
  if (other.kind === 'list') {
    const items = repeated(2, encoderOf(other.item));
    return message((writer, value) => {
      if (Array.isArray(value)) return items(writer, value);
      if (!value) return;
      schema.write(writer, value);
      writer.byte(0x0a);
    });
  }
  return message((writer, value) => {
    if (typeof value === 'object' && value !== null) {
      schema.write(writer, value);
      writer.byte(0x12);
    }
    varintField(writer, 0x08, value === false ? 0 : 1);
  });
}

function tagWriter(fieldNumber: number, wire: number): (writer: Writer) => void {
  const tag = fieldNumber * 8 + wire;
  return tag < 128 ? (writer) => writer.byte(tag) : (writer) => writer.varint(tag);
}

function repeated(
  fieldNumber: number,
  { wire, write }: Encoder,
): (writer: Writer, value: readonly unknown[] | undefined) => void {
  const tag = tagWriter(fieldNumber, wire);
  return (writer, value) => {
    if (!value) return;
    for (let index = value.length - 1; index >= 0; index--) {
      write(writer, value[index]);
      tag(writer);
    }
  };
}

function mapEntries(
  fieldNumber: number,
  { wire, write }: Encoder,
): (writer: Writer, value: Json | undefined) => void {
  const tag = tagWriter(fieldNumber, wireTypes.bytes);
  return (writer, value) => {
    if (!value) return;
    const keys = Object.keys(value);
    if (keys.length > 1) keys.sort(); // integer-like keys stand out of order in an object
    for (let index = keys.length - 1; index >= 0; index--) {
      const before = writer.written;
      write(writer, value[keys[index]!]);
      writer.byte(0x10 | wire);
      writer.text(keys[index]!);
      writer.byte(0x0a);
      writer.varint(writer.written - before);
      tag(writer);
    }
  };
}

type FieldWriter = (writer: Writer, owner: Json) => void;

function bodyOf(node: StructNode): (writer: Writer, value: Json) => void {
  let body = bodies.get(node);
  if (body === undefined) {
    const writers: FieldWriter[] = [];
    for (const field of node.wire.toReversed()) {
      if (field.number === 0) throw new Error(`${node.goType} has no protobuf form`);
      writers.push(fieldWriter(field));
    }
    body = (writer, value) => {
      for (const write of writers) write(writer, value);
    };
    bodies.set(node, body);
  }
  return body;
}

function fieldWriter(wire: WireField): FieldWriter {
  if ('embedded' in wire) {
    const { embedded, number } = wire;
    const tag = tagWriter(number, wireTypes.bytes);
    return (writer, owner) => {
      const before = writer.written;
      bodyOf(embedded)(writer, owner);
      writer.varint(writer.written - before);
      tag(writer);
    };
  }
  const { name, node, pointer } = wire.field;
  if (node.kind === 'list' && !node.wrapped) {
    const items = repeated(wire.number, encoderOf(node.item));
    return (writer, owner) => items(writer, owner[name] as readonly unknown[] | undefined);
  }
  if (node.kind === 'map') {
    const entries = mapEntries(wire.number, encoderOf(node.value));
    return (writer, owner) => entries(writer, owner[name] as Json | undefined);
  }
  const { wire: type, write } = encoderOf(node);
  const tag = tagWriter(wire.number, type);
  const onlyIfSet =
    pointer || node.kind === 'list' || (node.kind === 'scalar' && node.form === 'bytes');
  return (writer, owner) => {
    const value = owner[name];
    if (onlyIfSet && (value === undefined || value === null)) return;
    write(writer, value);
    tag(writer);
  };
}
