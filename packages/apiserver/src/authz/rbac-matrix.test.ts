/**
 * Roles by verbs, resources, names and paths, against a second evaluation. That one knows no rules of matching: it writes out
 * what a rule means as the set of all single things that may be done, in a small world which has, beside what rules name, one
 * verb, group, resource, subresource, name and path that nobody names. "Any" and "all that are named" differ by these.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ClusterRoleBindings,
  ClusterRoles,
  RoleBindings,
  Roles,
  type UserInfo,
} from '@coxswain/api';
import type { ClusterRole, PolicyRule, RoleRef, Subject } from '@coxswain/api/types/rbac-v1';
import { seededRandom } from '@coxswain/base';
import { admissionOf, pass } from '../admission/testing/admission.ts';
import { parseRequestInfo } from '../chain/parse-request-info.ts';
import type { RequestInfo } from '../chain/request-info.ts';
import { rbacEscalation } from './escalation.ts';
import { rbacAuthorizer } from './rbac.ts';
import { RbacIndex } from './rbac-index.ts';
import { MemoryObjects } from './testing/memory-objects.ts';
import { never } from './testing/request.ts';

const rbac = 'rbac.authorization.k8s.io';
const verbs = ['get', 'list', 'create', 'unnamed'];
const apiGroups = ['', 'apps', 'un.named'];
const resources = ['pods', 'deployments', 'unnamed'];
const subresources = ['', 'log', 'scale', 'unnamed'];
const names = ['', 'a', 'b', 'unnamed'];
const paths = ['/healthz', '/healthz/etcd', '/logs', '/logs/', '/logs/x', '/unnamed', 'unnamed'];
const namespaces = ['', 'shop', 'bank'];

/** Everything that can be done, one by one. */
const things: readonly string[] = [
  ...verbs.flatMap((verb) => paths.map((path) => `${verb} ${path}`)),
  ...verbs.flatMap((verb) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        subresources.flatMap((part) =>
          names.map((name) => [verb, group, resource, part, name].join(' ')),
        ),
      ),
    ),
  ),
];

const hasAny = (list: readonly string[] | undefined, ...words: readonly string[]): boolean =>
  words.some((word) => list?.includes(word));

/** The set that a rule means. */
function meaning(rule: PolicyRule): ReadonlySet<string> {
  const set = new Set<string>();
  for (const thing of things) {
    const words = thing.split(' ');
    const [verb = '', group = '', resource = '', part = '', name = ''] = words;
    if (!hasAny(rule.verbs, verb, '*')) continue;
    if (words.length === 2) {
      const isNamed = rule.nonResourceURLs?.some((url) =>
        url.endsWith('*') ? group.startsWith(url.slice(0, -1)) : url === group,
      );
      if (isNamed) set.add(thing);
      continue;
    }
    const whole = part ? [`${resource}/${part}`, `*/${part}`, '*'] : [resource, '*'];
    const isNamed = !rule.resourceNames?.length || rule.resourceNames.includes(name);
    if (hasAny(rule.apiGroups, group, '*') && hasAny(rule.resources, ...whole) && isNamed)
      set.add(thing);
  }
  return set;
}

const union = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> =>
  new Set(sets.flatMap((set) => [...set]));

interface Bound {
  readonly scope: string; // '' for the whole cluster
  readonly subjects: readonly Subject[];
  readonly roleRef: RoleRef;
}

