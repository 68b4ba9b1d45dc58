import assert from 'node:assert/strict';
import { connect, type ClientHttp2Session } from 'node:http2';
import { request } from 'node:https';
import { after, before, test } from 'node:test';
import { createGunzip } from 'node:zlib';
import { issue, type KeyPair } from '../certificates/issue.ts';
import type { Connection } from '../chain/station.ts';
import { openTestServer, type TestServer } from '../testing/server.ts';
import { listen, type Listener } from './index.ts';

const path = '/api/v1/namespaces/default/configmaps';
let server: TestServer;
let listener: Listener;
let port = 0;
let session: ClientHttp2Session;

const years = { notBeforeMs: Date.UTC(2020, 0), notAfterMs: Date.UTC(2060, 0) };
const authority = issue({ commonName: 'authority', use: 'authority', ...years });
const client = issue({ commonName: 'client', use: 'client', ...years }, authority);
const stranger = issue({ commonName: 'stranger', use: 'client', ...years });
const serving = issue(
  { commonName: 'server', use: 'server', names: ['127.0.0.1'], ...years },
  authority,
);

before(async () => {
  server = await openTestServer();
  server.server.addStation({
    name: 'echo',
    async pass(asked, next) {
      if (asked.path === '/whoami')
        return {
          as: 'object',
          code: 200,
          object: { known: asked.clientCertificate !== undefined },
        };
      if (asked.path === '/upgrade') return { as: 'upgrade', accept: echo };
      return next(asked);
    },
  });
  listener = await listen(server.server, {
    addresses: [{ host: '127.0.0.1', port: 0 }],
    certificate: serving.certificate,
    key: serving.key,
    clientAuthorities: authority.certificate,
  });
  port = listener.addresses[0]!.port;
  session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
});

