/** The proxies to pods, services and nodes, with a real server behind them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { EndpointSlices, Services } from '@coxswain/api';
import { ask, bytes, openWebSocket, podPath, text } from './clients.ts';
import { kubectlOf, withoutKubectl } from './kubectl.ts';
import { namespace, openStage, type Stage } from './stage.ts';

let stage: Stage;
let backend: Server;
const asked: URL[] = [];
const signal = new AbortController().signal;

before(async () => {
  stage = await openStage();
  backend = await openBackend();
  const { port } = backend.address() as AddressInfo;
  stage.script.route = (url) => {
    asked.push(url);
    if (url.hostname === '10.0.0.9') return new URL('http://127.0.0.1:1');
    return new URL(`http://127.0.0.1:${port}`);
  };
  const containers = [{ name: 'main', image: 'i', ports: [{ containerPort: 8080 }] }];
  const status = (ip: string): object => ({ podIP: ip, podIPs: [{ ip }] });
  await stage.pod('web', { containers } as never, status('10.0.0.8'));
  await stage.pod('down', { containers } as never, status('10.0.0.9'));
  await stage.pod('local', { containers } as never, status('127.0.0.1'));
  await addService(stage);
});
after(async () => {
  backend.closeAllConnections();
  backend.close();
  await stage[Symbol.asyncDispose]();
});

/** Tells what it was asked; some paths answer in ways of their own. */
async function openBackend(): Promise<Server> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { pathname, searchParams } = new URL(request.url!, 'http://x');
    if (pathname === '/redirect')
      return response.writeHead(302, { location: searchParams.get('to')! }).end();
    if (pathname === '/page')
      return response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': '86' })
        .end(
          '<a href="/next?a=1">x</a><img src=\'/i.png\'><a HREF=near.html>y</a><p title="/no">z</p>',
        );
    if (pathname === '/cookies')
      return response
        .writeHead(207, {
          'set-cookie': ['a=1', 'b=2'],
          'access-control-allow-origin': '*',
          'x-own': 'kept',
        })
        .end('two');
    const { headers } = request;
    const told = {
      ...{ method: request.method, url: request.url, body },
      authorization: headers.authorization ?? null,
      forwarded: headers['x-forwarded-for'] ?? null,
      uri: headers['x-forwarded-uri'] ?? null,
      own: headers['x-own'] ?? null,
      hop: headers['x-hop'] ?? null,
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(told));
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (request.url!.startsWith('/refuse')) {
      socket.end('HTTP/1.1 418 Teapot\r\nContent-Length: 5\r\n\r\nshort');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (data) => client.send(`${request.url} ${String(data)}`));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function addService({ client }: Stage): Promise<void> {
  const metadata = { name: 'shop', namespace };
  const ports = [
    { name: 'http', port: 80, targetPort: 8080 },
    { name: 'admin', port: 81, targetPort: 9090 },
  ];
  await client.create(Services, { metadata, spec: { ports } } as never, { signal });
  const targetRef = { kind: 'Pod', name: 'web', namespace };
  await client.create(
    EndpointSlices,
    {
      metadata: {
        ...{ name: 'shop-1', namespace },
        labels: { 'kubernetes.io/service-name': 'shop' },
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: [
        { addresses: ['10.0.0.8'], conditions: { ready: true }, targetRef },
        { addresses: ['10.0.0.7'], conditions: { ready: true } },
        { addresses: ['10.0.0.8'], conditions: { ready: false }, targetRef },
      ],
    } as never,
    { signal },
  );
}

const proxy = podPath('web', 'proxy');
const toldOf = async (
  method: string,
  target: string,
  more: Parameters<typeof ask>[3] = {},
): Promise<Record<string, unknown>> => {
  const { status, body } = await ask(stage, method, target, more);
  assert.equal(status, 200, body);
  return JSON.parse(body) as Record<string, unknown>;
};

for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
  test(`${method} goes through with path and query byte by byte`, async () => {
    const told = await toldOf(method, `${proxy}/a%2Fb/./c%20d/?q=%41&q=b+c`, {
      headers: [
        ['Authorization', 'Bearer secret'],
        ['X-Own', 'kept'],
        ['Connection', 'close, X-Hop'],
        ['X-Hop', 'dropped'],
      ],
    }).catch((error: Error) => error);
    // A token that nobody knows is refused by us; so the certificate must speak for itself.
    if (told instanceof Error) assert.fail(told);
    assert.deepEqual(told, {
      method,
      url: '/a%2Fb/./c%20d/?q=%41&q=b+c',
      body: '',
      authorization: null,
      forwarded: '127.0.0.1',
      uri: `${proxy}/a%2Fb/./c%20d/`,
      own: 'kept',
      hop: null,
    });
  });

test('bodies are streamed through', async () => {
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    for (const word of ['one ', 'two ', 'three']) yield bytes(word);
  }
  const chunked: readonly (readonly [string, string])[] = [['Transfer-Encoding', 'chunked']];
  const told = await toldOf('POST', `${proxy}/x`, { headers: chunked, body: pieces() });
  assert.equal(told.body, 'one two three');
  const sized: readonly (readonly [string, string])[] = [['Content-Length', '13']];
  const again = await toldOf('PUT', `${proxy}/x`, { headers: sized, body: pieces() });
  assert.equal(again.body, 'one two three');
});

