import assert from 'node:assert/strict';
import { duplexPair, type Duplex } from 'node:stream';
import { test } from 'node:test';
import { VirtualClock } from '@coxswain/base';
import fc from 'fast-check';
import { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { errorCode, flag, frameType, preface } from './frames.ts';
import { setting, settingsPayload } from './settings.ts';

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

const stallMs = 60_000;
const get = Buffer.from('828487', 'hex'); // GET https /
const field = (name: string, value: string): Buffer =>
  Buffer.concat([
    Buffer.of(0, name.length),
    Buffer.from(name),
    Buffer.of(value.length),
    Buffer.from(value),
  ]);
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A client that says what it likes, and keeps every frame that it gets. */
class Client {
  readonly clock = new VirtualClock(0);
  readonly exchanges: Exchange[] = [];
  readonly faults: unknown[] = [];
  readonly connection: Connection;
  readonly #socket: Duplex;
  #got = Buffer.alloc(0);
  isEnded = false;

  constructor(onExchange: (exchange: Exchange) => void = () => {}, window?: number) {
    const [mine, servers] = duplexPair();
    this.#socket = mine;
    this.connection = new Connection(servers, {
      clock: this.clock,
      stallMs,
      onExchange: (exchange) => {
        this.exchanges.push(exchange);
        onExchange(exchange);
      },
      onFault: (error) => this.faults.push(error),
    });
    mine.on('data', (chunk: Buffer) => (this.#got = Buffer.concat([this.#got, chunk])));
    mine.on('end', () => (this.isEnded = true));
    const settings = window === undefined ? [] : [[setting.initialWindowSize, window] as const];
    mine.write(preface);
    this.send(frameType.settings, 0, 0, settingsPayload(settings));
  }

  raw(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  send(type: number, flags: number, id: number, payload: Uint8Array = Buffer.alloc(0)): void {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(id, 5);
    this.raw(Buffer.concat([head, payload]));
  }

  request(
    id: number,
    { body = false, more = Buffer.alloc(0) }: { body?: boolean; more?: Buffer } = {},
  ): void {
    const flags = flag.endHeaders | (body ? 0 : flag.endStream);
    this.send(frameType.headers, flags, id, Buffer.concat([get, more]));
  }

  pause(): void {
    this.#socket.pause();
  }

  /** All frames so far, but the greeting and what acknowledges. */
  async frames(type?: number): Promise<Frame[]> {
    await turns();
    const frames: Frame[] = [];
    for (let at = 0; this.#got.length - at >= 9;) {
      const length = this.#got.readUIntBE(at, 3);
      const payload = this.#got.subarray(at + 9, at + 9 + length);
      const id = this.#got.readUInt32BE(at + 5);
      frames.push({ type: this.#got[at + 3]!, flags: this.#got[at + 4]!, id, payload });
      at += 9 + length;
    }
    return frames.filter((frame) => type === undefined || frame.type === type);
  }

  async goAway(): Promise<number | undefined> {
    const [frame] = await this.frames(frameType.goAway);
    return frame?.payload.readUInt32BE(4);
  }

  async resets(): Promise<readonly (readonly [id: number, code: number])[]> {
    const frames = await this.frames(frameType.reset);
    return frames.map(({ id, payload }) => [id, payload.readUInt32BE(0)]);
  }
}

const answer = (text: string) => (exchange: Exchange) => {
  exchange.respond(200, {});
  exchange.end([Buffer.from(text)]);
};
/** As long as it takes to see twice that nothing moves. */
const stall = (clock: VirtualClock): void => {
  while (clock.step(stallMs * 2 + 1));
};
const times = (count: number, act: (at: number) => void): void => {
  for (let at = 0; at < count; at++) act(at);
};
const ids = (at: number): number => at * 2 + 1;

/** What ends the connection, and by which code. */
const faults: readonly (readonly [string, (client: Client) => void, number])[] = [
  [
    'pings without end',
    (c) => times(1200, () => c.send(frameType.ping, 0, 0, Buffer.alloc(8))),
    11,
  ],
  [
    'requests that are taken back at once',
    (c) =>
      times(1200, (at) => {
        c.request(ids(at));
        c.send(frameType.reset, 0, ids(at), number(errorCode.cancel));
      }),
    11,
  ],
  [
    'headers without end',
    (c) => {
      c.send(frameType.headers, 0, 1, get);
      times(100, () => c.send(frameType.continuation, 0, 1, Buffer.alloc(16_000)));
    },
    11,
  ],
  [
    'empty data without end',
    (c) => {
      c.request(1, { body: true });
      times(1200, () => c.send(frameType.data, 0, 1));
    },
    11,
  ],
  ['settings without end', (c) => times(1200, () => c.send(frameType.settings, 0, 0)), 11],
  [
    'more data than all windows hold',
    (c) => {
      times(5, (at) => c.request(ids(at), { body: true }));
      times(5, (at) => times(64, () => c.send(frameType.data, 0, ids(at), Buffer.alloc(16_384))));
    },
    errorCode.flowControl,
  ],
  ['a frame that is too long', (c) => c.send(frameType.data, 0, 1, Buffer.alloc(16_385)), 6],
  ['headers that are none', (c) => c.send(frameType.headers, 5, 1, Buffer.from('ff00', 'hex')), 9],
  ['an even stream', (c) => c.request(2), 1],
  ['data of no stream', (c) => c.send(frameType.data, 0, 1), 1],
  ['a push', (c) => c.send(frameType.pushPromise, 4, 1, number(2)), 1],
  [
    'frames between headers',
    (c) => {
      c.send(frameType.headers, 0, 1, get);
      c.send(frameType.ping, 0, 0, Buffer.alloc(8));
    },
    1,
  ],
];

for (const [name, act, code] of faults)
  test(`ends the connection: ${name}`, async () => {
    const client = new Client();
    act(client);
    assert.equal(await client.goAway(), code);
    assert.ok(client.isEnded);
    assert.deepEqual(client.faults, []);
    assert.ok(client.exchanges.every(({ isDone }) => isDone));
  });

/** What ends one stream, and by which code. */
const wrongs: readonly (readonly [string, (client: Client) => void, number])[] = [
  ['a name in upper case', (c) => c.request(1, { more: field('A', 'b') }), 1],
  ['a header of connections', (c) => c.request(1, { more: field('connection', 'close') }), 1],
  ['a pseudo-header too many', (c) => c.request(1, { more: field(':path', '/') }), 1],
  ['no path', (c) => c.send(frameType.headers, 5, 1, Buffer.from('8287', 'hex')), 1],
  [
    'less than content-length says',
    (c) => {
      c.request(1, { body: true, more: field('content-length', '3') });
      c.send(frameType.data, flag.endStream, 1, Buffer.from('ab'));
    },
    1,
  ],
  [
    'more than the window of a stream',
    (c) => {
      c.request(1, { body: true });
      times(65, () => c.send(frameType.data, 0, 1, Buffer.alloc(16_384)));
    },
    errorCode.flowControl,
  ],
  [
    'one stream too many',
    (c) => times(1001, (at) => c.request(ids(at), { body: true })),
    errorCode.refused,
  ],
];

for (const [name, act, code] of wrongs)
  test(`ends the stream: ${name}`, async () => {
    const client = new Client();
    act(client);
    assert.deepEqual(
      (await client.resets()).map(([, found]) => found),
      [code],
    );
    assert.equal(await client.goAway(), undefined);
  });

test('a body comes whole, with trailers behind it', async () => {
  const client = new Client();
  const more = Buffer.concat([field('content-length', '5'), field('te', 'trailers')]);
  client.request(1, { body: true, more });
  client.send(frameType.data, flag.padded, 1, Buffer.from('\u0002ab\0\0'));
  client.send(frameType.data, 0, 1, Buffer.from('cde'));
  client.send(frameType.headers, 5, 1, field('checksum', 'x'));
  await turns();
  const [exchange] = client.exchanges;
  assert.equal(Buffer.from(await exchange!.body.read(10)).toString(), 'abcde');
  assert.equal(exchange!.head.headers['te'], 'trailers');
});

test('a frame beside each request is no fault', async () => {
  const client = new Client(answer('yes'));
  for (let at = 0; at < 1500; at++) {
    client.send(frameType.priority, 0, ids(at), Buffer.alloc(5, 255));
    client.request(ids(at));
    if (at % 100 === 0) await turns();
  }
  assert.equal(await client.goAway(), undefined);
  assert.equal(client.exchanges.length, 1500);
});

test('heads that grow by the table are refused', async () => {
  const client = new Client();
  const long = Buffer.alloc(4000, 'x');
  const add = Buffer.concat([Buffer.of(0x40, 1, 0x61, 0x7f, 0xa1, 0x1e), long]);
  client.send(frameType.headers, 5, 1, Buffer.concat([get, add, Buffer.alloc(300, 0xbe)]));
  const [head] = await client.frames(frameType.headers);
  assert.equal(head!.payload.toString('latin1').slice(-3), '431');
  assert.deepEqual(client.exchanges, []);
});

test('an answer goes as the windows allow', async () => {
  const client = new Client(answer('0123456789abcdef'), 6);
  client.request(1);
  const texts = async (): Promise<string[]> =>
    (await client.frames(frameType.data)).map(({ payload }) => payload.toString());
  assert.deepEqual(await texts(), ['012345']);
  client.send(frameType.windowUpdate, 0, 1, number(4));
  assert.deepEqual(await texts(), ['012345', '6789']);
  client.send(frameType.settings, 0, 0, settingsPayload([[setting.initialWindowSize, 8]]));
  assert.deepEqual(await texts(), ['012345', '6789', 'ab']);
  client.send(frameType.windowUpdate, 0, 1, number(100));
  assert.deepEqual(await texts(), ['012345', '6789', 'ab', 'cdef']);
  assert.equal((await client.frames(frameType.data)).at(-1)!.flags, flag.endStream);
});

test('short answers pass long ones, and long ones share', async () => {
  const long = Buffer.alloc(2 ** 21);
  const client = new Client((exchange) => {
    exchange.respond(200, {});
    exchange.end(exchange.id < 5 ? [long] : [Buffer.from('short')]);
  }, 2 ** 22);
  client.send(frameType.windowUpdate, 0, 0, number(2 ** 23));
  for (const id of [1, 3, 5]) client.request(id);
  const data = await client.frames(frameType.data);
  const last = (id: number): number => data.findLastIndex((frame) => frame.id === id);
  assert.ok(last(5) < 20, `${last(5)}`);
  assert.ok(last(1) > data.findIndex(({ id }) => id === 3));
  const bytes = data
    .filter(({ id }) => id === 3)
    .reduce((sum, { payload }) => sum + payload.length, 0);
  assert.equal(bytes, long.length);
});

test('who reads nothing of an answer loses it; who reads nothing at all is cut off', async () => {
  const narrow = new Client(answer('0123456789'), 6);
  narrow.request(1);
  await turns();
  stall(narrow.clock);
  assert.deepEqual(await narrow.resets(), [[1, errorCode.internal]]);
  assert.ok(narrow.exchanges[0]!.isDone);
  const deaf = new Client((exchange) => {
    exchange.respond(200, {});
    exchange.write([Buffer.alloc(2 ** 20)]);
  }, 2 ** 21);
  deaf.send(frameType.windowUpdate, 0, 0, number(2 ** 21));
  deaf.pause();
  deaf.request(1);
  await turns();
  const gone = new Promise<void>((resolve) => (deaf.exchanges[0]!.onGone = resolve));
  stall(deaf.clock);
  await gone;
});

test('an answer before the body has come ends both, and late data is no fault', async () => {
  const client = new Client(answer('no'));
  for (let at = 0; at < 40; at++) {
    client.request(ids(at), { body: true });
    times(8, () => client.send(frameType.data, 0, ids(at), Buffer.alloc(16_384)));
    await turns();
  }
  const resets = await client.resets();
  assert.equal(resets.length, 40);
  assert.ok(resets.every(([, code]) => code === errorCode.none));
  const updates = (await client.frames(frameType.windowUpdate)).filter(({ id }) => id === 0);
  assert.ok(updates.length > 1, 'what nobody reads is given back to the window');
  assert.equal(await client.goAway(), undefined);
});

test('a client that leaves is told to who answers', async () => {
  const client = new Client();
  client.request(1);
  await turns();
  const [exchange] = client.exchanges;
  let isGone = false;
  exchange!.onGone = () => (isGone = true);
  exchange!.respond(200, {});
  client.send(frameType.reset, 0, 1, number(errorCode.cancel));
  await turns();
  assert.ok(isGone && exchange!.isDone);
  exchange!.write([Buffer.from('late')]);
  assert.deepEqual(await client.frames(frameType.data), []);
});

test('closing waits for what is under way', async () => {
  const client = new Client();
  client.request(1);
  await turns();
  client.connection.close();
  assert.equal(await client.goAway(), errorCode.none);
  client.request(3);
  await turns();
  assert.equal(client.exchanges.length, 1);
  assert.ok(!client.isEnded);
  answer('done')(client.exchanges[0]!);
  const [data] = await client.frames(frameType.data);
  assert.equal(data!.payload.toString(), 'done');
  assert.ok(client.isEnded);
});

test('whatever frames come, only the client can be at fault', async () => {
  const frame = fc.record({
    type: fc.nat(10),
    flags: fc.constantFrom(0, 1, 4, 5, 8, 13, 32, 37, 45, 255),
    id: fc.constantFrom(0, 1, 1, 2, 3, 5, 2 ** 31 - 1),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(get, number(0), number(1), Buffer.alloc(8), settingsPayload([[4, 0]])),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 12 }), async (frames) => {
      const client = new Client(answer('hello'));
      for (const { type, flags, id, payload } of frames) client.send(type, flags, id, payload);
      await turns();
      client.connection.close();
      client.connection.destroy();
      await turns();
      assert.deepEqual(client.faults, []);
      assert.ok(client.exchanges.every(({ isDone }) => isDone));
    }),
    { numRuns: 300 },
  );
});
