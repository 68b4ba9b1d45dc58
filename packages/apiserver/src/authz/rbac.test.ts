import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ClusterRoleBindings,
  ClusterRoles,
  RoleBindings,
  Roles,
  type UserInfo,
} from '@coxswain/api';
import type { PolicyRule, RoleRef, Subject } from '@coxswain/api/types/rbac-v1';
import fc from 'fast-check';
import type { RequestInfo } from '../chain/request-info.ts';
import { rbacAuthorizer } from './rbac.ts';
import { RbacIndex } from './rbac-index.ts';
import { MemoryObjects } from './testing/memory-objects.ts';
import { ask, askPath, never, person } from './testing/request.ts';

const group = 'rbac.authorization.k8s.io';
const ref = (kind: string, name: string): RoleRef => ({ apiGroup: group, kind, name });
const to = (kind: string, name: string, namespace?: string): Subject => ({
  kind,
  name,
  ...(namespace && { namespace }),
});
const rule = (
  verbs: string[],
  resources: string[],
  more: Partial<PolicyRule> = {},
): PolicyRule => ({
  verbs,
  apiGroups: [''],
  resources,
  ...more,
});

function fixture(): {
  objects: MemoryObjects;
  decide: (user: UserInfo, info: RequestInfo) => string;
} {
  const objects = new MemoryObjects();
  const rbac = rbacAuthorizer(new RbacIndex(objects));
  const decide = (user: UserInfo, info: RequestInfo): string => {
    const decision = rbac.authorize(user, info, never);
    assert.ok(!(decision instanceof Promise));
    return `${decision.decision} ${decision.reason}`.trim();
  };
  objects.put(ClusterRoles, {
    metadata: { name: 'reader' },
    rules: [rule(['get', 'list'], ['pods', 'pods/log'])],
  });
  objects.put(ClusterRoles, {
    metadata: { name: 'scaler' },
    rules: [rule(['update'], ['*/scale'], { apiGroups: ['*'] })],
  });
  objects.put(ClusterRoles, {
    metadata: { name: 'paths' },
    rules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/logs/*'] }],
  });
  objects.put(Roles, {
    metadata: { name: 'one-secret', namespace: 'shop' },
    rules: [rule(['get'], ['secrets'], { resourceNames: ['db'] })],
  });
  objects.put(ClusterRoleBindings, {
    metadata: { name: 'readers' },
    roleRef: ref('ClusterRole', 'reader'),
    subjects: [to('User', 'eve'), to('Group', 'devs')],
  });
  objects.put(ClusterRoleBindings, {
    metadata: { name: 'scalers' },
    roleRef: ref('ClusterRole', 'scaler'),
    subjects: [to('ServiceAccount', 'hpa', 'kube-system')],
  });
  objects.put(ClusterRoleBindings, {
    metadata: { name: 'paths' },
    roleRef: ref('ClusterRole', 'paths'),
    subjects: [to('Group', 'devs')],
  });
  objects.put(ClusterRoleBindings, {
    metadata: { name: 'broken' },
    roleRef: ref('ClusterRole', 'gone'),
    subjects: [to('User', 'bob')],
  });
  objects.put(RoleBindings, {
    metadata: { name: 'db', namespace: 'shop' },
    roleRef: ref('Role', 'one-secret'),
    subjects: [to('ServiceAccount', 'web'), to('User', 'bob')],
  });
  objects.put(RoleBindings, {
    metadata: { name: 'local', namespace: 'shop' },
    roleRef: ref('ClusterRole', 'reader'),
    subjects: [to('User', 'ann')],
  });
  return { objects, decide };
}

const dev = person('dan', 'devs', 'system:authenticated');
const web = person('system:serviceaccount:shop:web', 'system:serviceaccounts');
const readers = 'allow RBAC: allowed by ClusterRoleBinding "readers" of ClusterRole "reader" to';

for (const [name, user, info, want] of [
  ['a group', dev, ask('list', 'pods', { namespace: 'shop' }), `${readers} Group "devs"`],
  ['a user, cluster-wide', person('eve'), ask('get', 'pods'), `${readers} User "eve"`],
  [
    'the first subject that fits',
    person('eve', 'devs'),
    ask('get', 'pods'),
    `${readers} User "eve"`,
  ],
  ['a subresource', dev, ask('get', 'pods', { subresource: 'log' }), `${readers} Group "devs"`],
  ['another subresource', dev, ask('get', 'pods', { subresource: 'exec' }), 'no-opinion'],
  ['another verb', dev, ask('delete', 'pods'), 'no-opinion'],
  ['another group of the API', dev, ask('get', 'pods', { group: 'metrics.k8s.io' }), 'no-opinion'],
  ['a stranger', person('zoe'), ask('get', 'pods'), 'no-opinion'],
  [
    'a subresource of every resource',
    person('system:serviceaccount:kube-system:hpa'),
    ask('update', 'deployments', { group: 'apps', subresource: 'scale', namespace: 'shop' }),
    'allow RBAC: allowed by ClusterRoleBinding "scalers" of ClusterRole "scaler" to ServiceAccount "hpa/kube-system"',
  ],
  [
    'not the resource itself',
    person('system:serviceaccount:kube-system:hpa'),
    ask('update', 'deployments', { group: 'apps' }),
    'no-opinion',
  ],
  [
    'a named object',
    web,
    ask('get', 'secrets', { namespace: 'shop', name: 'db' }),
    'allow RBAC: allowed by RoleBinding "db/shop" of Role "one-secret" to ServiceAccount "web/shop"',
  ],
  ['another name', web, ask('get', 'secrets', { namespace: 'shop', name: 'tls' }), 'no-opinion'],
  ['no name', web, ask('get', 'secrets', { namespace: 'shop' }), 'no-opinion'],
  [
    'another namespace',
    web,
    ask('get', 'secrets', { namespace: 'prod', name: 'db' }),
    'no-opinion',
  ],
  [
    'a ClusterRole bound in a namespace',
    person('ann'),
    ask('get', 'pods', { namespace: 'shop' }),
    'allow RBAC: allowed by RoleBinding "local/shop" of ClusterRole "reader" to User "ann"',
  ],
  ['not cluster-wide', person('ann'), ask('get', 'pods'), 'no-opinion'],
  [
    'a path',
    dev,
    askPath('get', '/healthz'),
    'allow RBAC: allowed by ClusterRoleBinding "paths" of ClusterRole "paths" to Group "devs"',
  ],
  [
    'a path below a star',
    dev,
    askPath('get', '/logs/kubelet'),
    'allow RBAC: allowed by ClusterRoleBinding "paths" of ClusterRole "paths" to Group "devs"',
  ],
  ['a path beside', dev, askPath('get', '/healthz/etcd'), 'no-opinion'],
  [
    'a role that is gone',
    person('bob'),
    ask('get', 'pods'),
    'no-opinion RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found',
  ],
] as const)
  test(`rbac: ${name}`, () => assert.equal(fixture().decide(user, info), want));

test('rbac: decisions follow every change of roles and bindings', () => {
  const { objects, decide } = fixture();
  const steps: string[] = [];
  const look = (): unknown =>
    steps.push(decide(person('zoe'), ask('watch', 'nodes')).split(' ')[0]!);
  look();
  objects.put(ClusterRoles, { metadata: { name: 'nodes' }, rules: [rule(['watch'], ['nodes'])] });
  objects.put(ClusterRoleBindings, {
    metadata: { name: 'z' },
    roleRef: ref('ClusterRole', 'nodes'),
    subjects: [to('User', 'zoe')],
  });
  look();
  objects.put(ClusterRoles, { metadata: { name: 'nodes' }, rules: [rule(['get'], ['nodes'])] });
  look();
  objects.put(ClusterRoles, { metadata: { name: 'nodes' }, rules: [rule(['*'], ['*'])] });
  look();
  objects.put(ClusterRoleBindings, {
    metadata: { name: 'z' },
    roleRef: ref('ClusterRole', 'nodes'),
    subjects: [to('User', 'yan')],
  });
  look();
  objects.put(ClusterRoleBindings, {
    metadata: { name: 'z' },
    roleRef: ref('ClusterRole', 'nodes'),
    subjects: [to('User', 'zoe')],
  });
  look();
  objects.remove(ClusterRoleBindings, 'z');
  look();
  assert.deepEqual(steps, [
    'no-opinion',
    'allow',
    'no-opinion',
    'allow',
    'no-opinion',
    'allow',
    'no-opinion',
  ]);
});

/** A second evaluation, as plain as can be: every binding, every subject, every rule, by definition. */
function naive(objects: MemoryObjects, user: UserInfo, info: RequestInfo): boolean {
  const names = (subject: Subject, namespace: string): boolean => {
    if (subject.kind === 'User') return subject.name === user.name;
    if (subject.kind === 'Group') return user.groups.some((one) => one === subject.name);
    const home = subject.namespace ? subject.namespace : namespace;
    return home !== '' && user.name === ['system', 'serviceaccount', home, subject.name].join(':');
  };
  const inList = (list: readonly string[] | undefined, value: string): boolean =>
    (list ?? []).some((one) => one === '*' || one === value);
  const wanted =
    info.subresource === ''
      ? [info.resource]
      : [`${info.resource}/${info.subresource}`, `*/${info.subresource}`];
  const permits = (one: PolicyRule): boolean => {
    if (!inList(one.verbs, info.verb)) return false;
    if (!info.isResource)
      return (one.nonResourceURLs ?? []).some((url) =>
        url.endsWith('*') ? info.path.startsWith(url.slice(0, -1)) : url === info.path,
      );
    const named = (one.resourceNames ?? []).length === 0 || one.resourceNames!.includes(info.name);
    return (
      inList(one.apiGroups, info.group) &&
      wanted.some((resource) => inList(one.resources, resource)) &&
      named
    );
  };
  for (const binding of objects.all(ClusterRoleBindings))
    if ((binding.subjects ?? []).some((one) => names(one, '')))
      if ((objects.get(ClusterRoles, binding.roleRef.name)?.rules ?? []).some(permits)) return true;
  if (info.namespace === '' || !info.isResource) return false;
  for (const binding of objects.all(RoleBindings, info.namespace)) {
    const { kind, name } = binding.roleRef;
    const role =
      kind === 'Role' ? objects.get(Roles, name, info.namespace) : objects.get(ClusterRoles, name);
    if (
      (binding.subjects ?? []).some((one) => names(one, info.namespace)) &&
      (role?.rules ?? []).some(permits)
    )
      return true;
  }
  return false;
}

const some = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const few = <T>(...values: T[]): fc.Arbitrary<T[]> => fc.subarray(values, { minLength: 1 });
const rules: fc.Arbitrary<PolicyRule[]> = fc.array(
  fc.oneof(
    fc.record({
      verbs: few('get', 'list', 'update', '*'),
      apiGroups: few('', 'apps', '*'),
      resources: few('pods', 'pods/log', '*/scale', 'deployments', '*'),
      resourceNames: some<string[]>([], [], ['a'], ['b']),
    }),
    fc.record({ verbs: few('get', '*'), nonResourceURLs: few('/api', '/logs/*', '*') }),
  ),
  { maxLength: 2 },
);
const subjects: fc.Arbitrary<Subject[]> = fc.array(
  fc.oneof(
    fc.record({ kind: some('User'), name: some('ann', 'bob', 'system:serviceaccount:n1:sa') }),
    fc.record({ kind: some('Group'), name: some('g1', 'g2') }),
    fc.record({ kind: some('ServiceAccount'), name: some('sa'), namespace: some('n1', 'n2', '') }),
  ),
  { maxLength: 2 },
);
const users = some(
  person('ann', 'g1'),
  person('bob', 'g1', 'g2'),
  person('system:serviceaccount:n1:sa'),
  person('zoe'),
);
const infos = fc.oneof(
  fc
    .record({
      verb: some('get', 'list', 'update', 'delete'),
      resource: some('pods', 'deployments'),
      group: some('', 'apps'),
      subresource: some('', '', 'log', 'scale'),
      namespace: some('', 'n1', 'n2'),
      name: some('', 'a', 'b'),
    })
    .map(({ verb, resource, ...of }) => ask(verb, resource, of)),
  fc
    .record({ verb: some('get', 'post'), path: some('/api', '/logs/x', '/apis') })
    .map(({ verb, path }) => askPath(verb, path)),
);
const change = fc.oneof(
  fc.record({ put: some('ClusterRole'), name: some('r1', 'r2'), rules }),
  fc.record({ put: some('Role'), name: some('r1', 'r2'), namespace: some('n1', 'n2'), rules }),
  fc.record({
    put: some('ClusterRoleBinding'),
    name: some('b1', 'b2'),
    role: some('r1', 'r2'),
    subjects,
  }),
  fc.record({
    put: some('RoleBinding'),
    name: some('b1', 'b2'),
    namespace: some('n1', 'n2'),
    kind: some('Role', 'ClusterRole'),
    role: some('r1', 'r2'),
    subjects,
  }),
  fc.record({ drop: some('ClusterRole', 'ClusterRoleBinding'), name: some('r1', 'b1') }),
);

function put(objects: MemoryObjects, one: any): void {
  const metadata = { name: one.name, ...(one.namespace && { namespace: one.namespace }) };
  if (one.drop === 'ClusterRole') objects.remove(ClusterRoles, one.name);
  else if (one.drop) objects.remove(ClusterRoleBindings, one.name);
  else if (one.put === 'ClusterRole') objects.put(ClusterRoles, { metadata, rules: one.rules });
  else if (one.put === 'Role') objects.put(Roles, { metadata, rules: one.rules });
  else if (one.put === 'ClusterRoleBinding')
    objects.put(ClusterRoleBindings, {
      metadata,
      subjects: one.subjects,
      roleRef: ref('ClusterRole', one.role),
    });
  else
    objects.put(RoleBindings, {
      metadata,
      subjects: one.subjects,
      roleRef: ref(one.kind, one.role),
    });
}

test('rbac: the index decides as a plain evaluation does, after any changes', () => {
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 12 }),
      fc.array(fc.tuple(users, infos), { minLength: 4, maxLength: 4 }),
      (changes, asked) => {
        const objects = new MemoryObjects();
        const rbac = rbacAuthorizer(new RbacIndex(objects));
        for (const one of changes) {
          put(objects, one);
          for (const [user, info] of asked) {
            const decision = rbac.authorize(user, info, never);
            assert.equal(
              (decision as { decision: string }).decision === 'allow',
              naive(objects, user, info),
              JSON.stringify({ user, info }),
            );
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});