test('HEAD gives the head', async () => {
  const { status, headers, body } = await ask(stage, 'HEAD', `${proxy}/page`);
  assert.deepEqual([status, headers['content-type'], body], [200, 'text/html; charset=utf-8', '']);
});

for (const [name, path] of Object.entries({
  pod: proxy,
  service: `/api/v1/namespaces/${namespace}/services/shop:http/proxy`,
}))
  test(`a ${name}'s proxy without a path leads to the one with a slash, for reading only`, async () => {
    const { status, headers } = await ask(stage, 'GET', `${path}?a=%20b`);
    assert.deepEqual([status, headers.location], [301, `${path}/?a=%20b`]);
    assert.equal((await toldOf('POST', `${path}?a=1`)).url, '/?a=1');
    assert.equal((await toldOf('GET', `${path}/`)).url, '/');
  });

const redirects: readonly { name: string; to: string; becomes: string }[] = [
  { name: 'absolute path', to: '/next?x=1#y', becomes: `${proxy}/next?x=1#y` },
  { name: 'relative path', to: 'next', becomes: 'next' },
  { name: 'the same host', to: 'http://10.0.0.8:8080/next/', becomes: `${proxy}/next/` },
  { name: 'another host', to: 'http://example.com/next', becomes: 'http://example.com/next' },
  { name: 'through the proxy already', to: `${proxy}/next`, becomes: `${proxy}/next` },
];
for (const { name, to, becomes } of redirects)
  test(`redirections are turned: ${name}`, async () => {
    const target = `${proxy}/redirect?to=${encodeURIComponent(to)}`;
    const { status, headers } = await ask(stage, 'GET', target);
    assert.deepEqual([status, headers.location], [302, becomes]);
  });

test('links in pages are turned', async () => {
  const { body } = await ask(stage, 'GET', `${proxy}/page`);
  assert.equal(
    body,
    `<a href="${proxy}/next?a=1">x</a><img src='${proxy}/i.png'><a HREF="near.html">y</a><p title="/no">z</p>`,
  );
});

test('status and headers come back, but for those that speak for the API server', async () => {
  const { status, headers, body } = await ask(stage, 'GET', `${proxy}/cookies`);
  assert.deepEqual(
    [status, headers['set-cookie'], headers['x-own'], headers['access-control-allow-origin'], body],
    [207, ['a=1', 'b=2'], 'kept', undefined, 'two'],
  );
});

