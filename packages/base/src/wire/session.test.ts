import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { connectionPair } from '../connection/pair.ts';
import { type ByteConnection, ByteQueue, pipe } from '../index.ts';
import {
  encodeFrame,
  type Frame,
  FrameReader,
  SpdySession,
  type SpdyStream,
  streamBufferBytesMax,
} from '../spdy/index.ts';
import { connectionOf, headerCompression } from './index.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const bytes = (text: string): Uint8Array => Buffer.from(text);

async function all(input: AsyncIterable<Uint8Array>): Promise<string> {
  let whole = '';
  for await (const chunk of input) whole += text(chunk);
  return whole;
}

interface Pair {
  readonly client: SpdySession;
  readonly server: SpdySession;
  readonly next: () => Promise<SpdyStream>;
}

function sessions(ends: readonly [ByteConnection, ByteConnection] = connectionPair()): Pair {
  const arrived: SpdyStream[] = [];
  let wake: (() => void) | undefined;
  const onStream = (stream: SpdyStream): void => {
    if (stream.headers.streamtype === 'refused') throw new Error('no');
    arrived.push(stream);
    wake?.();
  };
  const client = new SpdySession(ends[0], { role: 'client', compression: headerCompression() });
  const server = new SpdySession(ends[1], {
    role: 'server',
    compression: headerCompression(),
    onStream,
  });
  const next = async (): Promise<SpdyStream> => {
    while (arrived.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return arrived.shift()!;
  };
  return { client, server, next };
}

test('streams carry bytes both ways and end each direction for itself', async () => {
  const { client, server, next } = sessions();
  for (const name of ['first', 'second', 'third']) {
    const ours = await client.open({ streamType: name, port: '80' });
    const theirs = await next();
    assert.deepEqual({ ...theirs.headers }, { streamtype: name, port: '80' });
    await ours.write(bytes(`hello ${name}`));
    await ours.end();
    assert.equal(await all(theirs.input), `hello ${name}`);
    await theirs.write(bytes('and back'));
    await theirs.end();
    assert.equal(await all(ours.input), 'and back');
  }
  client.end();
  await Promise.all([client.closed, server.closed]);
});

test('pings are answered, in both directions', async () => {
  const { client, server } = sessions();
  await Promise.all([client.ping(), server.ping(), client.ping()]);
  client.end();
  await server.closed;
  await assert.rejects(server.ping(), /connection closed/);
});

test('a refused stream rejects its opening; others live on', async () => {
  const { client, next } = sessions();
  const refused = await client.open({ streamtype: 'refused' });
  assert.equal(await all(refused.input), '');
  await assert.rejects(refused.write(bytes('x')), /stream reset/);
  const ours = await client.open({ streamtype: 'data' });
  await ours.write(bytes('x'));
  await ours.end();
  assert.equal(await all((await next()).input), 'x');
  client.end();
});

test('a session without a taker of streams refuses them before any reply', async () => {
  const { client, server } = sessions();
  await assert.rejects(server.open({ streamtype: 'data' }), /stream reset/);
  client.end();
});

test('a reset ends reading and fails writing on the other side', async () => {
  const { client, next } = sessions();
  const ours = await client.open({ streamtype: 'data' });
  const theirs = await next();
  await ours.write(bytes('before'));
  ours.reset(5);
  assert.equal(await all(theirs.input), 'before');
  await assert.rejects(theirs.write(bytes('x')), /stream reset/);
  client.end();
});

test('a connection that breaks off ends every stream', async () => {
  const ends = connectionPair();
  const { client, server, next } = sessions(ends);
  const ours = await client.open({ streamtype: 'data' });
  const theirs = await next();
  ends[0].destroy();
  assert.equal(await all(theirs.input), '');
  assert.equal(await all(ours.input), '');
  await Promise.all([client.closed, server.closed]);
  await assert.rejects(client.open({}), /connection closed/);
});

test('what a peer does not read is held back at the window, and goes on when it reads', async () => {
  const { client, next } = sessions();
  const ours = await client.open({ streamtype: 'data' });
  const theirs = await next();
  const other = await client.open({ streamtype: 'other' });
  const chunk = Buffer.alloc(64 * 1024, 1);
  const chunks = 100;
  let sent = 0;
  const sending = (async () => {
    for (; sent < chunks; sent++) await ours.write(chunk);
    await ours.end();
  })();
  // Another stream of the same connection gets through meanwhile.
  await other.write(bytes('through'));
  await other.end();
  assert.equal(await all((await next()).input), 'through');
  while (!theirs.input.isFull) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(theirs.input.bytes, streamBufferBytesMax);
  assert.ok(sent < chunks);
  let got = 0;
  for await (const piece of theirs.input) got += piece.length;
  await sending;
  assert.equal(got, chunks * chunk.length);
  client.end();
});

/** A peer as Go's spdystream: no settings, no windows, SYN_REPLY for every stream. */
test('a peer without windows is sent everything, and is held back by not reading it', async () => {
  const [near, far] = connectionPair();
  const compression = headerCompression();
  const client = new SpdySession(near, { role: 'client', compression: headerCompression() });
  const reader = new FrameReader();
  const seen: Frame[] = [];
  const echoed = (async () => {
    for await (const chunk of far.input)
      for (const frame of reader.read(chunk)) {
        if (frame.type !== 'data') seen.push(frame);
        if (frame.type === 'synStream') {
          const block = await compression.deflate(Uint8Array.from([0, 0, 0, 0]));
          const { streamId } = frame;
          await far.write(encodeFrame({ type: 'synReply', streamId, isFin: false, block }));
        }
        if (frame.type === 'data') await far.write(encodeFrame(frame));
      }
  })();
  const stream = await client.open({ streamtype: 'data' });
  const total = 20 * 1024 * 1024;
  const sending = (async () => {
    for (let left = total; left > 0; left -= 1024 * 1024)
      await stream.write(Buffer.alloc(1024 * 1024, 7));
    await stream.end();
  })();
  let got = 0;
  for await (const piece of stream.input) got += piece.length;
  await sending;
  assert.equal(got, total);
  client.end();
  await echoed;
  assert.deepEqual([...new Set(seen.map(({ type }) => type))], ['settings', 'synStream', 'goAway']);
});

test('over sockets, pipes carry everything through and close both ends', async () => {
  const listener = createServer((socket) => {
    const { next } = sessions([connectionPair()[0], connectionOf(socket, Buffer.alloc(0))]);
    void (async () => {
      const stream = await next();
      for await (const chunk of stream.input) await stream.write(chunk);
      await stream.end();
    })();
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  const [near, far] = connectionPair();
  const piped = pipe(far, connectionOf(socket, Buffer.alloc(0)));
  const client = new SpdySession(near, { role: 'client', compression: headerCompression() });
  const stream = await client.open({ streamtype: 'data' });
  await stream.write(bytes('there and back'));
  await stream.end();
  assert.equal(await all(stream.input), 'there and back');
  client.end();
  await piped;
  assert.equal(socket.destroyed, true);
  listener.close();
  await once(listener, 'close');
});

/** A connection to a peer that takes nothing; what it has said is read when that was noticed. */
function refusing(lastWords: readonly Uint8Array[]): ByteConnection {
  const refused = Promise.withResolvers<void>();
  return {
    head: new Uint8Array(0),
    input: (async function* () {
      await refused.promise;
      yield* lastWords;
    })(),
    async write() {
      throw new Error('write EPIPE');
    },
    end: () => refused.resolve(),
    destroy: () => refused.resolve(),
  };
}

test('what a side has said that takes no more is still carried to the other', async () => {
  const [near, far] = connectionPair();
  const piped = pipe(far, refusing([bytes('last '), bytes('words')]));
  await near.write(bytes('more than is wanted'));
  assert.equal(await all(near.input), 'last words');
  await piped;
});

test('what a peer has said that takes no more is still read by its session', async () => {
  const block = await headerCompression().deflate(Uint8Array.from([0, 0, 0, 0]));
  const open = { type: 'synStream', streamId: 1, associatedId: 0, priority: 0 } as const;
  const data = { type: 'data', streamId: 1 } as const;
  const lastWords = [
    encodeFrame({ ...open, isFin: false, isUnidirectional: false, block }),
    encodeFrame({ ...data, isFin: false, data: bytes('last ') }),
    encodeFrame({ ...data, isFin: true, data: bytes('words') }),
  ];
  let read: Promise<string> | undefined;
  const session = new SpdySession(refusing(lastWords), {
    role: 'server',
    compression: headerCompression(),
    onStream: (stream) => void (read = all(stream.input)),
  });
  await session.closed;
  assert.equal(await read, 'last words');
});

test('what a peer has said before it reset the connection is read, though a write has failed since', async () => {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const socket = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const [[peer]] = (await Promise.all([once(listener, 'connection'), once(socket, 'connect')])) as [
    [Socket],
    unknown,
  ];
  const connection = connectionOf(socket, Buffer.alloc(0));
  const heard = all(connection.input);
  // All in one turn of the event loop: nothing is read between.
  peer.write('last words');
  peer.resetAndDestroy();
  void connection.write(bytes('too late'));
  assert.equal(await heard, 'last words');
  await assert.rejects(connection.write(bytes('later still')), /closed/);
  assert.equal(socket.destroyed, true);
  listener.close();
});

test('a header block that grows without bound is refused', async () => {
  const ours = headerCompression();
  const theirs = headerCompression();
  const bomb = await ours.deflate(Buffer.alloc(4 * 1024 * 1024));
  await assert.rejects(theirs.inflate(bomb), /header block is broken/);
  ours.close();
  theirs.close();
});

test('a queue lets its writer wait, and frees it when the reader leaves', async () => {
  const queue = new ByteQueue(4);
  await queue.put(bytes('ab'));
  let isFree = false;
  const waiting = queue.put(bytes('cdef')).then(() => (isFree = true));
  await Promise.resolve();
  assert.equal(isFree, false);
  for await (const chunk of queue) {
    assert.equal(text(chunk), 'ab');
    break;
  }
  await waiting;
  assert.equal(queue.bytes, 0);
});
