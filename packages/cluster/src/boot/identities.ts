import type { UserInfo } from '@coxswain/api';

/** Who a component is when it calls the server of its own process: the same users that its certificate would name. */
const user = (name: string, ...groups: readonly string[]): UserInfo => ({
  name,
  groups: [...groups, 'system:authenticated'],
});

/** The server's own work, as upstream's loopback client. */
export const loopback: UserInfo = user('system:apiserver', 'system:masters');
/** Whom the kubeconfig of a cluster speaks for. */
export const admin: UserInfo = user('kubernetes-admin', 'system:masters');
export const scheduler: UserInfo = user('system:kube-scheduler');
/** What upstream's controller manager does under its own name. */
export const controllerManager: UserInfo = user('system:kube-controller-manager');
export const node = (name: string): UserInfo => user(`system:node:${name}`, 'system:nodes');

/** Every controller acts under a service account of its own, whose role holds what it declares. */
export const controller = (name: string): UserInfo =>
  user(
    `system:serviceaccount:kube-system:${name}`,
    'system:serviceaccounts',
    'system:serviceaccounts:kube-system',
  );
