import { typeOf } from '../../schema/index.ts';
import type { StructNode } from '../../schema/index.ts';
import { DecodeError } from '../json/index.ts';
import { decodeMessage, embedded } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** Media type of one object or list. */
export const protobufMediaType = 'application/vnd.kubernetes.protobuf';

const writer = new Writer();
const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0);

interface Typed {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
}

/** The bytes start as every protobuf object of the API does. */
export const isEnvelope = (bytes: Uint8Array): boolean =>
  bytes.length >= magic.length && magic.every((byte, at) => bytes[at] === byte);

/** Whether objects of the type can go over the wire as protobuf; a Table cannot. */
export const hasProtobuf = (type: StructNode): boolean =>
  type.wire.every(({ number }) => number > 0);

/** A canonical object of a built-in kind in its envelope, as bodies, lists and stored objects are. */
export function encodeProtobuf(object: object): Uint8Array<ArrayBuffer> {
  const { apiVersion = '', kind = '' } = object as Typed;
  return wrap(apiVersion, kind, encodeMessage(typeFor(apiVersion, kind), object));
}

/** Puts an encoded message into the envelope of its kind. */
export function wrap(apiVersion: string, kind: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  for (const tag of [0x22, 0x1a]) {
    writer.text('');
    writer.byte(tag);
  }
  writer.raw(body);
  writer.varint(body.length);
  writer.byte(0x12);
  typeMeta(apiVersion, kind);
  return writer.take();
}

function typeMeta(apiVersion: string, kind: string): void {
  const before = writer.written;
  writer.text(kind);
  writer.byte(0x12);
  writer.text(apiVersion);
  writer.byte(0x0a);
  writer.varint(writer.written - before);
  writer.byte(0x0a);
  writer.raw(magic);
}

/** Tag of a list's items: all lists have their metadata in field 1 and the items in field 2. */
const itemTag = 0x12;

/** A list in its envelope, in pieces, of items that are in theirs; their messages are not copied. */
export function listPieces(
  list: Typed & { readonly metadata: object },
  items: readonly Uint8Array[],
): Uint8Array[] {
  const { apiVersion = '', kind = '' } = list;
  const bodies = items.map((item) => openEnvelope(item).body);
  const metadata = encodeMessage(typeFor(apiVersion, kind), list);
  const sizes = bodies.map(({ length }) => 1 + varintSize(length) + length);
  const size = sizes.reduce((sum, one) => sum + one, metadata.length);
  const pieces = [envelopeHead(apiVersion, kind, size), metadata];
  for (const body of bodies) {
    writer.varint(body.length);
    writer.byte(itemTag);
    pieces.push(writer.take(), body);
  }
  pieces.push(Uint8Array.of(0x1a, 0, 0x22, 0));
  return pieces;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** All that stands before a message of `size` bytes. */
function envelopeHead(apiVersion: string, kind: string, size: number): Uint8Array {
  writer.varint(size);
  writer.byte(0x12);
  typeMeta(apiVersion, kind);
  return writer.take();
}

function typeFor(apiVersion: string, kind: string): StructNode {
  const type = typeOf(apiVersion, kind);
  if (!type) throw new DecodeError(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return type;
}

/** What an envelope holds before its message is read. */
export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly body: Uint8Array;
}

/** Opens an envelope. Throws DecodeError. */
export function openEnvelope(bytes: Uint8Array): Envelope {
  if (!isEnvelope(bytes))
    throw new DecodeError(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  const reader = new Reader(bytes.subarray(magic.length));
  let [apiVersion, kind] = ['', ''];
  let body: Uint8Array = new Uint8Array();
  while (reader.at < reader.length) {
    const tag = reader.varint();
    if (tag === 0x0a) {
      for (const end = reader.end(); reader.at < end;) {
        const inner = reader.varint();
        if (inner === 0x0a) apiVersion = reader.text();
        else if (inner === 0x12) kind = reader.text();
        else reader.skip(inner & 7);
      }
    } else if (tag === 0x12) body = reader.slice(reader.end());
    else reader.skip(tag & 7);
  }
  return { apiVersion, kind, body };
}

/** The canonical object in an envelope, `kind` and `apiVersion` first. Throws DecodeError. */
export function decodeProtobuf(bytes: Uint8Array): object {
  const { apiVersion, kind, body } = openEnvelope(bytes);
  const type = typeFor(apiVersion, kind);
  const object = decodeMessage(type, body);
  return type.isObject ? { kind, apiVersion, ...object } : object;
}

const parseRaw = embedded.read;
embedded.read = (bytes) => (isEnvelope(bytes) ? decodeProtobuf(bytes) : parseRaw(bytes));

/** One frame of a watch: length in four bytes, then the event around an object in its envelope. */
export function watchFrame(type: string, envelope: Uint8Array): Uint8Array<ArrayBuffer> {
  const end = writer.written;
  writer.raw(envelope);
  writer.varint(envelope.length);
  writer.byte(0x0a);
  writer.varint(writer.written - end);
  writer.byte(0x12);
  writer.text(type);
  writer.byte(0x0a);
  const size = writer.written;
  writer.raw(Uint8Array.of(size >>> 24, size >>> 16, size >>> 8, size));
  return writer.take();
}

const frameHead = 4;

/** The whole frames at the start of a stream's bytes, without their lengths, and what is left over. */
export function splitFrames(bytes: Uint8Array): {
  readonly frames: readonly Uint8Array[];
  readonly rest: Uint8Array;
} {
  const frames: Uint8Array[] = [];
  let at = 0;
  while (bytes.length - at >= frameHead) {
    const size = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0);
    if (bytes.length - at - frameHead < size) break;
    frames.push(bytes.subarray(at + frameHead, at + frameHead + size));
    at += frameHead + size;
  }
  return { frames, rest: bytes.subarray(at) };
}

/** The event in a frame. Throws DecodeError. */
export function decodeWatchEvent(frame: Uint8Array): {
  readonly type: string;
  readonly object: object;
} {
  return decodeMessage(typeFor('v1', 'WatchEvent'), frame) as { type: string; object: object };
}
