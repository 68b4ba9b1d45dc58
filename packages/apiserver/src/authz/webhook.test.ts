import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualWorld } from '@coxswain/base';
import { outgoing } from '@coxswain/base/wire';
import { webhookTokens } from '../authn/webhook-token.ts';
import { decide } from '../chain/authorize.ts';
import { parseRequestInfo } from '../chain/parse-request-info.ts';
import { hookBundle, type HookServer, hookServer } from '../webhook-client/testing/index.ts';
import { WebhookClient } from '../webhook-client/index.ts';
import { MemoryObjects } from './testing/memory-objects.ts';
import { webhookAuthorizer } from './webhook.ts';

const { signal } = new AbortController();
const ann = { name: 'ann', groups: ['crew'], uid: '7', extra: { a: ['b'] } };
const infoOf = (method: string, path: string) =>
  parseRequestInfo(method, path, new URLSearchParams());

function clientFor(server: HookServer) {
  const world = virtualWorld();
  const client = new WebhookClient(world, new MemoryObjects(), outgoing());
  const target = { url: `${server.url}/ask`, caBundle: hookBundle };
  return { world, client, target };
}

test('authorisation: the webhook decides, and what it says is kept for a while', async () => {
  let status: object = { allowed: true, reason: 'because' };
  await using server = await hookServer(({ body }) => ({ ...JSON.parse(body), status }));
  const { world, client, target } = clientFor(server);
  const settings = { target, authorizedTtlMs: 5000, unauthorizedTtlMs: 1000 };
  const authorizer = webhookAuthorizer({ ...settings, version: 'v1' }, client, world.clock);
  const ask = (path = '/api/v1/namespaces/x/pods/p/log') =>
    decide([authorizer], ann, infoOf('GET', path), signal);
  assert.deepEqual(await ask(), { decision: 'allow', reason: 'because' });
  status = { allowed: false, denied: true, reason: 'never' };
  assert.deepEqual(await ask(), { decision: 'allow', reason: 'because' });
  assert.deepEqual(await ask('/metrics'), { decision: 'deny', reason: 'never' });
  assert.deepEqual(
    server.heard.map(({ body }) => (JSON.parse(body) as { spec: object }).spec),
    [
      {
        resourceAttributes: {
          ...{ namespace: 'x', verb: 'get', version: 'v1', resource: 'pods' },
          ...{ subresource: 'log', name: 'p' },
        },
        ...{ user: 'ann', groups: ['crew'], extra: { a: ['b'] }, uid: '7' },
      },
      {
        nonResourceAttributes: { path: '/metrics', verb: 'get' },
        ...{ user: 'ann', groups: ['crew'], extra: { a: ['b'] }, uid: '7' },
      },
    ],
  );
});

test('authorisation: one that cannot be asked has no opinion, but nobody is refused for it', async () => {
  await using server = await hookServer((_, response) => {
    response.statusCode = 400;
    return void response.end('no');
  });
  const { world, client, target } = clientFor(server);
  const settings = { target, authorizedTtlMs: 1, unauthorizedTtlMs: 1, version: 'v1' } as const;
  const authorizer = webhookAuthorizer(settings, client, world.clock);
  const allows = { name: 'yes', authorize: () => ({ decision: 'allow', reason: '' }) as const };
  const info = infoOf('GET', '/api/v1/pods');
  assert.equal((await decide([authorizer, allows], ann, info, signal)).decision, 'allow');
  await assert.rejects(async () => decide([authorizer], ann, info, signal), /unknown reason/);
});

test('tokens: the webhook says who it is, for which audiences', async () => {
  await using server = await hookServer(({ body }) => {
    const { spec } = JSON.parse(body) as { spec: { token: string } };
    const user = { username: spec.token, uid: 'u', groups: ['g'], extra: { k: ['v'] } };
    const status =
      spec.token === 'bad'
        ? { authenticated: false, error: 'no such token' }
        : {
            authenticated: spec.token !== 'nobody',
            user,
            ...(spec.token === 'other' && { audiences: ['b'] }),
          };
    return { kind: 'TokenReview', apiVersion: 'authentication.k8s.io/v1', status };
  });
  const { world, client, target } = clientFor(server);
  const tokens = webhookTokens({ target, version: 'v1', cacheTtlMs: 1000 }, client, world.clock, [
    'a',
  ]);
  const bob = {
    user: { name: 'bob', uid: 'u', groups: ['g'], extra: { k: ['v'] } },
    audiences: ['a'],
  };
  assert.deepEqual(await tokens.check('bob', ['a']), bob);
  assert.deepEqual(await tokens.check('bob', ['a']), bob);
  assert.equal(server.heard.length, 1);
  assert.equal(await tokens.check('other', ['a']), undefined);
  assert.equal(await tokens.check('nobody', ['a']), undefined);
  await assert.rejects(tokens.check('bad', ['a']), { message: 'no such token' });
});