/** A world of roles and bindings, from a seed. */
function worldOf(seed: number) {
  const random = seededRandom(seed);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const some = <T>(list: readonly T[], most = 2): T[] => {
    const count = 1 + Math.floor(random() * most);
    return [...new Set(Array.from({ length: count }, () => one(list)))];
  };
  const rule = (isOfCluster: boolean): PolicyRule =>
    isOfCluster && random() < 0.3
      ? {
          verbs: some(['get', 'list', '*']),
          nonResourceURLs: some(['/healthz', '/healthz/*', '/logs', '/logs/*', '/*', '*']),
        }
      : {
          verbs: some(['get', 'list', 'create', '*', 'bind', 'escalate'], 3),
          apiGroups: some(['', 'apps', '*', rbac]),
          resources: some(
            [
              'pods',
              'pods/log',
              'deployments',
              'deployments/scale',
              '*/scale',
              '*',
              'roles',
              'clusterroles',
            ],
            3,
          ),
          ...(random() < 0.3 && { resourceNames: some(['a', 'b', 'role0']) }),
        };
  const roles = new Map<string, readonly PolicyRule[]>();
  for (let number = 0; number < 5; number++) {
    const rules = (isOfCluster: boolean): PolicyRule[] =>
      Array.from({ length: Math.floor(random() * 4) }, () => rule(isOfCluster));
    roles.set(`ClusterRole//role${number}`, rules(true));
    for (const namespace of ['shop', 'bank'])
      if (random() < 0.6) roles.set(`Role/${namespace}/role${number}`, rules(false));
  }
  const subject = (): Subject =>
    one<Subject>([
      { kind: 'User', name: 'ann' },
      { kind: 'User', name: 'bob' },
      { kind: 'Group', name: 'devs' },
      { kind: 'Group', name: 'ann' },
      { kind: 'ServiceAccount', name: 'robot', namespace: 'shop' },
    ]);
  const bindings = Array.from({ length: 6 }, (): Bound => {
    const scope = one(['', 'shop', 'bank']);
    const kind = scope && random() < 0.5 ? 'Role' : 'ClusterRole';
    const name = `role${Math.floor(random() * 6)}`; // one that never is
    return {
      scope,
      subjects: some([subject(), subject()]),
      roleRef: { apiGroup: rbac, kind, name },
    };
  });
  return { roles, bindings, rule, random };
}

const users: readonly UserInfo[] = [
  { name: 'ann', groups: ['devs', 'system:authenticated'] },
  { name: 'bob', groups: [] },
  { name: 'system:serviceaccount:shop:robot', groups: ['system:serviceaccounts'] },
  { name: 'nobody', groups: ['ann'] },
];

const means = ({ kind, name, namespace }: Subject, user: UserInfo): boolean => {
  if (kind === 'Group') return user.groups.includes(name);
  return user.name === (kind === 'User' ? name : `system:serviceaccount:${namespace}:${name}`);
};

type World = ReturnType<typeof worldOf>;

const rulesOf = ({ roles }: World, { kind, name }: RoleRef, scope: string) =>
  roles.get(`${kind}/${kind === 'Role' ? scope : ''}/${name}`);

/** The rules that a user holds in a namespace, or in the whole cluster only. */
const held = (world: World, user: UserInfo, namespace: string): readonly PolicyRule[] =>
  world.bindings
    .filter(
      ({ scope, subjects }) =>
        (!scope || scope === namespace) && subjects.some((each) => means(each, user)),
    )
    .flatMap(({ scope, roleRef }) => rulesOf(world, roleRef, scope) ?? []);

function objectsOf({ roles, bindings }: World): MemoryObjects {
  const objects = new MemoryObjects();
  for (const [key, rules] of roles) {
    const [kind, namespace, name] = key.split('/');
    const metadata = { name: name!, ...(namespace && { namespace }) };
    objects.put(kind === 'Role' ? Roles : ClusterRoles, { metadata, rules });
  }
  for (const [at, { scope, ...rest }] of bindings.entries())
    objects.put(scope ? RoleBindings : ClusterRoleBindings, {
      metadata: { name: `b${at}`, ...(scope && { namespace: scope }) },
      ...rest,
    });
  return objects;
}

const blank = parseRequestInfo('GET', '/', new URLSearchParams());

/** The request that is one thing, in a namespace; undefined where paths have none. */
function infoOf(thing: string, namespace: string): RequestInfo | undefined {
  const [verb = '', group = '', resource, subresource = '', name = ''] = thing.split(' ');
  if (resource === undefined)
    return namespace ? undefined : { ...blank, isResource: false, verb, path: group };
  return {
    ...blank,
    isResource: true,
    verb,
    group,
    version: 'v1',
    resource,
    subresource,
    namespace,
    name,
  };
}

const seeds = Array.from({ length: 24 }, (_, at) => at + 1);

for (const seed of seeds)
  test(`RBAC as its definition has it: world ${seed}`, () => {
    const world = worldOf(seed);
    const authorizer = rbacAuthorizer(new RbacIndex(objectsOf(world)));
    let allowed = 0;
    let asked = 0;
    for (const user of users)
      for (const namespace of namespaces) {
        const may = union(held(world, user, namespace).map(meaning));
        for (const thing of things) {
          const info = infoOf(thing, namespace);
          if (!info) continue;
          const said = authorizer.authorize(user, info, never);
          assert.ok(!(said instanceof Promise));
          const wanted = may.has(thing) ? 'allow' : 'no-opinion';
          assert.equal(said.decision, wanted, `${user.name} "${thing}" in "${namespace}"`);
          asked++;
          if (wanted === 'allow') allowed++;
        }
      }
    assert.ok(asked > 6_000 && allowed < asked, `${allowed} of ${asked}`);
  });

