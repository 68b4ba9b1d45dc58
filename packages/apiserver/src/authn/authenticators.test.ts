import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { after, test } from 'node:test';
import { ApiError, Secrets, ServiceAccounts, type UserInfo } from '@coxswain/api';
import { VirtualClock, virtualWorld } from '@coxswain/base';
import type { Authorizer } from '../authz/authorizer.ts';
import { MemoryObjects } from '../authz/testing/memory-objects.ts';
import { ensurePki } from '../certificates/index.ts';
import { issue } from '../certificates/issue.ts';
import type { Request } from '../chain/station.ts';
import { impersonate } from './impersonate.ts';
import { authentication, ServiceAccountTokens } from './index.ts';
import { requestWith } from './testing/request.ts';

const dir = mkdtempSync(join(tmpdir(), 'cox-authn-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const start = Date.UTC(2026, 0, 1);
const pki = ensurePki(
  dir,
  { names: [], nodes: [{ name: 'n1', addresses: [] }] },
  new VirtualClock(start),
);
const der = (pem: string): Uint8Array => new Uint8Array(new X509Certificate(pem).raw);
const day = 24 * 60 * 60 * 1000;

function fixture(anonymous = true) {
  const world = virtualWorld();
  const objects = new MemoryObjects();
  objects.put(ServiceAccounts, { metadata: { name: 'web', namespace: 'shop', uid: 'sa-1' } });
  const { serviceAccount } = pki;
  const serviceAccounts = new ServiceAccountTokens(world, objects, {
    key: serviceAccount.key,
    publicKeys: [serviceAccount.publicKey],
  });
  const { authenticators } = authentication({
    world,
    objects,
    clientCa: pki.ca.certificate,
    frontProxyCa: pki.frontProxyCa.certificate,
    serviceAccounts,
    tokenFile: 'letmein,ann,7,"devs,ops"\nplain,bob,8\n"a,b",eve,9,\n',
    anonymous,
  });
  const ask = async (
    headers: Record<string, string>,
    of: Partial<Request> = {},
  ): Promise<unknown> => {
    try {
      for (const one of authenticators) {
        const user = await one.authenticate(requestWith(headers, of));
        if (user) return { ...user, extra: undefined };
      }
      return 'nobody';
    } catch (error) {
      assert.ok(error instanceof ApiError, String(error));
      return `${error.code} ${error.message}`;
    }
  };
  return { ask, objects, serviceAccounts, clock: world.clock };
}

const user = (name: string, groups: string[] = [], uid?: string): object => ({
  name,
  groups,
  ...(uid && { uid }),
  extra: undefined,
});
const refused = '401 Unauthorized';
const badUse = issue(
  { commonName: 'ann', use: 'server', notBeforeMs: start - day, notAfterMs: start + day },
  pki.ca,
);
const stale = issue(
  { commonName: 'ann', use: 'client', notBeforeMs: start - 2 * day, notAfterMs: start - day },
  pki.ca,
);
const ofProxyCa = issue(
  {
    commonName: 'ann',
    organizations: ['system:masters'],
    use: 'client',
    notBeforeMs: start - day,
    notAfterMs: start + day,
  },
  pki.frontProxyCa,
);
const many = issue(
  {
    commonName: 'ann',
    organizations: ['a', 'b', 'c'],
    use: 'both',
    notBeforeMs: start - day,
    notAfterMs: start + day,
  },
  pki.ca,
);
const foreignCa = issue({
  commonName: 'kubernetes',
  use: 'authority',
  names: ['kubernetes'],
  notBeforeMs: start - day,
  notAfterMs: start + day,
});
const foreign = issue(
  { commonName: 'ann', use: 'client', notBeforeMs: start - day, notAfterMs: start + day },
  foreignCa,
);

for (const [name, pem, headers, want] of [
  ['the admin', pki.admin.certificate, {}, user('kubernetes-admin', ['system:masters'])],
  ['a node', pki.nodes['n1']!.client.certificate, {}, user('system:node:n1', ['system:nodes'])],
  ['several groups', many.certificate, {}, user('ann', ['a', 'b', 'c'])],
  ['a serving certificate', badUse.certificate, {}, refused],
  ['an expired one', stale.certificate, {}, refused],
  [
    "one of the front proxies' authority",
    ofProxyCa.certificate,
    {},
    user('system:anonymous', ['system:unauthenticated']),
  ],
  [
    'one of an authority of the same name',
    foreign.certificate,
    {},
    user('system:anonymous', ['system:unauthenticated']),
  ],
  ['nothing', undefined, {}, user('system:anonymous', ['system:unauthenticated'])],
  [
    'a front proxy',
    pki.frontProxyClient.certificate,
    { 'x-remote-user': 'ann', 'x-remote-group': 'devs, ops', 'x-remote-uid': '7' },
    user('ann', ['devs', 'ops'], '7'),
  ],
  [
    'a front proxy of another name',
    ofProxyCa.certificate,
    { 'x-remote-user': 'eve' },
    user('system:anonymous', ['system:unauthenticated']),
  ],
  [
    'headers of a front proxy without one',
    pki.admin.certificate,
    { 'x-remote-user': 'eve' },
    user('kubernetes-admin', ['system:masters']),
  ],
] as const)
  test(`certificates: ${name}`, async () => {
    const { ask } = fixture();
    assert.deepEqual(await ask(headers, { clientCertificate: pem ? der(pem) : undefined }), want);
  });

test('certificates: one that expires while its connection stays', async () => {
  const { ask, clock } = fixture();
  const clientCertificate = der(many.certificate);
  assert.deepEqual(await ask({}, { clientCertificate }), user('ann', ['a', 'b', 'c']));
  clock.step(start + 2 * day);
  assert.equal(await ask({}, { clientCertificate }), refused);
});

const socket = (token: string): Record<string, string> => ({
  'sec-websocket-protocol': `v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`,
});
for (const [name, headers, want] of [
  ['of the file', { authorization: 'Bearer letmein' }, user('ann', ['devs', 'ops'], '7')],
  ['of the file, scheme in small letters', { authorization: 'bearer plain' }, user('bob', [], '8')],
  ['with a comma', { authorization: 'Bearer a,b' }, user('eve', [], '9')],
  ['by the WebSocket protocol', socket('letmein'), user('ann', ['devs', 'ops'], '7')],
  ['that nobody knows: not anonymous', { authorization: 'Bearer wrong' }, refused],
  [
    'of another scheme',
    { authorization: 'Basic YTpi' },
    user('system:anonymous', ['system:unauthenticated']),
  ],
] as const)
  test(`tokens: ${name}`, async () => assert.deepEqual(await fixture().ask(headers), want));

test('tokens: of a service account', async () => {
  const { ask, serviceAccounts, objects } = fixture(false);
  const claims = {
    'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'web', uid: 'sa-1' } },
  };
  const token = await serviceAccounts.issue(claims, serviceAccounts.audiences, 600);
  const want = user(
    'system:serviceaccount:shop:web',
    ['system:serviceaccounts', 'system:serviceaccounts:shop'],
    'sa-1',
  );
  assert.deepEqual(await ask({ authorization: `Bearer ${token}` }), want);
  objects.remove(ServiceAccounts, 'web', 'shop');
  assert.equal(await ask({ authorization: `Bearer ${token}` }), refused);
  assert.equal(await ask({}), 'nobody');
});

const b64 = (text: string): string => Buffer.from(text).toString('base64');
const bootstrap = {
  'token-id': 'abcdef',
  'token-secret': '0123456789abcdef',
  'usage-bootstrap-authentication': 'true',
};
for (const [name, data, want] of [
  ['good', bootstrap, user('system:bootstrap:abcdef', ['system:bootstrappers'])],
  [
    'with groups',
    { ...bootstrap, 'auth-extra-groups': 'system:bootstrappers:worker' },
    user('system:bootstrap:abcdef', ['system:bootstrappers', 'system:bootstrappers:worker']),
  ],
  [
    'with a group that it may not give',
    { ...bootstrap, 'auth-extra-groups': 'system:masters' },
    refused,
  ],
  ['expired', { ...bootstrap, expiration: '2025-12-31T00:00:00Z' }, refused],
  ['for signing only', { ...bootstrap, 'usage-bootstrap-authentication': 'false' }, refused],
  ['of another secret', { ...bootstrap, 'token-secret': 'fedcba9876543210' }, refused],
] as const)
  test(`bootstrap tokens: ${name}`, async () => {
    const { ask, objects } = fixture();
    objects.put(Secrets, {
      metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' },
      type: 'bootstrap.kubernetes.io/token',
      data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, b64(value)])),
    });
    assert.deepEqual(await ask({ authorization: 'Bearer abcdef.0123456789abcdef' }), want);
  });

