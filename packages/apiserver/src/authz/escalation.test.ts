import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ClusterRoleBindings,
  ClusterRoles,
  type KubeObject,
  type Resource,
  RoleBindings,
  Roles,
} from '@coxswain/api';
import type { PolicyRule } from '@coxswain/api/types/rbac-v1';
import type { Admission } from '../admission/plugin.ts';
import { admissionOf, pass } from '../admission/testing/admission.ts';
import { rbacEscalation } from './escalation.ts';
import { rbacAuthorizer } from './rbac.ts';
import { RbacIndex } from './rbac-index.ts';
import { MemoryObjects } from './testing/memory-objects.ts';
import { person } from './testing/request.ts';

const group = 'rbac.authorization.k8s.io';
const pods: PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] };
const secrets: PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] };
const all: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

function objectsOf(): MemoryObjects {
  const objects = new MemoryObjects();
  const grant = (name: string, rules: readonly PolicyRule[]): void => {
    objects.put(ClusterRoles, { metadata: { name }, rules });
    const subjects = [{ kind: 'User', name }];
    objects.put(ClusterRoleBindings, {
      metadata: { name },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name },
      subjects,
    });
  };
  grant('reader', [pods]);
  grant('root', all);
  grant('escalator', [
    { verbs: ['escalate'], apiGroups: [group], resources: ['roles', 'clusterroles'] },
  ]);
  grant('binder', [
    { verbs: ['bind'], apiGroups: [group], resources: ['clusterroles'], resourceNames: ['reader'] },
  ]);
  return objects;
}

const run = async (
  user: string,
  resource: Resource,
  object: object,
  of: Partial<Admission> = {},
): Promise<string> => {
  const objects = objectsOf();
  const index = new RbacIndex(objects);
  const plugin = rbacEscalation(index, [rbacAuthorizer(index)]);
  const named = object as KubeObject;
  const who = person(user, ...(user === 'master' ? ['system:masters'] : ['devs']));
  const got = await pass(
    plugin,
    admissionOf(objects, { resource, object: named, user: who, ...of }),
  );
  return typeof got === 'string' ? got : 'ok';
};

const role = (...rules: PolicyRule[]) => ({ metadata: { name: 'r', namespace: 'shop' }, rules });
const gathering = {
  metadata: { name: 'r' },
  aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
};
const binding = (kind: string, name: string) => ({
  metadata: { name: 'b', namespace: 'shop' },
  roleRef: { apiGroup: group, kind, name },
});
const wants = (user: string, ...lines: string[]): string =>
  `user "${user}" (groups=["devs"]) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`;
const no = (resource: string, name: string, why: string): string =>
  `403 ${resource}.${group} "${name}" is forbidden: ${why}`;

for (const [name, user, resource, object, want] of [
  ['a role that is held', 'reader', Roles, role(pods), 'ok'],
  [
    'a part of what is held',
    'reader',
    Roles,
    role({ ...pods, verbs: ['get'], resourceNames: ['a'] }),
    'ok',
  ],
  [
    'a role that is not held',
    'reader',
    Roles,
    role(pods, secrets),
    no(
      'roles',
      'r',
      wants('reader', '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}'),
    ),
  ],
  [
    'more than is held, names and paths',
    'reader',
    ClusterRoles,
    {
      metadata: { name: 'r' },
      rules: [
        { ...secrets, resourceNames: ['a'] },
        { verbs: ['get'], nonResourceURLs: ['/metrics'] },
      ],
    },
    no(
      'clusterroles',
      'r',
      wants(
        'reader',
        '{APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["get" "list"]}',
        '{NonResourceURLs:["/metrics"], Verbs:["get"]}',
      ),
    ),
  ],
  ['by who may escalate', 'escalator', Roles, role(secrets), 'ok'],
  ['by a superuser', 'master', Roles, role(secrets), 'ok'],
  [
    'everything, by who holds everything',
    'root',
    ClusterRoles,
    { metadata: { name: 'r' }, rules: all },
    'ok',
  ],
  ['gathering, by who holds everything', 'root', ClusterRoles, gathering, 'ok'],
  [
    'gathering, by others',
    'reader',
    ClusterRoles,
    gathering,
    no('clusterroles', 'r', 'must have cluster-admin privileges to use the aggregationRule'),
  ],
  ['a binding to what is held', 'reader', RoleBindings, binding('ClusterRole', 'reader'), 'ok'],
  [
    'a binding to what is not held',
    'reader',
    RoleBindings,
    binding('ClusterRole', 'escalator'),
    no(
      'rolebindings',
      'b',
      wants(
        'reader',
        `{APIGroups:["${group}"], Resources:["clusterroles"], Verbs:["escalate"]}`,
        `{APIGroups:["${group}"], Resources:["roles"], Verbs:["escalate"]}`,
      ),
    ),
  ],
  ['a binding by who may bind', 'binder', RoleBindings, binding('ClusterRole', 'reader'), 'ok'],
  [
    'a binding to another by who may bind one',
    'binder',
    RoleBindings,
    binding('ClusterRole', 'gone'),
    `404 rolebindings.${group} "gone" not found`,
  ],
  [
    'a binding to no role',
    'reader',
    RoleBindings,
    binding('Role', 'gone'),
    `404 rolebindings.${group} "gone" not found`,
  ],
] as const)
  test(`escalation: ${name}`, async () => assert.equal(await run(user, resource, object), want));

test('escalation: updates are checked, except those of the garbage collector', async () => {
  const before = role(secrets);
  const owned = {
    ...before,
    metadata: { ...before.metadata, finalizers: ['x'], ownerReferences: [] },
  };
  const update = (object: object): Promise<string> =>
    run('reader', Roles, object, { operation: 'UPDATE', before: before as KubeObject });
  assert.equal(await update(owned), 'ok');
  assert.match(
    await update({ ...before, metadata: { ...before.metadata, labels: { a: 'b' } } }),
    /^403/,
  );
});