/** Whether a verb that is no request's may be done to a role. */
const mayAlso = (
  world: World,
  user: UserInfo,
  namespace: string,
  verb: string,
  resource: string,
  name: string,
): boolean =>
  held(world, user, namespace).some(
    (rule) =>
      hasAny(rule.verbs, verb, '*') &&
      hasAny(rule.apiGroups, rbac, '*') &&
      hasAny(rule.resources, resource, '*') &&
      (!rule.resourceNames?.length || rule.resourceNames.includes(name)),
  );

const outcomes = { passed: 0, refused: 0 };

for (const seed of seeds)
  test(`RBAC, nobody grants what they do not hold: world ${seed}`, async () => {
    const world = worldOf(seed);
    const objects = objectsOf(world);
    const index = new RbacIndex(objects);
    const plugin = rbacEscalation(index, [rbacAuthorizer(index)]);
    const covers = (user: UserInfo, namespace: string, rules: readonly PolicyRule[]): boolean => {
      const have = union(held(world, user, namespace).map(meaning));
      return [...union(rules.map(meaning))].every((thing) => have.has(thing));
    };
    const check = async (
      user: UserInfo,
      namespace: string,
      resource:
        | typeof Roles
        | typeof ClusterRoles
        | typeof RoleBindings
        | typeof ClusterRoleBindings,
      object: object,
      wanted: boolean | 'absent',
      about: string,
    ): Promise<void> => {
      const name = 'new';
      const metadata = { name, ...(namespace && { namespace }) };
      const said = await pass(
        plugin,
        admissionOf(objects, {
          resource,
          user,
          namespace,
          name,
          object: { metadata, ...object } as ClusterRole,
        }),
      );
      const what = typeof said === 'object' ? true : said.startsWith('404 ') ? 'absent' : false;
      assert.equal(what, wanted, `${user.name} in "${namespace}": ${about}: ${String(said)}`);
      outcomes[wanted === true ? 'passed' : 'refused']++;
    };
    // Only what the small world has words for is asked of.
    const isPlain = ({
      apiGroups: groups = [],
      verbs: all,
      resources: of = [],
      resourceNames = [],
    }: PolicyRule): boolean =>
      !groups.includes(rbac) &&
      !hasAny(all, 'bind', 'escalate') &&
      !hasAny(of, 'roles', 'clusterroles') &&
      !resourceNames.includes('role0');
    for (const user of users)
      for (const namespace of namespaces) {
        const resource = namespace ? Roles : ClusterRoles;
        for (let time = 0; time < 12; time++) {
          const rules = Array.from({ length: 1 + (time % 2) }, () => world.rule(!namespace)).filter(
            isPlain,
          );
          const isFree = mayAlso(world, user, namespace, 'escalate', resource.resource, 'new');
          const wanted = isFree || covers(user, namespace, rules);
          await check(user, namespace, resource, { rules }, wanted, JSON.stringify(rules));
        }
        if (!namespace) {
          const all = [
            { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
            { verbs: ['*'], nonResourceURLs: ['*'] },
          ];
          const isFree = mayAlso(world, user, '', 'escalate', 'clusterroles', 'new');
          const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] };
          await check(
            user,
            '',
            ClusterRoles,
            { rules: [], aggregationRule },
            isFree || covers(user, '', all),
            'aggregation',
          );
        }
        for (const [kind, number] of [0, 1, 2, 3, 4, 5].flatMap(
          (each) =>
            [
              ['ClusterRole', each],
              ['Role', each],
            ] as const,
        )) {
          if (kind === 'Role' && !namespace) continue;
          const roleRef = { apiGroup: rbac, kind, name: `role${number}` };
          const rules = rulesOf(world, roleRef, namespace);
          if (rules && !rules.every(isPlain)) continue;
          const isFree = mayAlso(
            world,
            user,
            namespace,
            'bind',
            kind === 'Role' ? 'roles' : 'clusterroles',
            roleRef.name,
          );
          const wanted = isFree || (rules ? covers(user, namespace, rules) : 'absent');
          await check(
            user,
            namespace,
            namespace ? RoleBindings : ClusterRoleBindings,
            { roleRef, subjects: [] },
            wanted,
            JSON.stringify(roleRef),
          );
        }
      }
  });

test('RBAC, nobody grants what they do not hold: both ends were seen often', () => {
  assert.ok(outcomes.passed > 300 && outcomes.refused > 1_000, JSON.stringify(outcomes));
});
