/** A server by flags of certificates and keys, over TLS, and what becomes of it when a file changes. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { ConfigMaps } from '@coxswain/api';
import type { ApiServer } from '@coxswain/apiserver';
import { issue, type KeyPair, passingPki } from '@coxswain/apiserver/certificates';
import { systemWorld } from '@coxswain/base';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { openApiServer, openListener } from './api-server.ts';
import { keySettings } from './key-settings.ts';
import { parseFlags } from '../command/flags.ts';
import { serverFlags, takeServerFlags } from './server-flags.ts';
import { serverSettings } from './server-settings.ts';

const dir = mkdtempSync(join(tmpdir(), 'cox-keys-'));
const years = { notBeforeMs: Date.UTC(2020, 0), notAfterMs: Date.UTC(2060, 0) };
const authority = (commonName: string): KeyPair =>
  issue({ commonName, use: 'authority', ...years });
const [clients, proxies, others] = ['clients', 'proxies', 'others'].map(authority);
const client = (commonName: string, by: KeyPair | undefined): KeyPair =>
  issue({ commonName, use: 'client', ...years }, by);
const shown = (...names: string[]): KeyPair =>
  issue({ commonName: names[0]!, use: 'server', names, ...years });
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const pair = (name: string, { certificate, key }: KeyPair): [string, string] => [
  file(`${name}.crt`, certificate),
  file(`${name}.key`, key),
];
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signing = rsa.privateKey.export({ format: 'pem', type: 'pkcs1' });
const old = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const [mainCert, mainKey] = pair('main', shown('main.test'));
const [sniCert, sniKey] = pair('sni', shown('*.wild.test', 'exact.test'));
const [twoCert, twoKey] = pair('two', shown('two.test'));
const argv = Object.entries({
  'client-ca-file': file('clients.crt', `${others!.certificate}${clients!.certificate}`),
  'requestheader-client-ca-file': file('proxies.crt', proxies!.certificate),
  'requestheader-allowed-names': 'gate',
  'requestheader-username-headers': 'X-Who,X-Remote-User',
  'requestheader-group-headers': 'X-Teams',
  'requestheader-extra-headers-prefix': 'X-More-',
  'tls-cert-file': mainCert,
  'tls-private-key-file': mainKey,
  'tls-min-version': 'VersionTLS13',
  'service-account-signing-key-file': file('sa.key', signing),
  'service-account-key-file': file(
    'old.pub',
    old.publicKey.export({ format: 'pem', type: 'spki' }),
  ),
  'service-account-max-token-expiration': '2h',
}).map(([name, value]) => `--${name}=${value}`);
const { given } = parseFlags(
  [
    ...argv,
    `--tls-sni-cert-key=${sniCert},${sniKey}`,
    `--tls-sni-cert-key=${twoCert},${twoKey}:other.test,exact.test`,
    '--service-account-issuer=https://new.test',
    '--service-account-issuer=https://old.test',
  ],
  serverFlags,
);

const end = new AbortController();
const stack = new AsyncDisposableStack();
let server: ApiServer;
let port = 0;

before(async () => {
  const world = systemWorld();
  const pki = passingPki({ names: [], nodes: [] }, world.clock.now());
  const settings = await serverSettings(takeServerFlags(given));
  const storage = stack.use(openMemoryStorage(world));
  const signal = end.signal;
  server = stack.use(
    await openApiServer({ world, storage, pki, settings, signal, kubeletAuthority: undefined }),
  );
  const opened = await openListener(server, pki, ['127.0.0.1'], 0, settings);
  stack.use(opened.listener);
  ({ port } = opened);
});
after(async () => {
  end.abort();
  await stack.disposeAsync();
  rmSync(dir, { recursive: true });
});

interface Asked {
  readonly as?: KeyPair | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
}

const ask = ({ as, headers = {}, path }: Asked): Promise<any> =>
  new Promise((done, failed) => {
    const review = JSON.stringify({
      kind: 'SelfSubjectReview',
      apiVersion: 'authentication.k8s.io/v1',
    });
    const call = request(
      {
        ...{ host: '127.0.0.1', port, rejectUnauthorized: false, agent: false },
        ...(as && { cert: as.certificate, key: as.key }),
        method: path ? 'GET' : 'POST',
        path: path ?? '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        headers: { 'content-type': 'application/json', ...headers },
      },
      (answer) => {
        let text = '';
        answer.on('data', (piece) => (text += String(piece)));
        answer.on('end', () => done(JSON.parse(text)));
      },
    );
    call.on('error', failed);
    call.end(path ? undefined : review);
  });

const who = async (asked: Asked): Promise<string> => {
  const { status } = await ask(asked);
  if (!status.userInfo) return String(status);
  const { username, groups, extra } = status.userInfo;
  const { 'authentication.kubernetes.io/credential-id': _, ...more } = extra ?? {};
  return [username, ...groups, ...Object.entries(more).flat(2)].join(' ');
};

for (const [name, asked, want] of [
  [
    'of the first authority of the bundle',
    { as: client('ann', others) },
    'ann system:authenticated',
  ],
  ['of the second', { as: client('bob', clients) }, 'bob system:authenticated'],
  [
    'a front proxy, by the headers it was told',
    {
      as: client('gate', proxies),
      headers: { 'x-who': 'eve', 'x-teams': 'a', 'x-more-Scopes%2FX': 's', 'x-remote-group': 'no' },
    },
    'eve a system:authenticated scopes/x s',
  ],
  [
    'a second header of the name',
    { as: client('gate', proxies), headers: { 'x-remote-user': 'eve' } },
    'eve system:authenticated',
  ],
  [
    'a front proxy of another name',
    { as: client('front-proxy-client', proxies), headers: { 'x-who': 'eve' } },
    'Failure',
  ],
] as const)
  test(`keys: ${name}`, async () => assert.equal(await who(asked), want));

for (const [name, want] of [
  ['', 'main.test'],
  ['unknown.test', 'main.test'],
  ['a.wild.test', '*.wild.test'],
  ['a.b.wild.test', 'main.test'],
  ['exact.test', '*.wild.test'],
  ['other.test', 'two.test'],
  ['two.test', 'main.test'],
] as const)
  test(`keys: shown to who asks for "${name}"`, async () =>
    assert.equal((await shownTo(name)).replace('CN=', ''), want));

const shownTo = (servername: string): Promise<string> =>
  new Promise((done, failed) => {
    const socket = tlsConnect({
      ...{ host: '127.0.0.1', port, rejectUnauthorized: false },
      ...(servername && { servername }),
    });
    socket.on('error', failed);
    socket.on('secureConnect', () => {
      assert.equal(socket.getProtocol(), 'TLSv1.3');
      done(socket.getPeerX509Certificate()!.subject);
      socket.end();
    });
  });

test('keys: servers behind this one are told of all of it', () => {
  const { data } = server.objects.get(
    ...([ConfigMaps, 'extension-apiserver-authentication', 'kube-system'] as const),
  )!;
  const { 'client-ca-file': bundle, ...rest } = data!;
  const subjects = bundle!.match(/-----BEGIN[\s\S]+?END CERTIFICATE-----/g)!;
  assert.deepEqual(
    subjects.map((pem) => new X509Certificate(pem).subject),
    ['CN=others', 'CN=clients', 'CN=kubernetes'],
  );
  assert.deepEqual(rest, {
    'requestheader-allowed-names': '["gate"]',
    'requestheader-client-ca-file': proxies!.certificate,
    'requestheader-extra-headers-prefix': '["X-More-"]',
    'requestheader-group-headers': '["X-Teams"]',
    'requestheader-uid-headers': '["X-Remote-Uid"]',
    'requestheader-username-headers': '["X-Who","X-Remote-User"]',
  });
});

test('keys: tokens are signed by the given key, and its public half is published', async () => {
  const admin = { name: 'admin', groups: ['system:masters'] };
  const body = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    spec: { expirationSeconds: 8000 },
  };
  const call = { query: {}, user: admin, agent: 'test', signal: end.signal };
  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  await server.handle({
    ...call,
    method: 'POST',
    path: accounts,
    body: { metadata: { name: 'web' } },
  });
  const answer = (await server.handle({
    ...call,
    method: 'POST',
    path: `${accounts}/web/token`,
    body,
  })) as any;
  const { status, spec } = answer.object ?? answer;
  assert.equal(spec.expirationSeconds, 7200);
  const [head, claims] = status.token
    .split('.')
    .slice(0, 2)
    .map((part: string) => JSON.parse(atob(part)));
  assert.equal(claims.iss, 'https://new.test');
  assert.deepEqual(claims.aud, ['https://new.test', 'https://old.test']);
  const authorization = `Bearer ${status.token}`;
  assert.match(await who({ headers: { authorization } }), /^system:serviceaccount:default:web /);
  const { keys } = await ask({ path: '/openid/v1/jwks', headers: { authorization } });
  const { n, e } = rsa.publicKey.export({ format: 'jwk' });
  assert.deepEqual(keys[0], { use: 'sig', kty: 'RSA', kid: head.kid, alg: 'RS256', n, e });
  assert.deepEqual([keys.length, keys[1].alg, keys[1].crv], [2, 'ES256', 'P-256']);
  const well = await ask({ path: '/.well-known/openid-configuration', headers: { authorization } });
  assert.equal(well.issuer, 'https://new.test');
  assert.deepEqual(well.id_token_signing_alg_values_supported, ['ES256', 'RS256']);
});

test('keys: files that change are followed', async () => {
  const late = authority('late');
  assert.equal(await who({ as: client('zoe', late) }), 'Failure');
  file('clients.crt', late.certificate);
  const fresh = shown('fresh.test');
  file('main.key', fresh.key);
  file('main.crt', fresh.certificate);
  for (let tries = 0; (await shownTo('')) !== 'CN=fresh.test'; tries++) {
    assert.ok(tries < 200, 'the new certificate is never shown');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (let tries = 0; (await who({ as: client('zoe', late) })) === 'Failure'; tries++) {
    assert.ok(tries < 200, 'the new authority is never believed');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(await who({ as: client('bob', clients) }), 'Failure');
});

for (const [name, flags, want] of [
  [
    'half a pair',
    { 'tls-cert-file': mainCert },
    /--tls-cert-file and --tls-private-key-file go together/,
  ],
  [
    "a key of somebody else's",
    { 'tls-cert-file': sniCert, 'tls-private-key-file': twoKey },
    /cannot use --tls-cert-file .*: the key in .*two\.key is not its own/,
  ],
  [
    'no certificate',
    { 'client-ca-file': sniKey },
    /cannot use --client-ca-file .*: it holds no certificate/,
  ],
  [
    'a file that is not there',
    { 'client-ca-file': '/nowhere' },
    /cannot read --client-ca-file \/nowhere/,
  ],
  [
    'tokens too short',
    { 'service-account-max-token-expiration': '30m' },
    /must be between 1 hour and 2\^32 seconds/,
  ],
] as const)
  test(`keys refused: ${name}`, () => assert.rejects(keySettings(flags), want));