after(async () => {
  session.close();
  await listener[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function echo(connection: Connection): Promise<void> {
  await connection.write(
    Buffer.from('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n'),
  );
  for await (const bytes of connection.input) {
    await connection.write(bytes);
    connection.end();
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

function h2(
  method: string,
  target: string,
  body = '',
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const head0 = { ':method': method, ':path': target, ...headers };
    const stream = session.request(head0, { endStream: !body });
    let head: Record<string, unknown> = {};
    const chunks: Buffer[] = [];
    stream.on('response', (got) => (head = got));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () =>
      resolve({
        status: Number(head[':status']),
        headers: head,
        text: Buffer.concat(chunks).toString(),
      }),
    );
    stream.on('error', reject);
    if (body) stream.end(body);
  });
}

function h1(
  method: string,
  target: string,
  body = '',
  headers: Record<string, string> = {},
  keys?: KeyPair,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const tls = {
      rejectUnauthorized: false,
      ...(keys && { cert: keys.certificate, key: keys.key }),
    };
    const sent = request({
      host: '127.0.0.1',
      port,
      method,
      path: target,
      headers,
      agent: false,
      ...tls,
    });
    sent.on('response', (message) => {
      const chunks: Buffer[] = [];
      const body = message.headers['content-encoding'] ? message.pipe(createGunzip()) : message;
      body.on('data', (chunk: Buffer) => chunks.push(chunk));
      body.on('end', () =>
        resolve({
          status: message.statusCode ?? 0,
          headers: message.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const json = { 'content-type': 'application/json' };
const configMap = (name: string, data = {}): string =>
  JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name }, data });

for (const [name, call] of [
  ['HTTP/2', h2],
  ['HTTP/1.1', h1],
] as const)
  test(`an object is created, read and listed over ${name}`, async () => {
    const key = name.toLowerCase().replace(/[^a-z0-9]/g, '');
    const made = await call('POST', path, configMap(key, { a: '<b>' }), json);
    assert.equal(made.status, 201);
    const got = await call('GET', `${path}/${key}`);
    assert.equal(got.status, 200);
    assert.equal(got.headers['content-type'], 'application/json');
    assert.ok(got.text.endsWith('\n') && got.text.includes('\\u003cb\\u003e'), got.text);
    assert.deepEqual(JSON.parse(got.text), JSON.parse(made.text));
    assert.deepEqual(JSON.parse(got.text), await server.get(`${path}/${key}`));
    const list = JSON.parse((await call('GET', path)).text) as {
      kind: string;
      items: { kind?: string; metadata: { name: string; resourceVersion: string } }[];
    };
    const item = list.items.find(({ metadata }) => metadata.name === key)!;
    const { kind: _k, apiVersion: _v, ...rest } = JSON.parse(got.text) as Record<string, unknown>;
    assert.deepEqual([list.kind, item], ['ConfigMapList', rest]);
    await call('DELETE', `${path}/${key}`);
  });

test('errors are a Status with the code on the wire', async () => {
  const { status, text } = await h2('GET', `${path}/missing`);
  assert.equal(status, 404);
  assert.equal((JSON.parse(text) as { reason: string }).reason, 'NotFound');
});

test('unknown fields become warnings', async () => {
  const body = JSON.stringify({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'w' },
    dota: {},
  });
  const { headers } = await h2('POST', path, body, json);
  assert.equal(headers['warning'], '299 - "unknown field \\"dota\\""');
  const strict = await h2('POST', `${path}?fieldValidation=Strict`, body, json);
  assert.equal(strict.status, 400);
  assert.match(strict.text, /strict decoding error: unknown field/);
});

test('a body over 3 MiB is refused', async () => {
  const { status } = await h1('POST', path, 'x'.repeat(3 * 2 ** 20 + 1), json);
  assert.equal(status, 413);
});

test('what is long is compressed for those who take it', async () => {
  await server.post(path, {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'long' },
    data: { a: 'x'.repeat(200_000) },
  });
  const plain = await h1('GET', `${path}/long`);
  const zipped = await h1('GET', `${path}/long`, '', { 'accept-encoding': 'gzip' });
  assert.equal(zipped.headers['content-encoding'], 'gzip');
  assert.equal(zipped.text, plain.text);
});

test('long lists are whole, also several at once', async () => {
  const longs = '/api/v1/namespaces/long-lists/configmaps';
  await server.post('/api/v1/namespaces', {
    ...{ kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'long-lists' } },
  });
  for (let i = 0; i < 400; i++)
    await server.post(longs, {
      ...{ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: `long-${i}` } },
      data: { a: `${i} `.repeat(1000) },
    });
  const plain = await h1('GET', longs);
  const { items } = JSON.parse(plain.text) as { items: { data: { a: string } }[] };
  assert.equal(items.length, 400);
  assert.ok(plain.text.length > 1_000_000);
  const all = await Promise.all([1, 2, 3, 4].map(() => h2('GET', longs)));
  for (const { text } of all) assert.ok(text === plain.text);
});

test('a list of thousands is made while it is sent, in every form', async () => {
  const many = '/api/v1/namespaces/many/configmaps';
  await server.post('/api/v1/namespaces', {
    ...{ kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'many' } },
  });
  const names = Array.from({ length: 2100 }, (_, i) => `map-${String(i).padStart(4, '0')}`);
  for (const name of names)
    await server.post(many, {
      ...{ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name } },
      data: { a: `${name} `.repeat(9) },
    });
  type Item = { metadata: { name: string }; data: { a: string } };
  const text = async (accept: string, encoding = '', ask = h1): Promise<string> => {
    const answer = await ask('GET', many, '', { accept, 'accept-encoding': encoding });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-encoding'], encoding || undefined);
    return answer.text;
  };
  const plain = await text('application/json');
  const { items } = JSON.parse(plain) as { items: Item[] };
  assert.deepEqual(
    items.map(({ metadata, data }) => [metadata.name, data.a]),
    names.map((name) => [name, `${name} `.repeat(9)]),
  );
  assert.ok((await text('application/json', '', h2)) === plain);
  assert.ok((await text('application/json', 'gzip')) === plain);
  const as = (kind: string): string => `application/json;as=${kind};g=meta.k8s.io;v=v1`;
  const table = await text(as('Table'));
  const { rows } = JSON.parse(table) as { rows: { cells: unknown[]; object: Item }[] };
  assert.deepEqual(
    rows.map(({ cells, object }) => [cells[0], object.metadata.name]),
    names.map((name) => [name, name]),
  );
  const partial = await text(as('PartialObjectMetadataList'));
  assert.ok((await text(as('PartialObjectMetadataList'), 'gzip')) === partial);
  const parts = (JSON.parse(partial) as { items: Item[] }).items;
  assert.deepEqual(
    parts.map(({ metadata }) => metadata),
    items.map(({ metadata }) => metadata),
  );
});

