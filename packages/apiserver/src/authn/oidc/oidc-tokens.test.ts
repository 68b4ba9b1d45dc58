import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virtualWorld } from '@coxswain/base';
import { outgoing } from '@coxswain/base/wire';
import { hookAuthority, type HookServer, hookServer } from '../../webhook-client/testing/index.ts';
import { checkAuthentication, type JwtAuthenticator, OidcTokens } from './index.ts';
import { isSignedBy, type Jwk, readJwt, signingAlgorithms } from './signature.ts';

type Json = Readonly<Record<string, unknown>>;
const utf8 = new TextEncoder();
const part = (value: Uint8Array | Json): string =>
  (value instanceof Uint8Array ? value : utf8.encode(JSON.stringify(value))).toBase64({
    alphabet: 'base64url',
    omitPadding: true,
  });

interface Pair {
  readonly algorithm: string;
  readonly jwk: Jwk;
  sign(claims: Json, kid?: string): Promise<string>;
}

async function pair(algorithm: string, kid: string): Promise<Pair> {
  const { keyType, import: how, use } = signingAlgorithms[algorithm]!;
  const more = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const generate = { ...(how as object), ...(keyType === 'RSA' && more) } as EcKeyGen;
  const keys = (await crypto.subtle.generateKey(generate, true, ['sign', 'verify'])) as KeyPair;
  const jwk = { ...((await crypto.subtle.exportKey('jwk', keys.publicKey)) as Jwk), kid };
  return {
    algorithm,
    jwk,
    async sign(claims, named = kid) {
      const text = `${part({ alg: algorithm, kid: named })}.${part(claims)}`;
      const signature = await crypto.subtle.sign(use, keys.privateKey, utf8.encode(text));
      return `${text}.${part(new Uint8Array(signature))}`;
    },
  };
}
type EcKeyGen = Parameters<SubtleCrypto['generateKey']>[0];
type KeyPair = { publicKey: CryptoKey; privateKey: CryptoKey };
type CryptoKey = Parameters<SubtleCrypto['sign']>[1];

test('every algorithm: what its key signed is known, changed or by another key it is not', async () => {
  for (const algorithm of Object.keys(signingAlgorithms)) {
    const [own, other] = [await pair(algorithm, 'a'), await pair(algorithm, 'b')];
    const jwt = readJwt(await own.sign({ sub: 'x' }))!;
    assert.equal(await isSignedBy([other.jwk, own.jwk], jwt), true, algorithm);
    assert.equal(await isSignedBy([{ ...other.jwk, kid: 'a' }], jwt), false, algorithm);
    assert.equal(
      await isSignedBy([own.jwk], { ...jwt, signed: utf8.encode('more') }),
      false,
      algorithm,
    );
  }
});

/** An issuer with these keys. */
const issuerWith = (keys: () => readonly Jwk[]): Promise<HookServer> =>
  hookServer(({ url, headers }) => {
    const issuer = `https://${headers.host}`;
    return url === '/keys' ? { keys: keys() } : { issuer, jwks_uri: `${issuer}/keys` };
  });

async function setUp(
  server: HookServer,
  more: Partial<JwtAuthenticator> & { readonly issuer?: object } = {},
) {
  const world = virtualWorld();
  const settings: JwtAuthenticator = {
    claimMappings: {
      username: { claim: 'sub', prefix: 'x:' },
      groups: { claim: 'groups', prefix: '' },
    },
    ...more,
    issuer: {
      url: server.url,
      certificateAuthority: hookAuthority.certificate,
      audiences: ['cox'],
      ...more.issuer,
    },
  };
  checkAuthentication({ jwt: [settings] }, []);
  const tokens = new OidcTokens(world, outgoing(), { configuration: { jwt: [] } }, ['api']);
  await tokens.update({ jwt: [settings] }, new AbortController().signal);
  const seconds = Math.floor(world.clock.now() / 1000);
  const good = { iss: server.url, aud: 'cox', exp: seconds + 60, sub: 'ann', groups: ['g'] };
  return { world, tokens, good, check: (token: string) => tokens.check(token, ['api']) };
}

