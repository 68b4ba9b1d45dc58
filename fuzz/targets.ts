/** Everything that reads what strangers send: what it may say of bad input, and good input to start from. */
import {
  ApiError,
  applyJsonPatch,
  applyMergePatch,
  applyStrategicPatch,
  DecodeError,
  decodeJson,
  decodeProtobuf,
  decodeYaml,
  encodeProtobuf,
  FieldSelectorError,
  parseFieldSelector,
  parseJson,
  parseSelector,
  SelectorError,
  typeOf,
} from '@coxswain/api';
import { encodeFrame, FrameReader, SpdyProtocolError } from '@coxswain/base/spdy';
import { base, celTypes, compile, extend, fromJson, limits } from '@coxswain/cel';
import { FrameReader as Http2Reader } from '../packages/apiserver/src/listen/http2/frame-reader.ts';
import {
  ConnectionError,
  frameType,
  preface,
  StreamError,
  unpadded,
} from '../packages/apiserver/src/listen/http2/frames.ts';
import { HpackDecoder } from '../packages/apiserver/src/listen/http2/hpack-decoder.ts';
import { headOf } from '../packages/apiserver/src/listen/http2/request-head.ts';
import { settingsOf } from '../packages/apiserver/src/listen/http2/settings.ts';
import { claimsOf } from '../packages/apiserver/src/authn/jwt.ts';
import { decodeHeaders, encodeHeaders } from '../packages/base/src/spdy/header-block.ts';

export interface Target {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Reads one input; gives what may be wrong with it, and lets through what must never happen. */
  readonly read: (input: Uint8Array) => void;
}

const utf8 = new TextDecoder();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const podType = typeOf('v1', 'Pod')!;
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' }, annotations: { note: 'ü' } },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'web:1',
        env: [{ name: 'A', value: 'b' }],
        ports: [{ containerPort: 80, protocol: 'TCP' }],
        resources: { requests: { cpu: '100m', memory: '64Mi' } },
        livenessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
      },
    ],
    tolerations: [{ key: 'a', operator: 'Exists', tolerationSeconds: 300 }],
    terminationGracePeriodSeconds: 30,
  },
};
const json = JSON.stringify(pod);
const yaml =
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels: {app: web, "on": off}\nspec:\n' +
  '  containers:\n  - name: web\n    image: web:1\n    args: ["a", 010, 0x1f, 1_000]\n    command: |\n      x\n';

/** A reader that may throw any of `kinds`: what they say is for the client. */
const reads =
  (read: (input: Uint8Array) => unknown, ...kinds: readonly (new (...args: never[]) => Error)[]) =>
  (input: Uint8Array): void => {
    try {
      read(input);
    } catch (error) {
      if (kinds.some((kind) => error instanceof kind) || isTooDeep(error)) return;
      throw error;
    }
  };

/** It is told to the client as such: `rest/unreadable.ts`. */
const isTooDeep = (error: unknown): boolean =>
  error instanceof RangeError && error.message.startsWith('Maximum call stack');

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
/** Greeting, a request, its body, a ping, a window, a second request with a Huffman code, a reset. */
const http2Seed = Buffer.concat([
  ...[
    preface,
    hex('000006040000000000000400008000'),
    hex('000010010400000001828741882f6170692f7631c08387'),
  ],
  ...[hex('000003000100000001616263'), hex('0000080600000000000102030405060708')],
  ...[
    hex('00000408000000000000001000'),
    hex('00001001050000000382878441 8cf1e3c2e5f23a6ba0ab90f4ff'.replace(' ', '')),
  ],
  hex('00000403000000000100000008'),
]);

/** Frames, and what is in them. */
function readHttp2(input: Uint8Array): void {
  const decoder = new HpackDecoder();
  new Http2Reader().read(Buffer.from(input), (type, flags, _id, payload) => {
    const content = unpadded(payload, flags);
    if (type === frameType.headers) headOf(decoder.decode(content));
    if (type === frameType.settings) Array.from(settingsOf(payload));
  });
}

const environment = extend(base, { variables: { self: celTypes.dyn } });
const data = {
  self: fromJson({ spec: { replicas: 3, name: 'web', list: [1, 2], map: { a: 'b' } } }),
};

function runExpression(text: string): void {
  const { program } = compile(text, environment, {});
  program?.run(data, limits.perCall);
}

const patchSeeds = (...patches: readonly unknown[]): readonly Uint8Array[] =>
  patches.map((patch) => bytes(JSON.stringify(patch)));

