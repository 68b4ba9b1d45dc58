import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { Nodes, Pods, Secrets, ServiceAccounts } from '@coxswain/api';
import { type VirtualClock, virtualWorld } from '@coxswain/base';
import { MemoryObjects } from '../authz/testing/memory-objects.ts';
import { claimsOf, signJwt } from './jwt.ts';
import { signingKey } from './public-key.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';
import { checkToken } from './token.ts';

const pems = (type: 'ec' | 'rsa'): { key: string; publicKeys: string[] } => {
  const pair =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    key: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    publicKeys: [pair.publicKey.export({ format: 'pem', type: 'spki' }) as string],
  };
};
const keys = pems('ec');
const otherKeys = pems('ec');
const spec = { containers: [] };
const audience = 'https://kubernetes.default.svc.cluster.local';

interface Fixture {
  readonly objects: MemoryObjects;
  readonly clock: VirtualClock;
  readonly tokens: ServiceAccountTokens;
}

function fixture(with_ = keys): Fixture {
  const world = virtualWorld(7);
  const objects = new MemoryObjects();
  objects.put(ServiceAccounts, { metadata: { name: 'web', namespace: 'shop', uid: 'sa-1' } });
  objects.put(Pods, { metadata: { name: 'web-0', namespace: 'shop', uid: 'pod-1' }, spec });
  objects.put(Secrets, { metadata: { name: 'tls', namespace: 'shop', uid: 'secret-1' } });
  objects.put(Nodes, { metadata: { name: 'n1', uid: 'node-1' }, spec: {} });
  return { objects, clock: world.clock, tokens: new ServiceAccountTokens(world, objects, with_) };
}

const bare = { namespace: 'shop', serviceaccount: { name: 'web', uid: 'sa-1' } };
const issue = (
  tokens: ServiceAccountTokens,
  bound: object = {},
  life = 3600,
  audiences = [audience],
): Promise<string> => tokens.issue({ 'kubernetes.io': { ...bare, ...bound } }, audiences, life);
const outcome = (
  tokens: ServiceAccountTokens,
  token: string,
  audiences = [audience],
): Promise<unknown> =>
  tokens.check(token, audiences).then(
    (found) => found?.user ?? 'not mine',
    (error: Error) => error.message,
  );

const pod = { pod: { name: 'web-0', uid: 'pod-1' }, node: { name: 'n1', uid: 'node-1' } };

test('tokens: who a bound token speaks for', async () => {
  const { tokens } = fixture();
  const token = await issue(tokens, pod);
  assert.deepEqual(await outcome(tokens, token), {
    name: 'system:serviceaccount:shop:web',
    uid: 'sa-1',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:shop'],
    extra: {
      'authentication.kubernetes.io/pod-name': ['web-0'],
      'authentication.kubernetes.io/pod-uid': ['pod-1'],
      'authentication.kubernetes.io/credential-id': [`JTI=${claimsOf(token)!.jti}`],
      'authentication.kubernetes.io/node-name': ['n1'],
      'authentication.kubernetes.io/node-uid': ['node-1'],
    },
  });
});

