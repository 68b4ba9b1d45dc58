import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { request } from 'node:https';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { issue } from '../certificates/issue.ts';
import { openTestServer, type TestServer } from '../testing/server.ts';
import { listen, type Listener } from './index.ts';
import { stallMs } from './pack.ts';
import { warningHeaders } from './request.ts';

const path = '/api/v1/namespaces/default/configmaps';
const years = { notBeforeMs: Date.UTC(2020, 0), notAfterMs: Date.UTC(2060, 0) };
const authority = issue({ commonName: 'authority', use: 'authority', ...years });
const serving = issue(
  { commonName: 'server', use: 'server', names: ['127.0.0.1'], ...years },
  authority,
);
let server: TestServer;
let listener: Listener;
let port = 0;

before(async () => {
  server = await openTestServer();
  listener = await listen(server.server, {
    addresses: [{ host: '127.0.0.1', port: 0 }],
    certificate: serving.certificate,
    key: serving.key,
    clientAuthorities: authority.certificate,
  });
  port = listener.addresses[0]!.port;
  await server.post(path, { metadata: { name: 'there' } });
});

after(async () => {
  await listener[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Answer {
  readonly code: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

function send(
  method: string,
  target: string,
  body: string | Uint8Array = '',
  type = 'application/json',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type };
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path: target,
      headers,
      agent: false,
    } as const;
    const sent = request({ ...options, rejectUnauthorized: false }, (message) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('end', () =>
        resolve({
          code: message.statusCode ?? 0,
          text: Buffer.concat(chunks).toString(),
          headers: message.headers,
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
const merge = 'application/merge-patch+json';
const nine = (name: string): string => `[${Array.from({ length: 9 }, () => `*${name}`).join()}]`;
const bomb = [
  'a: &a [1,2,3]',
  ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map(
    (name, i) => `${name}: &${name} ${nine('abcdefg'[i]!)}`,
  ),
].join('\n');
const binary = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);

const cases = [
  { name: 'lists in lists', body: '['.repeat(500_000), code: 400, message: /exceeded max depth/ },
  {
    name: 'YAML that grows',
    body: bomb,
    type: 'application/yaml',
    code: 400,
    message: /excessive aliasing/,
  },
  { name: 'no UTF-8', body: binary, code: 422, message: /name or generateName is required/ },
  {
    name: 'protobuf that is none',
    body: 'hello',
    type: 'application/vnd.kubernetes.protobuf',
    code: 400,
    message: /does not appear to be a protobuf message/,
  },
  { name: 'half a JSON', body: '{"a":', code: 400, message: /unexpected end of JSON input/ },
  {
    name: 'another media type',
    body: 'x',
    type: 'text/plain',
    code: 415,
    message: /unknown format/,
  },
  {
    name: 'more than may be',
    body: 'x'.repeat(3 * 2 ** 20 + 1),
    code: 413,
    message: /limit is 3145728/,
  },
] as const;

for (const { name, body, code, message, ...rest } of cases)
  test(`a body of ${name}`, async () => {
    const answer = await send('POST', path, body, 'type' in rest ? rest.type : undefined);
    assert.equal(answer.code, code, answer.text);
    assert.match(answer.text, message);
  });

test('a deep patch', async () => {
  const answer = await send('PATCH', `${path}/there`, `{"data":${deep}}`, merge);
  assert.equal(answer.code, 400);
  assert.match(answer.text, /exceeded max depth/);
});

test('a warning of what is no ASCII', async () => {
  const body = JSON.stringify({ metadata: { name: 'odd' }, 'snowman\u2603': 1 });
  const { code, headers } = await send('POST', path, body);
  assert.equal(code, 201);
  assert.equal(
    Buffer.from(String(headers.warning), 'latin1').toString(),
    String.raw`299 - "unknown field \"snowman☃\""`,
  );
});

test('warnings that no header can hold, and more than fit, are left out', () => {
  const many = Array.from({ length: 9 }, () => 'x'.repeat(1_000));
  const headers = warningHeaders(['a\u0007b', 'said "so"', ...many]);
  assert.equal(headers.length, 5);
  assert.equal(headers[0], String.raw`299 - "said \"so\""`);
});

test('a long selector', async () => {
  const list = Array.from({ length: 30_000 }, () => 'x').join();
  const answer = await send('GET', `${path}?labelSelector=${encodeURIComponent(`a in (${list})`)}`);
  assert.equal(answer.code, 200);
});

test('what is no HTTP gets 400', async () => {
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
  socket.end('hello\r\n\r\n');
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 400 Bad Request\r\n/);
});

test('a body that breaks off leaves nothing behind', async () => {
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/json',
  });
  stream.on('error', () => {});
  await new Promise<void>(
    (resolve) => void stream.write('{"metadata":{"name":"half"', () => resolve()),
  );
  stream.close(8);
  await new Promise((resolve) => stream.on('close', resolve));
  session.close();
  assert.equal((await send('GET', `${path}/half`)).code, 404);
});

test('a client that never reads is cut off, and its watch ends', async () => {
  const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
  socket.on('error', () => {});
  socket.pause();
  const head = `GET ${path}?watch=1 HTTP/1.1\r\nHost: a\r\n\r\n`;
  await new Promise<void>((resolve) => void socket.write(head, () => resolve()));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  const data = { a: 'x'.repeat(500_000) };
  for (let n = 0; n < 40; n++) await server.post(path, { metadata: { name: `fat${n}` }, data });
  // Only the clock cuts it off: until then it might still read.
  for (let round = 0; round < 20; round++) {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    await server.advance(stallMs + 1);
  }
  socket.resume();
  await closed;
  assert.equal((await send('GET', `${path}/there`)).code, 200);
});

test('five thousand watchers of one resource see one change each', async () => {
  const end = new AbortController();
  const { metadata } = await server.get<{ metadata: { resourceVersion: string } }>(path);
  const query = { resourceVersion: metadata.resourceVersion };
  const watches = await Promise.all(
    Array.from({ length: 5_000 }, () => server.watch(path, query, end.signal)),
  );
  const seen = watches.map(async (events) => {
    for await (const [event] of events) return event!.object.metadata.name;
    return 'nothing';
  });
  await server.post(path, { metadata: { name: 'news' } });
  assert.deepEqual(new Set(await Promise.all(seen)), new Set(['news']));
  end.abort();
});
