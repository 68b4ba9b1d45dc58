import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { viaProxy } from './via-proxy.ts';

async function listening(t: TestContext, server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => open.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

const echo = (t: TestContext): Promise<number> =>
  listening(
    t,
    createServer((socket) => socket.pipe(socket)),
  );

async function echoed(way: Duplex): Promise<string> {
  way.write('hello');
  const [piece] = (await once(way, 'data')) as [Buffer];
  way.destroy();
  return piece.toString();
}

function tunnels(seen: string[]): Server {
  const proxy = createHttp();
  proxy.on('connect', (request, socket) => {
    seen.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
    if (request.url!.startsWith('forbidden'))
      return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const on = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      on.pipe(socket).pipe(on);
    });
  });
  return proxy;
}

/** A SOCKS5 server that wants a name and a password, and whose bytes come one by one. */
function socks(seen: string[]): Server {
  return createServer(async (socket) => {
    let rest = Buffer.alloc(0);
    const read = async (count: number): Promise<Buffer> => {
      while (rest.length < count)
        rest = Buffer.concat([rest, ...((await once(socket, 'data')) as [Buffer])]);
      const taken = rest.subarray(0, count);
      rest = rest.subarray(count);
      return taken;
    };
    const say = (answer: readonly number[]): void => {
      for (const byte of answer) socket.write(Buffer.from([byte]));
    };
    const [, methods] = await read(2);
    await read(methods!);
    say([5, 2]);
    const name = await read((await read(2))[1]!);
    const password = await read((await read(1))[0]!);
    seen.push(`${name.toString()} ${password.toString()}`);
    say([1, 0]);
    const [, , , kind] = await read(4);
    const host =
      kind === 1 ? [...(await read(4))].join('.') : (await read((await read(1))[0]!)).toString();
    const port = (await read(2)).readUInt16BE();
    seen.push(`${host}:${port}`);
    if (host === 'forbidden') return say([5, 2, 0, 1, 0, 0, 0, 0, 0, 0]);
    const on = connect(port, '127.0.0.1', () => {
      say([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]);
      on.pipe(socket).pipe(on);
    });
  });
}

test('a tunnel of an HTTP proxy', async (t) => {
  const seen: string[] = [];
  const [port, proxy] = [await echo(t), await listening(t, tunnels(seen))];
  const via = viaProxy(new URL(`http://me:p%40ss@127.0.0.1:${proxy}`));
  assert.equal(await echoed(await via('somewhere', port)), 'hello');
  assert.deepEqual(seen, [`somewhere:${port} Basic ${btoa('me:p@ss')}`]);
  await assert.rejects(via('forbidden', 1), { message: 'Forbidden' });
});

test('a way through SOCKS, which resolves the name', async (t) => {
  const seen: string[] = [];
  const [port, proxy] = [await echo(t), await listening(t, socks(seen))];
  const via = viaProxy(new URL(`socks5://me:pass@127.0.0.1:${proxy}`));
  assert.equal(await echoed(await via('somewhere', port)), 'hello');
  assert.equal(await echoed(await via('127.0.0.1', port)), 'hello');
  assert.deepEqual(seen, ['me pass', `somewhere:${port}`, 'me pass', `127.0.0.1:${port}`]);
  await assert.rejects(via('forbidden', 7), {
    message: `socks connect tcp 127.0.0.1:${proxy}->forbidden:7: unknown error connection not allowed by ruleset`,
  });
});

for (const [scheme, words] of [
  ['http', 'proxyconnect tcp: '],
  ['socks5', 'socks connect tcp 127.0.0.1:PORT->somewhere:443: '],
] as const)
  test(`a proxy that is not there, ${scheme}`, async (t) => {
    const gone = createServer();
    const port = await listening(t, gone);
    gone.close();
    await once(gone, 'close');
    const via = viaProxy(new URL(`${scheme}://127.0.0.1:${port}`));
    await assert.rejects(via('somewhere', 443), {
      code: 'ECONNREFUSED',
      message: `${words}dial tcp 127.0.0.1:PORT: connect: connection refused`.replaceAll(
        'PORT',
        `${port}`,
      ),
    });
  });

test('waiting for a silent proxy ends with the signal', async (t) => {
  const port = await listening(
    t,
    createServer(() => {}),
  );
  for (const scheme of ['http', 'socks5']) {
    const aborter = new AbortController();
    const way = viaProxy(new URL(`${scheme}://127.0.0.1:${port}`))('x', 1, aborter.signal);
    aborter.abort(new Error('stop'));
    await assert.rejects(way, { message: 'stop' });
  }
});
