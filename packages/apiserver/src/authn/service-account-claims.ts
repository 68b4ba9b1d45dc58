import type { KubeObject } from '@coxswain/api';
import type { Claims } from './jwt.ts';

export interface Bound {
  readonly name: string;
  readonly uid: string;
}

/** The claims of a service account token. */
export interface ServiceAccountClaims extends Claims {
  readonly 'kubernetes.io'?: {
    readonly namespace: string;
    readonly serviceaccount: Bound;
    readonly pod?: Bound;
    readonly secret?: Bound;
    readonly node?: { readonly name: string; readonly uid?: string };
    /** From then on the client should have renewed the token. */
    readonly warnafter?: number;
  };
}

export const boundTo = ({ metadata }: KubeObject): Bound => ({
  name: metadata.name,
  uid: metadata.uid ?? '',
});

export const serviceAccountUser = (namespace: string, name: string): string =>
  `system:serviceaccount:${namespace}:${name}`;

export const serviceAccountGroups = (namespace: string): readonly string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];

const form =
  /^system:serviceaccount:([a-z0-9](?:[-a-z0-9]*[a-z0-9])?):([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)$/;

/** Namespace and name of the service account that a user name means; undefined for other users. */
export function serviceAccountOf(
  user: string,
): readonly [namespace: string, name: string] | undefined {
  const [, namespace, name] = form.exec(user) ?? [];
  return namespace && name ? [namespace, name] : undefined;
}