test('tokens: the claims', async () => {
  const { tokens } = fixture();
  const { jti, ...claims } = claimsOf(await issue(tokens, pod, 600, ['vault', audience]))!;
  assert.match(jti!, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  const now = Date.UTC(2026, 0, 1) / 1000;
  assert.deepEqual(claims, {
    aud: ['vault', audience],
    exp: now + 600,
    iat: now,
    iss: audience,
    'kubernetes.io': { ...bare, ...pod },
    nbf: now,
    sub: 'system:serviceaccount:shop:web',
  });
});

const leaving = { deletionTimestamp: '2025-12-31T23:00:00Z' };
for (const [name, bound, change, want] of [
  [
    'expired',
    {},
    ({ clock }: Fixture) => clock.step(clock.now() + 3_661_000),
    'service account token has expired',
  ],
  [
    'not yet expired, with leeway',
    {},
    ({ clock }: Fixture) => clock.step(clock.now() + 3_659_000),
    undefined,
  ],
  [
    'account gone',
    {},
    ({ objects }: Fixture) => objects.remove(ServiceAccounts, 'web', 'shop'),
    'serviceaccounts "web" not found',
  ],
  [
    'account made anew',
    {},
    ({ objects }: Fixture) =>
      objects.put(ServiceAccounts, { metadata: { name: 'web', namespace: 'shop', uid: 'sa-2' } }),
    'service account UID (sa-2) does not match claim (sa-1)',
  ],
  [
    'account being deleted',
    {},
    ({ objects }: Fixture) =>
      objects.put(ServiceAccounts, {
        metadata: { name: 'web', namespace: 'shop', uid: 'sa-1', ...leaving },
      }),
    'service account shop/web has been deleted',
  ],
  [
    'pod gone',
    pod,
    ({ objects }: Fixture) => objects.remove(Pods, 'web-0', 'shop'),
    'service account token has been invalidated',
  ],
  [
    'pod made anew',
    pod,
    ({ objects }: Fixture) =>
      objects.put(Pods, { metadata: { name: 'web-0', namespace: 'shop', uid: 'pod-2' }, spec }),
    'pod UID (pod-2) does not match service account pod ref claim (pod-1)',
  ],
  [
    'pod long deleted',
    pod,
    ({ objects }: Fixture) =>
      objects.put(Pods, {
        metadata: { name: 'web-0', namespace: 'shop', uid: 'pod-1', ...leaving },
        spec,
      }),
    'service account token has been invalidated',
  ],
  ['node of the pod gone', pod, ({ objects }: Fixture) => objects.remove(Nodes, 'n1'), undefined],
  [
    'node gone',
    { node: pod.node },
    ({ objects }: Fixture) => objects.remove(Nodes, 'n1'),
    'service account token has been invalidated',
  ],
  [
    'secret gone',
    { secret: { name: 'tls', uid: 'secret-1' } },
    ({ objects }: Fixture) => objects.remove(Secrets, 'tls', 'shop'),
    'service account token has been invalidated',
  ],
] as const)
  test(`tokens: ${name}`, async () => {
    const all = fixture();
    const token = await issue(all.tokens, bound);
    assert.equal(
      typeof (await outcome(all.tokens, token)),
      'object',
      'good at first, and then kept',
    );
    change(all);
    const found = await outcome(all.tokens, token);
    if (want) assert.equal(found, want);
    else assert.equal(typeof found, 'object');
  });

test('tokens: another audience', async () => {
  const { tokens } = fixture();
  const token = await issue(tokens, {}, 600, ['vault']);
  assert.equal(
    await outcome(tokens, token),
    `token audiences ["vault"] is invalid for the target audiences ["${audience}"]`,
  );
  assert.equal(typeof (await outcome(tokens, token, ['other', 'vault'])), 'object');
});

test('tokens: tampered, truncated, foreign, of another issuer', async () => {
  const { tokens } = fixture();
  const token = await issue(tokens);
  const [head, body, tail] = token.split('.') as [string, string, string];
  const claims = claimsOf(token)!;
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'system:admin' })).toString(
    'base64url',
  );
  const flipped = tail.startsWith('A') ? `B${tail.slice(1)}` : `A${tail.slice(1)}`;
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const foreign = await signJwt(claims, await signingKey(otherKeys.key, otherKeys.publicKeys[0]!));
  const elsewhere = await signJwt(
    { ...claims, iss: 'https://elsewhere' },
    await signingKey(keys.key, keys.publicKeys[0]!),
  );
  const said: unknown[] = [];
  for (const text of [
    `${head}.${forged}.${tail}`,
    `${head}.${body}.${flipped}`,
    `${none}.${body}.`,
    `${none}.${body}.${tail}`,
    foreign,
  ])
    said.push(await outcome(tokens, text));
  assert.deepEqual(said, Array(5).fill('invalid bearer token'));
  for (const text of [elsewhere, 'abc', 'a.b.c', `${head}.${body}`])
    assert.equal(await outcome(tokens, text), 'not mine');
});

test('tokens: RSA keys, and older keys, are good too', async () => {
  const rsa = pems('rsa');
  const old = fixture(rsa);
  const token = await issue(old.tokens);
  assert.equal(typeof (await outcome(old.tokens, token)), 'object');
  const now = fixture({ key: keys.key, publicKeys: [...keys.publicKeys, ...rsa.publicKeys] });
  assert.equal(typeof (await outcome(now.tokens, token)), 'object');
  assert.equal(await outcome(fixture().tokens, token), 'invalid bearer token');
});

test('tokens: what several authenticators say of a bad token', async () => {
  const sorry = (text: string) => ({ name: text, check: () => Promise.reject(new Error(text)) });
  const nobody = { name: 'nobody', check: () => Promise.resolve(undefined) };
  assert.equal(await checkToken([nobody], 'x', []), undefined);
  await assert.rejects(checkToken([sorry('a'), nobody], 'x', []), { message: 'a' });
  await assert.rejects(checkToken([sorry('a'), sorry('b')], 'x', []), { message: '[a, b]' });
});
