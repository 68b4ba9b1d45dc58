import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeHeaders,
  encodeFrame,
  encodeHeaders,
  type Frame,
  FrameReader,
  headerDictionary,
  SpdyProtocolError,
} from './index.ts';

const id = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const bytes = fc.uint8Array({ maxLength: 300 });
const isFin = fc.boolean();

const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true }) as fc.Arbitrary<T>;

const frames: fc.Arbitrary<Frame> = fc.oneof(
  record({
    type: fc.constant('synStream' as const),
    streamId: id,
    associatedId: fc.nat(2 ** 31 - 1),
    priority: fc.nat(7),
    isFin,
    isUnidirectional: fc.boolean(),
    block: bytes,
  }),
  record({
    type: fc.constantFrom('synReply' as const, 'headers' as const),
    streamId: id,
    isFin,
    block: bytes,
  }),
  record({ type: fc.constant('rstStream' as const), streamId: id, status: word }),
  record({
    type: fc.constant('settings' as const),
    settings: fc.array(record({ flags: fc.nat(255), id: fc.nat(2 ** 24 - 1), value: word }), {
      maxLength: 5,
    }),
  }),
  record({ type: fc.constant('ping' as const), id: word }),
  record({ type: fc.constant('goAway' as const), lastStreamId: id, status: word }),
  record({
    type: fc.constant('windowUpdate' as const),
    streamId: id,
    delta: fc.nat(2 ** 31 - 1),
  }),
  record({ type: fc.constant('data' as const), streamId: id, isFin, data: bytes }),
);

/** Pieces of one data frame as the one that they make. */
function whole(read: readonly Frame[], sent: readonly Frame[]): Frame[] {
  const rest = [...read];
  return sent.map((frame) => {
    if (frame.type !== 'data') return plain(rest.shift()!);
    let piece = rest.shift() as Extract<Frame, { type: 'data' }>;
    const parts = [...piece.data];
    while (parts.length < frame.data.length) {
      assert.equal(piece.isFin, false);
      piece = rest.shift() as Extract<Frame, { type: 'data' }>;
      parts.push(...piece.data);
    }
    return { ...piece, data: Uint8Array.from(parts) };
  });
}
const plain = (frame: Frame): Frame =>
  'block' in frame ? { ...frame, block: Uint8Array.from(frame.block) } : frame;

test('frames come out as they went in, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(frames, { maxLength: 8 }),
      fc.integer({ min: 1, max: 64 }),
      (sent, cut) => {
        const wire = Buffer.concat(sent.map(encodeFrame));
        const reader = new FrameReader();
        const read: Frame[] = [];
        for (let at = 0; at < wire.length; at += cut)
          read.push(...reader.read(wire.subarray(at, at + cut)));
        assert.deepEqual(whole(read, sent), sent);
      },
    ),
  );
});

test('headers come out as they went in', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
  fc.assert(
    fc.property(fc.dictionary(name, fc.string()), (headers) => {
      assert.deepEqual({ ...decodeHeaders(encodeHeaders(headers)) }, { ...headers });
    }),
  );
});

const broken: readonly { name: string; wire: readonly number[]; says: RegExp }[] = [
  { name: 'another version', wire: [0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1], says: /version 2/ },
  {
    name: 'too short',
    wire: [0x80, 3, 0, 3, 0, 0, 0, 4, 0, 0, 0, 1],
    says: /rstStream frame of 4/,
  },
  { name: 'too long', wire: [0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff], says: /16777215 bytes/ },
  {
    name: 'fewer settings than said',
    wire: [0x80, 3, 0, 4, 0, 0, 0, 4, 0, 0, 0, 9],
    says: /9 settings, cut off/,
  },
];
for (const { name, wire, says } of broken)
  test(`broken frames are refused: ${name}`, () => {
    assert.throws(
      () => [...new FrameReader().read(Uint8Array.from(wire))],
      (error) => error instanceof SpdyProtocolError && says.test(error.message),
    );
  });

test('frames of unknown types are passed over', () => {
  const wire = Buffer.concat([
    Uint8Array.from([0x80, 3, 0, 77, 0, 0, 0, 2, 1, 2]),
    encodeFrame({ type: 'ping', id: 5 }),
  ]);
  assert.deepEqual([...new FrameReader().read(wire)], [{ type: 'ping', id: 5 }]);
});

test('a broken header block is refused', () => {
  assert.throws(() => decodeHeaders(Uint8Array.from([0, 0, 0, 1, 0, 0, 0, 9, 65])), /cut off/);
});

test('the dictionary is the one of the draft', () => {
  const hash = createHash('sha256').update(headerDictionary).digest('hex');
  assert.equal(hash, '51d27341373f923f3cd88e1eb7162aeaa3723d7585ff2399201dc06498407f02');
});