const expressions = [
  "self.spec.replicas > 2 && self.spec.name.startsWith('w')",
  "self.spec.list.all(x, x < 5) ? self.spec.map['a'] : 'none'",
  "self.spec.name.matches('^[a-z]+$') || has(self.spec.other)",
  "quantity('100m').isLessThan(quantity('1')) && ip('10.0.0.1').family() == 4",
  "'%s is %d'.format([self.spec.name, 3]) + string(duration('1h') + duration('5m'))",
  'self.spec.list.map(x, x * 2).filter(y, y in [2, 4]).size() == 2',
  "url('https://a.b/c?d=e').getHost() == 'a.b' && [1, 2].sum() == 3 && optional.of(1).hasValue()",
];

const frames = [
  encodeFrame({
    ...{ type: 'synStream', streamId: 1, associatedId: 0, priority: 0 },
    ...{ isFin: false, isUnidirectional: false, block: bytes('x') },
  }),
  encodeFrame({ type: 'data', streamId: 1, isFin: true, data: bytes('hello') }),
  encodeFrame({ type: 'ping', id: 7 }),
  encodeFrame({ type: 'settings', settings: [{ flags: 0, id: 4, value: 100 }] }),
];

export const targets: readonly Target[] = [
  {
    name: 'JSON',
    seeds: [bytes(json), bytes('{"a":[1,2,{"b":null}],"a":2}')],
    read: reads((input) => decodeJson(podType, utf8.decode(input), true), DecodeError),
  },
  {
    name: 'YAML',
    seeds: [bytes(yaml), bytes(json)],
    read: reads((input) => decodeYaml(podType, utf8.decode(input), true), DecodeError),
  },
  {
    name: 'protobuf',
    seeds: [encodeProtobuf(pod as never)],
    read: reads((input) => decodeProtobuf(input), DecodeError, ApiError),
  },
  {
    name: 'CEL',
    seeds: expressions.map(bytes),
    read: (input) => runExpression(utf8.decode(input)),
  },
  {
    name: 'label selectors',
    seeds: ['app=web,tier in (a,b),!old', 'a!=b', 'x notin (y)', 'a=,b'].map(bytes),
    read: reads((input) => parseSelector(utf8.decode(input)), SelectorError),
  },
  {
    name: 'field selectors',
    seeds: ['metadata.name=web,spec.nodeName!=a', 'status.phase==Running', 'a=b\\,c'].map(bytes),
    read: reads((input) => parseFieldSelector(utf8.decode(input)), FieldSelectorError),
  },
  {
    name: 'JSON patches',
    seeds: patchSeeds(
      [{ op: 'add', path: '/spec/containers/-', value: { name: 'b' } }],
      [
        { op: 'test', path: '/kind', value: 'Pod' },
        { op: 'remove', path: '/metadata/labels/app' },
      ],
      [
        { op: 'move', from: '/metadata/labels', path: '/spec/x' },
        { op: 'copy', from: '/kind', path: '/a~1b' },
      ],
    ),
    read: reads(
      (input) => applyJsonPatch(pod, parseJson(utf8.decode(input))),
      DecodeError,
      ApiError,
    ),
  },
  {
    name: 'merge patches',
    seeds: patchSeeds(
      { metadata: { labels: { app: null, b: 'c' } } },
      { spec: { containers: [] } },
    ),
    read: reads(
      (input) => applyMergePatch(pod, parseJson(utf8.decode(input))),
      DecodeError,
      ApiError,
    ),
  },
  {
    name: 'strategic patches',
    seeds: patchSeeds(
      {
        spec: {
          containers: [{ name: 'web', image: 'web:2', env: [{ name: 'A', $patch: 'delete' }] }],
        },
      },
      { spec: { '$setElementOrder/containers': [{ name: 'web' }], tolerations: null } },
      {
        metadata: {
          '$deleteFromPrimitiveList/finalizers': ['a'],
          labels: { $retainKeys: ['app'] },
        },
      },
    ),
    read: reads(
      (input) => applyStrategicPatch(podType, pod, parseJson(utf8.decode(input))),
      DecodeError,
      ApiError,
    ),
  },
  {
    name: 'SPDY frames',
    seeds: [...frames, Buffer.concat(frames)],
    read: reads((input) => [...new FrameReader().read(input)], SpdyProtocolError),
  },
  {
    name: 'SPDY headers',
    seeds: [encodeHeaders({ streamtype: 'stdin', port: '80', requestid: '1' })],
    read: reads((input) => decodeHeaders(input), SpdyProtocolError),
  },
  {
    name: 'HTTP/2 frames',
    seeds: [http2Seed],
    read: reads(readHttp2, ConnectionError, StreamError),
  },
  {
    name: 'JWT',
    seeds: [
      bytes('eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.eyJpc3MiOiJhIiwic3ViIjoiYiIsImV4cCI6MX0.c2ln'),
    ],
    read: (input) => void claimsOf(utf8.decode(input)),
  },
];
