import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import {
  ApiError,
  ClusterRoleBindings,
  ClusterRoles,
  type KubeObject,
  Nodes,
  Pods,
  ServiceAccounts,
  type UserInfo,
} from '@coxswain/api';
import { virtualWorld } from '@coxswain/base';
import { ServiceAccountTokens } from '../authn/index.ts';
import { claimsOf } from '../authn/jwt.ts';
import { superusers } from '../authz/fixed.ts';
import { rbacAuthorizer } from '../authz/rbac.ts';
import { RbacIndex } from '../authz/rbac-index.ts';
import { MemoryObjects } from '../authz/testing/memory-objects.ts';
import type { Call } from '../rest/engine.ts';
import { reviews } from './index.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keys = {
  key: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  publicKeys: [pair.publicKey.export({ format: 'pem', type: 'spki' }) as string],
};
const issuer = 'https://kubernetes.default.svc.cluster.local';
const ann: UserInfo = {
  name: 'ann',
  uid: '7',
  groups: ['devs', 'system:authenticated'],
  extra: { team: ['blue'] },
};

function fixture() {
  const world = virtualWorld();
  const objects = new MemoryObjects();
  objects.put(ClusterRoles, {
    metadata: { name: 'reader' },
    rules: [
      { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
      { verbs: ['get'], nonResourceURLs: ['/logs'] },
    ],
  });
  objects.put(ClusterRoleBindings, {
    metadata: { name: 'readers' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
    subjects: [{ kind: 'Group', name: 'devs' }],
  });
  objects.put(ServiceAccounts, { metadata: { name: 'web', namespace: 'shop', uid: 'sa-1' } });
  objects.put(Pods, {
    metadata: { name: 'web-0', namespace: 'shop', uid: 'pod-1' },
    spec: { containers: [], serviceAccountName: 'web', nodeName: 'n1' },
  });
  objects.put(Nodes, { metadata: { name: 'n1', uid: 'node-1' }, spec: {} });
  const rbac = new RbacIndex(objects);
  const serviceAccounts = new ServiceAccountTokens(world, objects, keys);
  const all = reviews({
    objects,
    rbac,
    authorizers: [superusers, rbacAuthorizer(rbac)],
    tokens: [serviceAccounts],
    serviceAccounts,
  });
  const ask = async (
    name: string,
    object: object,
    of: { user?: UserInfo; namespace?: string; name?: string } = {},
  ): Promise<any> => {
    const user = of.user ?? ann;
    const context = {
      nowMs: world.clock.now(),
      random: world.random,
      user,
      enabled: () => false,
      lookup: () => undefined,
    };
    const request = { signal: new AbortController().signal, warn: () => {} };
    const call = {
      namespace: of.namespace ?? '',
      name: of.name ?? '',
      context,
      request,
    } as unknown as Call;
    try {
      return await all.get(name)!({ metadata: { name: '' }, ...object } as KubeObject, call);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return `${error.code} ${error.message}`;
    }
  };
  return { ask, objects, clock: world.clock };
}

const pods = { verb: 'get', resource: 'pods', namespace: 'shop' };
const reason =
  'RBAC: allowed by ClusterRoleBinding "readers" of ClusterRole "reader" to Group "devs"';
const wrong = (kind: string, why: string): string =>
  `422 ${kind}.authorization.k8s.io "" is invalid: ${why}`;
for (const [name, kind, spec, want] of [
  [
    'may',
    'subjectaccessreviews',
    { user: 'bob', groups: ['devs'], resourceAttributes: pods },
    { allowed: true, reason },
  ],
  [
    'may not',
    'subjectaccessreviews',
    { user: 'bob', resourceAttributes: pods },
    { allowed: false },
  ],
  [
    'a path',
    'subjectaccessreviews',
    { groups: ['devs'], nonResourceAttributes: { verb: 'get', path: '/logs' } },
    { allowed: true, reason },
  ],
  ['oneself', 'selfsubjectaccessreviews', { resourceAttributes: pods }, { allowed: true, reason }],
  [
    'in a namespace',
    'localsubjectaccessreviews',
    { groups: ['devs'], resourceAttributes: pods },
    { allowed: true, reason },
  ],
  [
    'nobody',
    'subjectaccessreviews',
    { resourceAttributes: pods },
    wrong('', 'spec.user: Invalid value: "": at least one of user or group must be specified'),
  ],
  [
    'nothing',
    'selfsubjectaccessreviews',
    {},
    wrong(
      '',
      'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ),
  ],
  [
    'in another namespace',
    'localsubjectaccessreviews',
    { user: 'bob', resourceAttributes: { ...pods, namespace: 'prod' } },
    wrong(
      '',
      'spec.resourceAttributes.namespace: Invalid value: "prod": must match metadata.namespace',
    ),
  ],
] as const)
  test(`access reviews: ${name}`, async () => {
    const got = await fixture().ask(
      `${kind}.authorization.k8s.io`,
      { spec },
      { namespace: 'shop' },
    );
    assert.deepEqual(typeof got === 'string' ? got : got.status, want);
  });

test('rules review: what roles give', async () => {
  const { ask } = fixture();
  const name = 'selfsubjectrulesreviews.authorization.k8s.io';
  assert.deepEqual((await ask(name, { spec: { namespace: 'shop' } })).status, {
    resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/logs'] }],
    incomplete: false,
  });
  assert.equal(await ask(name, { spec: {} }), '400 no namespace on request');
  const node = { name: 'system:node:n1', groups: ['system:nodes'] };
  assert.deepEqual((await ask(name, { spec: { namespace: 'shop' } }, { user: node })).status, {
    resourceRules: [],
    nonResourceRules: [],
    incomplete: true,
    evaluationError: 'node authorizer does not support user rule resolution',
  });
});

test('self subject review: who asks', async () => {
  const got = await fixture().ask('selfsubjectreviews.authentication.k8s.io', {});
  assert.deepEqual(got.status, {
    userInfo: {
      username: 'ann',
      uid: '7',
      groups: ['devs', 'system:authenticated'],
      extra: { team: ['blue'] },
    },
  });
  assert.equal(got.metadata.creationTimestamp, '2026-01-01T00:00:00Z');
});

const at = { namespace: 'shop', name: 'web' };
test('token requests: a token of a pod, and its review', async () => {
  const { ask } = fixture();
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'web-0', uid: 'pod-1' };
  const got = await ask(
    'serviceaccounts/token',
    { spec: { boundObjectRef, expirationSeconds: 3607 } },
    at,
  );
  assert.equal(got.status.expirationTimestamp, '2026-01-01T01:00:07Z');
  const claims = claimsOf(got.status.token)! as any;
  const now = Date.UTC(2026, 0, 1) / 1000;
  assert.deepEqual(
    { exp: claims.exp, own: claims['kubernetes.io'] },
    {
      exp: now + 31_536_000,
      own: {
        namespace: 'shop',
        serviceaccount: { name: 'web', uid: 'sa-1' },
        pod: { name: 'web-0', uid: 'pod-1' },
        node: { name: 'n1', uid: 'node-1' },
        warnafter: now + 3607,
      },
    },
  );
  const review = await ask('tokenreviews.authentication.k8s.io', {
    spec: { token: got.status.token },
  });
  assert.equal(review.status.user.username, 'system:serviceaccount:shop:web');
  assert.deepEqual(review.status.user.groups, [
    'system:serviceaccounts',
    'system:serviceaccounts:shop',
    'system:authenticated',
  ]);
  assert.deepEqual(review.status.audiences, [issuer]);
  const other = await ask('tokenreviews.authentication.k8s.io', {
    spec: { token: got.status.token, audiences: ['vault'] },
  });
  assert.deepEqual(other.status, {
    user: {},
    error: `token audiences ["${issuer}"] is invalid for the target audiences ["vault"]`,
  });
  assert.deepEqual(
    (await ask('tokenreviews.authentication.k8s.io', { spec: { token: 'nobody' } })).status,
    { user: {}, error: 'invalid bearer token' },
  );
  assert.equal(
    await ask('tokenreviews.authentication.k8s.io', { spec: { token: '' } }),
    '400 token is required for TokenReview in authentication',
  );
});

const invalidToken = (why: string): string =>
  `422 TokenRequest.authentication.k8s.io "" is invalid: ${why}`;
for (const [name, spec, of, want] of [
  [
    'too short',
    { expirationSeconds: 599 },
    at,
    invalidToken(
      'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
    ),
  ],
  [
    'too long',
    { expirationSeconds: 2 ** 33 },
    at,
    invalidToken(
      `spec.expirationSeconds: Invalid value: ${2 ** 33}: may not specify a duration larger than 2^32 seconds`,
    ),
  ],
  ['of no account', {}, { ...at, name: 'gone' }, '404 serviceaccounts "gone" not found'],
  [
    'of no pod',
    { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'gone' } },
    at,
    '404 pods "gone" not found',
  ],
  [
    'of another kind',
    { boundObjectRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 'c' } },
    at,
    '400 cannot bind token to object of type /v1, Kind=ConfigMap',
  ],
  [
    'of a pod of another uid',
    { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'web-0', uid: 'x' } },
    at,
    '409 Operation cannot be fulfilled on Pod "web-0": the UID in the bound object reference (x) does not match the UID in record. The object might have been deleted and then recreated',
  ],
] as const)
  test(`token requests: ${name}`, async () =>
    assert.equal(await fixture().ask('serviceaccounts/token', { spec }, of), want));

test('token requests: of a pod that runs as another', async () => {
  const { ask, objects } = fixture();
  objects.put(ServiceAccounts, { metadata: { name: 'other', namespace: 'shop', uid: 'sa-2' } });
  const got = await ask(
    'serviceaccounts/token',
    { spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'web-0' } } },
    { ...at, name: 'other' },
  );
  assert.equal(
    got,
    '400 cannot bind token for serviceaccount "other" to pod running with different serviceaccount name.',
  );
});
