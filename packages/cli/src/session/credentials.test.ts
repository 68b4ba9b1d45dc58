import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemWorld } from '@coxswain/base';
import { globalFlags } from '../config/overrides.ts';
import { openSession } from './open-session.ts';
import type { Session } from './session.ts';

const folder = mkdtempSync(join(tmpdir(), 'cox-credentials-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A server that notes what it is asked and answers by `answer`. */
async function noting(answer: (asked: Asked) => object): Promise<{
  readonly server: Server & AsyncDisposable;
  readonly url: string;
  readonly asked: readonly Asked[];
}> {
  const asked: Asked[] = [];
  const bodyOf = async (request: IncomingMessage): Promise<string> =>
    Buffer.concat(await Array.fromAsync(request)).toString('utf8');
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { authorization } = request.headers;
      asked.push({ path: request.url!, authorization, body });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer(asked.at(-1)!)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function sessionAs(url: string, user: object): Session & Disposable {
  const path = join(folder, 'config');
  const config = {
    clusters: [{ name: 'c', cluster: { server: url } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  writeFileSync(path, JSON.stringify(config));
  const defaults = Object.fromEntries(
    Object.entries(globalFlags).map(([name, { value }]) => [name, value]),
  );
  return openSession({
    io: {
      ...{ out: () => undefined, err: () => undefined, columns: 0 },
      ...{ isInTerminal: false, isOutTerminal: false, isErrTerminal: false },
    } as unknown as Session['io'],
    env: { ...process.env },
    cwd: folder,
    world: systemWorld(),
    signal: AbortSignal.timeout(60_000),
    program: 'kubectl',
    global: { ...defaults, kubeconfig: path } as Session['global'],
  });
}

const ask = (session: Session): Promise<unknown> =>
  session.rest().json({ method: 'GET', path: '/version' });

const exec = (script: string, more: object = {}): object => ({
  exec: {
    ...{ apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', script] },
    ...{ env: [{ name: 'WORD', value: 'secret' }], interactiveMode: 'IfAvailable', ...more },
  },
});

/** A plugin that writes down each run and gives a token that ends at the given time. */
const giving = (until: string): string =>
  `echo "$KUBERNETES_EXEC_INFO" >> runs; echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$WORD'","expirationTimestamp":"${until}"}}'`;

for (const [until, runs] of [
  ['2999-01-01T00:00:00Z', 1],
  ['2001-01-01T00:00:00Z', 3],
] as const)
  test(`a plugin's token that ends ${until} is asked for ${runs} times by three requests`, async () => {
    rmSync(join(folder, 'runs'), { force: true });
    const { server, url, asked } = await noting(() => ({}));
    await using _server = server;
    using session = sessionAs(url, exec(giving(until), { provideClusterInfo: true }));
    for (let count = 0; count < 3; count++) await ask(session);
    assert.deepEqual(
      asked.map(({ authorization }) => authorization),
      Array.from({ length: 3 }, () => 'Bearer secret'),
    );
    const told = readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n');
    assert.equal(told.length, runs);
    const { spec } = JSON.parse(told[0]!) as { spec: { cluster: object; interactive: boolean } };
    assert.deepEqual(spec, { cluster: { server: url }, interactive: false });
  });

const broken: readonly (readonly [what: string, user: object, words: RegExp])[] = [
  ['fails', exec('exit 7'), /^getting credentials: exec: executable sh failed with exit code 7$/],
  [
    'is not there',
    {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: 'not-there',
        interactiveMode: 'Never',
        installHint: 'get it',
      },
    },
    /^getting credentials: exec: executable not-there not found\n\nIt looks[^]*\n\nget it$/,
  ],
  ['speaks no JSON', exec('echo hello'), /^getting credentials: decoding stdout: /],
  [
    'gives nothing',
    exec(`echo '{"apiVersion":"client.authentication.k8s.io/v1"}'`),
    /didn't return a status field$/,
  ],
  [
    'gives an empty status',
    exec(`echo '{"apiVersion":"client.authentication.k8s.io/v1","status":{}}'`),
    /didn't return a token or cert\/key pair$/,
  ],
  [
    'gives half a pair',
    exec(`echo '{"apiVersion":"client.authentication.k8s.io/v1","status":{"clientKeyData":"x"}}'`),
    /returned only certificate or key, not both$/,
  ],
  [
    'speaks another version',
    exec(`echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","status":{}}'`),
    /is configured to use API version client.authentication.k8s.io\/v1, plugin returned version client.authentication.k8s.io\/v1beta1$/,
  ],
  [
    'wants a terminal',
    exec('', { interactiveMode: 'Always' }),
    /cannot support interactive mode: standard input is not a terminal$/,
  ],
  [
    'has no version',
    { exec: { command: 'sh' } },
    /apiVersion must be specified for u to use exec authentication plugin/,
  ],
  [
    'is another provider',
    { 'auth-provider': { name: 'other' } },
    /^no Auth Provider found for name "other"$/,
  ],
];
for (const [what, user, words] of broken)
  test(`a sign-in that ${what} is told in client-go's words`, async () => {
    using session = sessionAs('http://127.0.0.1:1', user);
    await assert.rejects(async () => ask(session), { message: words });
  });

const jwt = (exp: number): string =>
  `e30.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.x`;

test('an ID token that has run out is renewed by the refresh token, which is kept', async () => {
  const renewed = jwt(32_503_680_000);
  const issuer = await noting(({ path }) =>
    path.startsWith('/.well-known')
      ? { token_endpoint: `${issuer.url}/token` }
      : { id_token: renewed, refresh_token: 'next' },
  );
  await using _issuer = issuer.server;
  const api = await noting(() => ({}));
  await using _api = api.server;
  const config = { 'idp-issuer-url': `${issuer.url}/`, 'client-id': 'me', 'id-token': jwt(1) };
  using session = sessionAs(api.url, {
    'auth-provider': { name: 'oidc', config: { ...config, 'refresh-token': 'first' } },
  });
  await Promise.all([ask(session), ask(session)]);
  assert.deepEqual(
    api.asked.map(({ authorization }) => authorization),
    [`Bearer ${renewed}`, `Bearer ${renewed}`],
  );
  assert.deepEqual(
    issuer.asked.map(({ path, body }) => `${path} ${body}`),
    [
      '/.well-known/openid-configuration ',
      '/token grant_type=refresh_token&refresh_token=first&client_id=me',
    ],
  );
  const kept = readFileSync(join(folder, 'config'), 'utf8');
  assert.match(kept, /refresh-token: next/);
  assert.ok(kept.includes(renewed));
});