/** Lets what is listed, in the form `resource[/subresource] [namespace/]name`. */
const letting = (...allowed: readonly string[]): Authorizer => ({
  name: 'list',
  authorize: (_, { verb, resource, subresource, namespace, name }) => {
    const text = `${subresource ? `${resource}/${subresource}` : resource} ${namespace ? `${namespace}/${name}` : name}`;
    return {
      decision: verb === 'impersonate' && allowed.includes(text) ? 'allow' : 'no-opinion',
      reason: '',
    };
  },
});
const ann: UserInfo = { name: 'ann', groups: ['devs', 'system:authenticated'] };

for (const [name, headers, allowed, want] of [
  [
    'a user',
    { 'impersonate-user': 'bob' },
    ['users bob'],
    { name: 'bob', groups: ['system:authenticated'] },
  ],
  [
    'a user with everything',
    {
      'impersonate-user': 'bob',
      'impersonate-group': 'ops, devs',
      'impersonate-uid': '7',
      'impersonate-extra-acme.com%2Fteam': 'blue',
    },
    ['users bob', 'groups ops', 'groups devs', 'uids 7', 'userextras/acme.com/team blue'],
    {
      name: 'bob',
      uid: '7',
      groups: ['ops', 'devs', 'system:authenticated'],
      extra: { 'acme.com/team': ['blue'] },
    },
  ],
  [
    'a service account',
    { 'impersonate-user': 'system:serviceaccount:shop:web' },
    ['serviceaccounts shop/web'],
    {
      name: 'system:serviceaccount:shop:web',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
    },
  ],
  [
    'the anonymous user',
    { 'impersonate-user': 'system:anonymous' },
    ['users system:anonymous'],
    { name: 'system:anonymous', groups: ['system:unauthenticated'] },
  ],
  ['nobody', {}, [], ann],
  [
    'a user who may not',
    { 'impersonate-user': 'bob' },
    [],
    '403 forbidden: User "ann" cannot impersonate-on:user-info:get path "/version"',
  ],
  [
    'a group that may not',
    { 'impersonate-user': 'bob', 'impersonate-group': 'system:masters' },
    ['users bob'],
    '403 forbidden: User "ann" cannot impersonate-on:user-info:get path "/version"',
  ],
  [
    'a group without a user',
    { 'impersonate-group': 'ops' },
    ['groups ops'],
    '400 requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"ops"}, Extra:map[string][]string(nil)} without impersonating a user name',
  ],
] as const)
  test(`impersonation: ${name}`, async () => {
    const station = impersonate([letting(...allowed)]);
    let seen: Request | undefined;
    const next = (request: Request) => {
      seen = request;
      return Promise.resolve({ as: 'object', code: 200, object: {} } as const);
    };
    const said = await station.pass(requestWith(headers, { user: ann }), next).then(
      () => seen!.user,
      (error: ApiError) => `${error.code} ${error.message}`,
    );
    assert.deepEqual(said, want);
    if (seen) assert.deepEqual(Object.keys(seen.headers), []);
  });
