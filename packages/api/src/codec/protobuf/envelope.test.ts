import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeOf } from '../../schema/index.ts';
import { decode, encodeJson } from '../json/index.ts';
import {
  decodeProtobuf,
  decodeWatchEvent,
  encodeProtobuf,
  hasProtobuf,
  isEnvelope,
  listPieces,
  openEnvelope,
  splitFrames,
  watchFrame,
} from './index.ts';

const pod = decode(typeOf('v1', 'Pod')!, {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'ü', labels: { 10: 'a', 9: 'b' } },
  spec: {
    containers: [{ name: 'x'.repeat(200) }],
    securityContext: { supplementalGroups: [-1, 2 ** 40] },
  },
});

test('an envelope names its kind', () => {
  const bytes = encodeProtobuf(pod);
  assert.equal(isEnvelope(bytes), true);
  const { apiVersion, kind } = openEnvelope(bytes);
  assert.deepEqual([apiVersion, kind], ['v1', 'Pod']);
  assert.equal(encodeJson(decodeProtobuf(bytes)), encodeJson(pod));
});

test('what is no envelope is refused', () => {
  assert.throws(() => decodeProtobuf(Uint8Array.of(1, 2, 3, 4)), {
    message:
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
  });
  assert.throws(() => decodeProtobuf(encodeProtobuf(pod).subarray(0, 40)), {
    message: 'unexpected EOF',
  });
});

test('kinds that are JSON only say so', () => {
  assert.equal(hasProtobuf(typeOf('meta.k8s.io/v1', 'Table')!), false);
  assert.equal(hasProtobuf(typeOf('v1', 'PodList')!), true);
});

for (const length of [0, 1, 200])
  test(`a list made of ${length} encoded items is the list encoded`, () => {
    const list = {
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '7', continue: 'c', remainingItemCount: 300 },
    };
    const { kind: _k, apiVersion: _v, ...item } = pod as Record<string, unknown>;
    const pieces = listPieces(list, Array<Uint8Array>(length).fill(encodeProtobuf(pod)));
    const whole = encodeProtobuf({ ...list, items: Array<object>(length).fill(item) });
    assert.deepEqual(Buffer.concat(pieces), Buffer.from(whole));
  });

test('watch frames come out whole, however the stream is cut', () => {
  const frame = watchFrame('ADDED', encodeProtobuf(pod));
  const stream = Uint8Array.from([...frame, ...frame, ...frame.subarray(0, 7)]);
  const { frames, rest } = splitFrames(stream);
  assert.deepEqual([frames.length, rest.length], [2, 7]);
  const event = decodeWatchEvent(frames[1]!);
  assert.equal(event.type, 'ADDED');
  assert.equal(encodeJson(event.object), encodeJson(pod));
});
