import {
  ClusterRoleBindings,
  ClusterRoles,
  type KubeObject,
  type Resource,
  RoleBindings,
  Roles,
} from '@coxswain/api';
import type { AggregationRule, PolicyRule, Subject } from '@coxswain/api/types/rbac-v1';
import { controllerRoles } from './controller-roles.ts';
import { namespaceRoles } from './namespace-roles.ts';
import { systemRoles } from './system-roles.ts';
import { adminRules, editRules, viewRules } from './user-roles.ts';

/** An object that must be there, with its resource. */
export interface Wanted<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>;
  readonly object: T;
}

const rbacGroup = 'rbac.authorization.k8s.io';
const allServiceAccounts = 'system:serviceaccounts';

const metadata = (name: string, labels?: Readonly<Record<string, string>>, namespace?: string) => ({
  name,
  ...(namespace && { namespace }),
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
});

/** Roles that gather others: by the label that they gather, and the label by which another gathers them. */
const gathering: readonly (readonly [name: string, gathers: string, gatheredBy?: string])[] = [
  ['admin', 'admin'],
  ['edit', 'edit', 'admin'],
  ['view', 'view', 'edit'],
];
const gathered: readonly (readonly [into: string, rules: readonly PolicyRule[]])[] = [
  ['admin', adminRules],
  ['edit', editRules],
  ['view', viewRules],
];

/** Who is bound to the system's roles: `User NAME`, `Group NAME`, `ServiceAccount NAME` (of kube-system). */
const systemBindings: Readonly<Record<string, readonly string[]>> = {
  'cluster-admin': ['Group system:masters'],
  'system:monitoring': ['Group system:monitoring'],
  'system:discovery': ['Group system:authenticated'],
  'system:basic-user': ['Group system:authenticated'],
  'system:public-info-viewer': ['Group system:authenticated', 'Group system:unauthenticated'],
  'system:node-proxier': ['User system:kube-proxy'],
  'system:kube-controller-manager': ['User system:kube-controller-manager'],
  'system:kube-dns': ['ServiceAccount kube-dns'],
  'system:kube-scheduler': ['User system:kube-scheduler'],
  'system:volume-scheduler': ['User system:kube-scheduler'],
  'system:node': [], // kubelets are let by the Node authorizer
  'system:service-account-issuer-discovery': [`Group ${allServiceAccounts}`],
};

/** Upstream's bootstrap policy: all ClusterRoles, Roles and their bindings. */
export function bootstrapPolicy(enabled: (gate: string) => boolean): readonly Wanted[] {
  const controllers = Object.entries(controllerRoles(enabled));
  const bindings = {
    ...systemBindings,
    ...(enabled('ClusterTrustBundle') && {
      'system:cluster-trust-bundle-discovery': [`Group ${allServiceAccounts}`],
    }),
  };
  return [
    ...gathering.map(([name, gathers, by]) => gatheringRole(name, gathers, by)),
    ...gathered.map(([into, rules]) =>
      clusterRole(`system:aggregate-to-${into}`, rules, aggregateTo(into)),
    ),
    ...Object.entries(systemRoles(enabled)).map(([name, rules]) => clusterRole(name, rules)),
    ...controllers.map(([name, rules]) => clusterRole(`system:controller:${name}`, rules)),
    ...Object.entries(bindings).map(([name, who]) => clusterBinding(name, who)),
    ...controllers.map(([name]) =>
      clusterBinding(`system:controller:${name}`, [`ServiceAccount ${name}`]),
    ),
    ...namespaceRoles.flatMap((role) => [namespaceRole(role), namespaceBinding(role)]),
  ];
}

const aggregateTo = (name: string): Readonly<Record<string, string>> => ({
  [`${rbacGroup}/aggregate-to-${name}`]: 'true',
});

function gatheringRole(name: string, gathers: string, by?: string): Wanted {
  const aggregationRule: AggregationRule = {
    clusterRoleSelectors: [{ matchLabels: aggregateTo(gathers) }],
  };
  return wanted(ClusterRoles, {
    metadata: metadata(name, by ? aggregateTo(by) : undefined),
    aggregationRule,
  });
}

const clusterRole = (
  name: string,
  rules: readonly PolicyRule[],
  labels?: Readonly<Record<string, string>>,
): Wanted => wanted(ClusterRoles, { metadata: metadata(name, labels), rules });

const clusterBinding = (name: string, who: readonly string[]): Wanted =>
  wanted(ClusterRoleBindings, {
    metadata: metadata(name),
    ...(who.length && { subjects: who.map(subject) }),
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name },
  });

const namespaceRole = ({ namespace, name, rules }: (typeof namespaceRoles)[number]): Wanted =>
  wanted(Roles, { metadata: metadata(name, undefined, namespace), rules });

function namespaceBinding(role: (typeof namespaceRoles)[number]): Wanted {
  const users = (role.users ?? []).map((user) => subject(`User ${user}`));
  const accounts = (role.serviceAccounts ?? []).map((name) => subject(`ServiceAccount ${name}`));
  return wanted(RoleBindings, {
    metadata: metadata(role.binding ?? role.name, undefined, role.namespace),
    subjects: [...users, ...accounts],
    roleRef: { apiGroup: rbacGroup, kind: 'Role', name: role.name },
  });
}

function subject(text: string): Subject {
  const [kind = '', name = ''] = text.split(/ (.*)/);
  return kind === 'ServiceAccount'
    ? { kind, name, namespace: 'kube-system' }
    : { apiGroup: rbacGroup, kind, name };
}

/** The object with its kind and version, as the API has it. */
export function wanted<T extends KubeObject>(resource: Resource<T>, object: T): Wanted<T> {
  const apiVersion = resource.group ? `${resource.group}/${resource.version}` : resource.version;
  return { resource, object: { apiVersion, kind: resource.kind, ...object } };
}
