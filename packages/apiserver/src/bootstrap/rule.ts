import type { PolicyRule } from '@coxswain/api/types/rbac-v1';

export const read = 'get list watch';
export const write = 'create delete deletecollection patch update';
export const readWrite: string = `${read} ${write}`;
export const readUpdate: string = `${read} patch update`;

const words = (text: string): readonly string[] =>
  text
    .split(' ')
    .toSorted()
    .map((word) => (word === 'core' ? '' : word));

/** A rule about resources. Each part is a list of words; `core` is the group without a name. */
export const rule = (
  verbs: string,
  groups: string,
  resources: string,
  names?: string,
): PolicyRule => ({
  verbs: words(verbs),
  apiGroups: words(groups),
  resources: words(resources),
  ...(names && { resourceNames: words(names) }),
});

/** A rule that lets `get` (or `verbs`) paths. */
export const paths = (list: string, verbs = 'get'): PolicyRule => ({
  verbs: words(verbs),
  nonResourceURLs: words(list),
});

/** Writing events, in both their groups. */
export const events: PolicyRule = rule('create patch update', 'core events.k8s.io', 'events');
