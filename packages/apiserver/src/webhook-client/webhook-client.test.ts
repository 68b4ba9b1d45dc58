import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, Resource } from '@coxswain/api';
import { systemWorld } from '@coxswain/base';
import { outgoing } from '@coxswain/base/wire';
import type { Objects } from '../authz/objects.ts';
import { hookBundle, hookServer } from './testing/index.ts';
import { WebhookClient } from './webhook-client.ts';

const never = new AbortController().signal;
const world = systemWorld();

/** Caches that hold `objects`. */
const holding = (...objects: readonly KubeObject[]): Objects =>
  ({
    get: ({ kind }: Resource, name: string) =>
      objects.find((each) => each.kind === kind && each.metadata.name === name),
    all: ({ kind }: Resource) => objects.filter((each) => each.kind === kind),
  }) as unknown as Objects;

const clientOf = (...objects: readonly KubeObject[]): WebhookClient =>
  new WebhookClient(world, holding(...objects), outgoing());
const call = { timeoutMs: 5000, signal: never };

test('posts over one connection, believing the bundle', async () => {
  await using server = await hookServer(({ body }) => ({ echo: JSON.parse(body) }));
  const client = clientOf();
  const target = { url: `${server.url}/path?a=1`, caBundle: hookBundle };
  for (const n of [1, 2, 3]) {
    const answer = await client.post(target, { n }, { ...call, tellsTimeout: true });
    assert.deepEqual(answer, { echo: { n } });
  }
  assert.equal(server.connections(), 1);
  assert.deepEqual(
    server.heard.map(({ method, url }) => `${method} ${url}`),
    Array.from({ length: 3 }, () => 'POST /path?a=1&timeout=5s'),
  );
});

test('a service: an endpoint is called, and must be certified for the name', async () => {
  await using server = await hookServer(() => ({ ok: true }), ['hook.web.svc']);
  await using other = await hookServer(() => ({ ok: true }), ['other.web.svc']);
  const objects = (port: number): KubeObject[] => [
    {
      kind: 'Service',
      metadata: { name: 'hook', namespace: 'web' },
      spec: { type: 'ClusterIP', ports: [{ name: 'https', port: 443 }] },
    } as KubeObject,
    {
      kind: 'EndpointSlice',
      metadata: { name: 'hook-1', labels: { 'kubernetes.io/service-name': 'hook' } },
      ports: [{ name: 'https', port }],
      endpoints: [{ addresses: ['127.0.0.1'] }],
    } as KubeObject,
  ];
  const target = { service: { name: 'hook', namespace: 'web', path: '/x' }, caBundle: hookBundle };
  const answer = await clientOf(...objects(server.port)).post(target, {}, call);
  assert.deepEqual(answer, { ok: true });
  assert.equal(server.heard[0]!.headers.host, 'hook.web.svc:443');
  const post = 'Post "https://hook.web.svc:443/x": ';
  await assert.rejects(clientOf(...objects(other.port)).post(target, {}, call), {
    message: `${post}tls: failed to verify certificate: x509: certificate is valid for other.web.svc, not hook.web.svc`,
  });
  await assert.rejects(clientOf().post(target, {}, call), {
    message: `${post}service "hook" not found`,
  });
  await assert.rejects(clientOf(objects(1)[0]!).post(target, {}, call), {
    message: `${post}no endpoints available for service "hook"`,
  });
  await assert.rejects(clientOf(...objects(1)).post(target, {}, call), {
    message: `${post}dial tcp 127.0.0.1:1: connect: connection refused`,
  });
});

test('what goes wrong has the words of upstream', async () => {
  await using server = await hookServer(({ url }, response) => {
    if (url === '/slow') return undefined;
    response.statusCode = Number(url.slice(1)) || 200;
    if (url === '/200') return void response.end('no json');
    if (url === '/418') return void response.end();
    response.setHeader('content-type', 'text/plain');
    return void response.end('it broke\n');
  });
  const message = async (path: string, caBundle?: string, timeoutMs = 5000): Promise<string> =>
    clientOf()
      .post({ url: server.url + path, caBundle }, {}, { timeoutMs, signal: never })
      .then(
        () => 'none',
        (error: Error) => error.message.replace(server.url, ''),
      );
  assert.equal(await message('/slow', hookBundle, 50), 'Post "/slow": context deadline exceeded');
  assert.equal(
    await message('/x'),
    'Post "/x": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  );
  assert.equal(
    await message('/500', hookBundle),
    'an error on the server ("it broke") has prevented the request from succeeding',
  );
  assert.equal(
    await message('/404', hookBundle),
    'the server could not find the requested resource',
  );
  assert.equal(
    await message('/418', hookBundle),
    'the server responded with the status code 418 but did not return more information',
  );
  assert.match(
    await message('/200', hookBundle),
    /^couldn't get version\/kind; json parse error: json: cannot unmarshal string into Go value of type struct /,
  );
});