test('an upgrade goes through, and a refused one says why', async () => {
  const socket = await openWebSocket(stage, `${proxy}/chat?room=1`, []);
  await socket.sendText('hello');
  for await (const message of socket.input) {
    assert.equal(text(message), '/chat?room=1 hello');
    break;
  }
  socket.destroy();
  await assert.rejects(openWebSocket(stage, `${proxy}/refuse`, []), { message: '418: short' });
});

const names: readonly { name: string; resource: string; id: string; to: string }[] = [
  { name: 'first port of a pod', resource: 'pods', id: 'web', to: 'http://10.0.0.8:8080' },
  { name: 'port of a pod', resource: 'pods', id: 'web:99', to: 'http://10.0.0.8:99' },
  { name: 'scheme of a pod', resource: 'pods', id: 'https:web:99', to: 'https://10.0.0.8:99' },
  { name: 'port name', resource: 'services', id: 'shop:http', to: 'http://10.0.0.8:8080' },
  { name: 'port number', resource: 'services', id: 'shop:80', to: 'http://10.0.0.8:8080' },
  { name: 'scheme', resource: 'services', id: 'https:shop:80', to: 'https://10.0.0.8:8080' },
];
for (const { name, resource, id, to } of names)
  test(`whom a name means: ${name}`, async () => {
    asked.length = 0;
    await toldOf('GET', `/api/v1/namespaces/${namespace}/${resource}/${id}/proxy/x`);
    assert.deepEqual(
      asked.map(({ origin }) => origin),
      [to],
    );
  });

const refusals: readonly { name: string; path: string; code: number; message: string }[] = [
  {
    name: 'no scheme',
    path: 'pods/ftp:web:80',
    code: 400,
    message: 'invalid pod request "ftp:web:80"',
  },
  { name: 'no pod', path: 'pods/gone', code: 404, message: 'pods "gone" not found' },
  { name: 'loopback', path: 'pods/local', code: 400, message: 'address not allowed' },
  {
    name: 'no such port',
    path: 'services/shop:82',
    code: 503,
    message: 'no service port 82 found for service "shop"',
  },
  {
    name: 'nobody behind the port',
    path: 'services/shop:81',
    code: 503,
    message: 'no endpoints available for service "shop:81"',
  },
];
for (const { name, path, code, message } of refusals)
  test(`refused: ${name}`, async () => {
    const { status, body } = await ask(
      stage,
      'GET',
      `/api/v1/namespaces/${namespace}/${path}/proxy/`,
    );
    const said = JSON.parse(body) as { message: string };
    assert.deepEqual([status, said.message], [code, message]);
  });

test('a pod that does not answer is unavailable', async () => {
  const { status, body } = await ask(stage, 'GET', `${podPath('down', 'proxy')}/`);
  assert.equal(status, 503);
  const { message } = JSON.parse(body) as { message: string };
  assert.equal(
    message,
    'error trying to reach service: dial tcp 127.0.0.1:1: connect: connection refused',
  );
});

test('over HTTP/2, as kubectl asks', { skip: withoutKubectl }, async () => {
  const kubectl = kubectlOf(stage);
  const { code, stdout } = await kubectl.run(['get', '--raw', `${proxy}/a%20b?q=1`]);
  assert.equal(code, 0);
  const { method, url, forwarded } = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual([method, url, forwarded], ['GET', '/a%20b?q=1', '127.0.0.1']);
});

test('the proxy to a node is its kubelet', async () => {
  for (const id of ['n1', `n1:${stage.kubeletPort}`]) {
    const { status, body } = await ask(stage, 'GET', `/api/v1/nodes/${id}/proxy/healthz`);
    assert.deepEqual([status, body], [200, 'ok']);
  }
  asked.length = 0;
  await toldOf('GET', '/api/v1/nodes/n1:99/proxy/x');
  assert.deepEqual(
    asked.map(({ origin }) => origin),
    ['http://127.0.0.1:99'],
  );
});
