import type { PolicyRule } from '@coxswain/api/types/rbac-v1';
import { events, read, rule } from './rule.ts';

interface NamespaceRole {
  readonly namespace: string;
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  /** Who is bound to it: users, and service accounts of `kube-system`. Bound by a RoleBinding of the same name unless `binding` says another. */
  readonly binding?: string;
  readonly users?: readonly string[];
  readonly serviceAccounts?: readonly string[];
}

const leading = (component: string, ...others: readonly string[]): NamespaceRole => ({
  namespace: 'kube-system',
  name: `system::leader-locking-${component}`,
  rules: [
    rule(`${read} create update`, 'coordination.k8s.io', 'leases'),
    rule(`${read} create update`, 'coordination.k8s.io', 'leasecandidates'),
  ],
  users: [`system:${component}`],
  serviceAccounts: [component, ...others],
});

/** Roles in the system's namespaces, each with its binding. */
export const namespaceRoles: readonly NamespaceRole[] = [
  {
    namespace: 'kube-system',
    name: 'extension-apiserver-authentication-reader',
    rules: [rule(read, 'core', 'configmaps', 'extension-apiserver-authentication')],
    binding: 'system::extension-apiserver-authentication-reader',
    users: ['system:kube-controller-manager', 'system:kube-scheduler'],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:bootstrap-signer',
    rules: [rule(read, 'core', 'secrets')],
    serviceAccounts: ['bootstrap-signer'],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:cloud-provider',
    rules: [rule(`create ${read}`, 'core', 'configmaps')],
    serviceAccounts: ['cloud-provider'],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:token-cleaner',
    rules: [rule(`${read} delete`, 'core', 'secrets'), events],
    serviceAccounts: ['token-cleaner'],
  },
  leading('kube-controller-manager', 'leader-election-controller'),
  leading('kube-scheduler'),
  {
    namespace: 'kube-public',
    name: 'system:controller:bootstrap-signer',
    rules: [
      rule(read, 'core', 'configmaps'),
      rule('update', 'core', 'configmaps', 'cluster-info'),
      events,
    ],
    serviceAccounts: ['bootstrap-signer'],
  },
];