test("a client certificate of a known authority is shown to the chain, a stranger's is a 401", async () => {
  const whoami = async (keys?: KeyPair): Promise<unknown> =>
    JSON.parse((await h1('GET', '/whoami', '', {}, keys)).text);
  assert.deepEqual(await whoami(), { known: false });
  assert.deepEqual(await whoami(client), { known: true });
  assert.equal((await h1('GET', '/whoami', '', {}, stranger)).status, 401);
});

test('protobuf and YAML are spoken both ways', async () => {
  await h2('POST', path, 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: yam}\ndata: {a: b}\n', {
    'content-type': 'application/yaml',
  });
  const yaml = await h2('GET', `${path}/yam`, '', { accept: 'application/yaml' });
  assert.match(yaml.text, /^apiVersion: v1\ndata:\n {2}a: b\nkind: ConfigMap\n/);
  const proto = await h2('GET', `${path}/yam`, '', {
    accept: 'application/vnd.kubernetes.protobuf',
  });
  assert.equal(proto.headers['content-type'], 'application/vnd.kubernetes.protobuf');
  assert.equal(proto.text.slice(0, 4), 'k8s\0');
  assert.equal((await h2('GET', `${path}/yam`, '', { accept: 'text/html' })).status, 406);
});

test('who waits with the body is told to go on', async () => {
  const body = configMap('patient');
  const stream = session.request({
    ...{ ':method': 'POST', ':path': path, expect: '100-continue' },
    ...json,
  });
  await new Promise<void>((resolve) => stream.once('continue', () => resolve()));
  stream.end(body);
  const head = await new Promise<Record<string, unknown>>((resolve) =>
    stream.once('response', resolve),
  );
  assert.equal(head[':status'], 201);
  stream.resume();
});

test('a watch streams its events, and ends when the client leaves', async () => {
  const stream = session.request({ ':path': `${path}?watch=true&resourceVersion=0` });
  stream.setEncoding('utf8');
  let text = '';
  const seen = new Promise<void>((resolve) => {
    stream.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('"name":"seen"')) resolve();
    });
  });
  await new Promise((resolve) => stream.once('response', resolve));
  await h2('POST', path, configMap('seen'), json);
  await seen;
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; object: unknown });
  assert.deepEqual(events.at(-1), { type: 'ADDED', object: await server.get(`${path}/seen`) });
  stream.close();
});

test('an upgraded connection is handed over', async () => {
  const sent = request({
    host: '127.0.0.1',
    port,
    path: '/upgrade',
    rejectUnauthorized: false,
    headers: { connection: 'Upgrade', upgrade: 'echo' },
  });
  sent.end();
  const answer = await new Promise<string>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('upgrade', (_, socket) => {
      socket.on('data', (bytes: Buffer) => resolve(bytes.toString()));
      socket.write('hello');
    });
  });
  assert.equal(answer, 'hello');
});

test('closing ends watches and refuses new connections', async () => {
  const other = await listen(server.server, {
    addresses: [{ host: '127.0.0.1', port: 0 }],
    certificate: serving.certificate,
    key: serving.key,
    clientAuthorities: authority.certificate,
  });
  const { port: at } = other.addresses[0]!;
  const other2 = connect(`https://127.0.0.1:${at}`, { rejectUnauthorized: false });
  const stream = other2.request({ ':path': `${path}?watch=true&resourceVersion=0` });
  await new Promise((resolve) => stream.once('response', resolve));
  const ended = new Promise((resolve) => stream.once('end', resolve));
  stream.resume();
  await other[Symbol.asyncDispose]();
  await ended;
  const refused = await new Promise((resolve) =>
    connect(`https://127.0.0.1:${at}`).once('error', resolve),
  );
  assert.match(String(refused), /ECONNREFUSED/);
});

for (const [name, call] of [
  ['HTTP/2', h2],
  ['HTTP/1.1', h1],
] as const)
  test(`every answer over ${name} has its audit id, the client's own where it gave one`, async () => {
    const own = await call('GET', path, '', { 'audit-id': 'mine' });
    assert.equal(own.headers['audit-id'], 'mine');
    const made = await call('GET', '/nothing');
    assert.equal(made.status, 404);
    assert.match(String(made.headers['audit-id']), /^[0-9a-f-]{36}$/);
    const head = await call('HEAD', path);
    assert.deepEqual([head.status, head.text], [405, '']);
  });