test('tokens of an issuer: who it is, by which keys, and what is refused in which words', async () => {
  const [first, second] = [await pair('ES256', 'k1'), await pair('RS256', 'k2')];
  let keys: readonly Jwk[] = [first.jwk];
  await using server = await issuerWith(() => keys);
  const { good, check, tokens } = await setUp(server);
  assert.deepEqual(await check(await first.sign({ ...good, jti: '7' })), {
    user: {
      name: 'x:ann',
      groups: ['g'],
      extra: { 'authentication.kubernetes.io/credential-id': ['JTI=7'] },
    },
    audiences: ['api'],
  });
  assert.equal(await tokens.check(await first.sign(good), ['elsewhere']), undefined);
  assert.equal(await check(await first.sign({ ...good, iss: 'https://other' })), undefined);
  assert.equal(await check('no.jwt'), undefined);
  const heard = server.heard.length;
  await check(await first.sign(good));
  assert.equal(server.heard.length, heard);
  keys = [second.jwk];
  assert.equal((await check(await second.sign(good)))?.user.name, 'x:ann');
  const refused: readonly [Json, RegExp][] = [
    [
      { ...good, aud: ['b', 'c'] },
      /^oidc: verify token: oidc: expected audience "cox" got \["b" "c"\]$/,
    ],
    [
      { ...good, exp: 1 },
      /: oidc: token is expired \(Token Expiry: 1970-01-01 00:00:01 \+0000 UTC\)$/,
    ],
    [{ ...good, exp: undefined }, /Token Expiry: 0001-01-01 00:00:00 \+0000 UTC/],
    [{ ...good, nbf: good.exp + 3600 }, /before the nbf \(not before\) time/],
    [
      { ...good, sub: 3 },
      /^oidc: parse username claims "sub": json: cannot unmarshal number into Go value of type string$/,
    ],
    [{ ...good, sub: undefined }, /^oidc: parse username claims "sub": claim not present$/],
    [{ ...good, groups: [1] }, /^oidc: parse groups claim "groups": json: cannot unmarshal array/],
  ];
  for (const [claims, message] of refused)
    await assert.rejects(async () => check(await second.sign(claims)), { message });
  await assert.rejects(async () => check(await first.sign(good)), {
    message: 'oidc: verify token: failed to verify signature: failed to verify id token signature',
  });
});

test('expressions: mappings, rules of claims and of users', async () => {
  const key = await pair('ES384', 'k');
  await using server = await issuerWith(() => [key.jwk]);
  const { good, check } = await setUp(server, {
    issuer: {
      discoveryURL: `${server.url}/elsewhere`,
      audiences: ['cox', 'b'],
      audienceMatchPolicy: 'MatchAny',
    },
    claimMappings: {
      username: { expression: "claims.sub + '@' + claims.realm.name__dash__of" },
      groups: { expression: "claims.roles.split(',')" },
      uid: { expression: 'string(claims.number)' },
      extra: [{ key: 'example.org/realm', valueExpression: "[claims.realm.name__dash__of, '']" }],
    },
    claimValidationRules: [
      { claim: 'typ', requiredValue: 'ID' },
      { expression: 'claims.number < 10.0', message: 'number too large' },
    ],
    userValidationRules: [
      { expression: "!user.username.startsWith('system:')", message: 'reserved' },
      { expression: 'size(user.groups) > 0', message: 'no groups' },
    ],
  });
  const claims = {
    ...good,
    aud: ['b'],
    roles: 'a,b',
    number: 2.5,
    typ: 'ID',
    realm: { 'name-of': 'r' },
  };
  assert.ok(server.heard.some(({ url }) => url === '/elsewhere'));
  assert.deepEqual((await check(await key.sign(claims)))?.user, {
    name: 'ann@r',
    groups: ['a', 'b'],
    uid: '2.5',
    extra: { 'example.org/realm': ['r'] },
  });
  const refused: readonly [Json, string][] = [
    [{ typ: 'X' }, 'oidc: required claim typ value does not match. Got = X, want = ID'],
    [{ typ: undefined }, 'oidc: required claim typ not present in ID token'],
    [
      { number: 11 },
      "oidc: error evaluating claim validation expression: validation expression 'claims.number < 10.0' failed: number too large",
    ],
    [
      { sub: 'system:x' },
      `oidc: error evaluating user info validation rule: validation expression '!user.username.startsWith('system:')' failed: reserved`,
    ],
    [
      { roles: undefined },
      "oidc: error evaluating group claim expression: expression 'claims.roles.split(',')' resulted in error: no such key: roles",
    ],
  ];
  for (const [more, message] of refused)
    await assert.rejects(async () => check(await key.sign({ ...claims, ...more })), { message });
});

test('an issuer that is not there: tokens are refused, a change to it is not taken', async () => {
  const key = await pair('ES256', 'k');
  await using server = await issuerWith(() => [key.jwk]);
  const { good, check, tokens, world } = await setUp(server);
  const token = await key.sign(good);
  const gone = { url: 'https://127.0.0.1:1', audiences: ['cox'] };
  const jwt = [{ issuer: gone, claimMappings: { username: { claim: 'sub', prefix: '' } } }];
  const late = new OidcTokens(world, outgoing(), { configuration: { jwt } }, ['api']);
  await assert.rejects(
    async () => late.check(await key.sign({ ...good, iss: gone.url }), ['api']),
    { message: 'oidc: authenticator not initialized' },
  );
  const stop = new AbortController();
  const change = tokens.update({ jwt }, stop.signal);
  stop.abort();
  await assert.rejects(change);
  assert.equal((await check(token))?.user.name, 'x:ann');
});
