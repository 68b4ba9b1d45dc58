/** The two ways to run a command at a server: over a websocket, and over SPDY where the server refuses that. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { after, test } from 'node:test';
import { systemClock } from '@coxswain/base';
import { SpdySession, type SpdyStream } from '@coxswain/base/spdy';
import { acceptWebSocket, connectionOf, headerCompression } from '@coxswain/base/wire';
import { decodeMessage, encodeOutcome, sendOn } from '@coxswain/api/streaming';
import { Exit } from '../command/failure.ts';
import type { Session } from '../session/session.ts';
import { runCommand } from './command.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const ended = bytes(encodeOutcome({ ended: 'exit', code: 7 }));

/** Sends back in capitals what comes on stdin, then ends with 7. */
async function overWebSocket(request: IncomingMessage, socket: Duplex): Promise<void> {
  const headers = request.headers as Record<string, string>;
  const messages = await acceptWebSocket(
    connectionOf(socket, new Uint8Array(0)),
    headers,
    'v5.channel.k8s.io',
  );
  for await (const message of messages.input) {
    const said = decodeMessage(message, 'v5');
    if (!said) continue;
    if ('closes' in said) break;
    await sendOn(messages, 'v5', 1, bytes(Buffer.from(said.data).toString().toUpperCase()));
  }
  await sendOn(messages, 'v5', 3, ended);
  messages.end();
}

async function overSpdy(socket: Duplex): Promise<void> {
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n',
  );
  const streams = new Map<string, SpdyStream>();
  const all = Promise.withResolvers<void>();
  const spdy = new SpdySession(connectionOf(socket, new Uint8Array(0)), {
    role: 'server',
    compression: headerCompression(),
    onStream(stream) {
      streams.set(stream.headers['streamtype']!, stream);
      if (streams.size === 3) all.resolve();
    },
  });
  await all.promise;
  const [stdin, stdout, error] = ['stdin', 'stdout', 'error'].map((name) => streams.get(name)!);
  for await (const chunk of stdin!.input)
    await stdout!.write(bytes(Buffer.from(chunk).toString().toUpperCase()));
  await error!.write(ended);
  await Promise.all([stdout!.end(), error!.end()]);
  await spdy.closed;
}

const asked: string[] = [];
const server = createServer();
server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
  const wanted = request.headers.upgrade!;
  asked.push(`${request.method} ${wanted} ${request.url}`);
  if (wanted !== 'websocket') void overSpdy(socket);
  else if (request.url!.includes('old')) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  else if (request.url!.includes('gone')) socket.destroy();
  else void overWebSocket(request, socket);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
after(() => server.close());

const session = {
  world: { clock: systemClock },
  signal: new AbortController().signal,
  rest: () => ({
    reach: () =>
      Promise.resolve({
        server: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
        ...{ base: '/base', headers: [['authorization', 'Bearer x']] },
      }),
  }),
} as unknown as Session;

async function run(path: string): Promise<{ readonly out: string; readonly error: Error }> {
  let out = '';
  const stdin = async function* (): AsyncGenerator<Uint8Array, void> {
    yield bytes('some ');
    yield bytes('words');
  };
  const stdout = (chunk: Uint8Array): Promise<void> => {
    out += Buffer.from(chunk).toString();
    return Promise.resolve();
  };
  const error = await runCommand(
    session,
    { path, query: [['command', 'a b']] },
    { stdin: stdin(), stdout },
  ).then(
    () => assert.fail('it ends with 7'),
    (thrown: Error) => thrown,
  );
  return { out, error };
}

for (const { name, path, want } of [
  { name: 'a websocket', path: '/new', want: ['GET websocket /base/new?command=a+b'] },
  {
    name: 'SPDY where there is no websocket',
    path: '/old',
    want: ['GET websocket /base/old?command=a+b', 'POST SPDY/3.1 /base/old?command=a+b'],
  },
])
  test(`a command runs over ${name}`, async () => {
    asked.length = 0;
    const { out, error } = await run(path);
    assert.equal(out, 'SOME WORDS');
    assert.ok(error instanceof Exit);
    assert.deepEqual(
      { code: error.code, message: error.message },
      { code: 7, message: 'command terminated with exit code 7' },
    );
    assert.deepEqual(asked, want);
  });

test('a server that goes away is an error', async () => {
  const { error } = await run('/gone');
  assert.match(error.message, /socket hang up|ECONNRESET/);
});
