import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { type ApiCall, Secrets, ServiceAccounts } from '@coxswain/api';
import type { Secret } from '@coxswain/api/types/core-v1';
import { virtualWorld } from '@coxswain/base';
import { MemoryObjects } from '../authz/testing/memory-objects.ts';
import { noteUse } from './legacy-token.ts';
import { accountTokenSigner, ServiceAccountTokens } from './service-account-tokens.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = {
  key: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  publicKeys: [pair.publicKey.export({ format: 'pem', type: 'spki' }) as string],
};
const part = 'kubernetes.io/serviceaccount';
const claims = {
  iss: 'kubernetes/serviceaccount',
  sub: 'system:serviceaccount:shop:web',
  [`${part}/namespace`]: 'shop',
  [`${part}/secret.name`]: 'web-token',
  [`${part}/service-account.name`]: 'web',
  [`${part}/service-account.uid`]: 'sa-1',
};
const world = virtualWorld(7);
const base64 = (text: string): string => new TextEncoder().encode(text).toBase64();

for (const [name, signed, account, secret, want] of [
  ['good', {}, {}, {}, 'system:serviceaccount:shop:web'],
  ['another subject', { sub: 'system:serviceaccount:shop:ann' }, {}, {}, 'sub claim is invalid'],
  ['no secret name', { [`${part}/secret.name`]: '' }, {}, {}, 'secretName claim is missing'],
  [
    'another account of that name',
    {},
    { uid: 'sa-2' },
    {},
    'ServiceAccount UID (sa-2) does not match claim (sa-1)',
  ],
  ['a secret that goes', {}, {}, { deletionTimestamp: 'x' }, 'Token has been invalidated'],
  [
    'marked invalid',
    {},
    {},
    { labels: { 'kubernetes.io/legacy-token-invalid-since': '2026-01-01' } },
    /^the token in secret shop\/web-token for service account shop\/web has been marked invalid\./,
  ],
] as const)
  test(`a token without an end: ${name}`, async () => {
    const objects = new MemoryObjects();
    const token = await accountTokenSigner(keys, world)({ ...claims, ...signed } as object);
    objects.put(ServiceAccounts, {
      metadata: { name: 'web', namespace: 'shop', uid: 'sa-1', ...account },
    });
    objects.put(Secrets, {
      metadata: { name: 'web-token', namespace: 'shop', ...secret },
      data: { token: base64(token) },
    });
    const used: Secret[] = [];
    const tokens = new ServiceAccountTokens(world, objects, keys, ['i'], ['a'], (one) =>
      used.push(one),
    );
    const check = tokens.check(token, ['a']);
    if (name !== 'good') return assert.rejects(check, { message: want });
    assert.equal((await check)?.user.name, want);
    assert.deepEqual(
      used.map(({ metadata }) => metadata.name),
      ['web-token'],
    );
    await assert.rejects(tokens.check(token, ['b']), /is invalid for the target audiences/);
    objects.put(Secrets, { metadata: { name: 'web-token', namespace: 'shop' }, data: {} });
    return assert.rejects(tokens.check(token, ['a']), {
      message: "Token does not match server's copy",
    });
  });

test('the day of use is noted once a day', async () => {
  const calls: ApiCall[] = [];
  const { signal } = new AbortController();
  const call = (one: ApiCall) => {
    calls.push(one);
    return Promise.resolve({ code: 200, warnings: [] });
  };
  const nowMs = Date.UTC(2026, 5, 7, 12);
  const secret = (labels = {}) => ({
    metadata: { name: 's', namespace: 'shop', uid: 'u', labels },
  });
  await noteUse(secret(), nowMs, call, signal);
  await noteUse(
    secret({ 'kubernetes.io/legacy-token-last-used': '2026-06-07' }),
    nowMs,
    call,
    signal,
  );
  assert.deepEqual(
    calls.map(({ path, body }) => [path, body]),
    [
      [
        '/api/v1/namespaces/shop/secrets/s',
        {
          metadata: { uid: 'u', labels: { 'kubernetes.io/legacy-token-last-used': '2026-06-07' } },
        },
      ],
    ],
  );
});
