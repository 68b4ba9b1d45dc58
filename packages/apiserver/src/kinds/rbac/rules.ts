import type { PolicyRule, RoleRef, Subject } from '@coxswain/api/types/rbac-v1';
import type { Column, Draft } from '../kind.ts';
import { textColumn, wide } from '../rules/columns.ts';
import { equal } from '../rules/equal.ts';
import { allInvalid, invalidValue, notSupported, required, type Rules } from '../rules/field.ts';
import { pathSegmentName, subdomainName } from '../rules/name.ts';

const group = 'rbac.authorization.k8s.io';

/** Rules of what a role allows. */
export function* policyRules(given: readonly PolicyRule[] = [], namespaced: boolean): Rules {
  for (const [index, rule] of given.entries()) {
    const at = `rules[${index}]`;
    if (!rule.verbs?.length) yield required(`${at}.verbs`, 'verbs must contain at least one value');
    const urls = rule.nonResourceURLs;
    if (urls?.length) {
      if (namespaced)
        yield invalidValue(
          `${at}.nonResourceURLs`,
          urls,
          'namespaced rules cannot apply to non-resource URLs',
        );
      if (rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length)
        yield invalidValue(
          `${at}.nonResourceURLs`,
          urls,
          'rules cannot apply to both regular resources and non-resource URLs',
        );
      continue;
    }
    if (!rule.apiGroups?.length)
      yield required(`${at}.apiGroups`, 'resource rules must supply at least one api group');
    if (!rule.resources?.length)
      yield required(`${at}.resources`, 'resource rules must supply at least one resource');
  }
}

interface RoleBindingLike {
  readonly roleRef: RoleRef;
  readonly subjects?: readonly Subject[] | undefined;
}

/** Rules of a binding; those of the whole cluster take cluster roles alone. */
export function* bindingRules(
  { roleRef, subjects = [] }: RoleBindingLike,
  namespaced: boolean,
): Rules {
  if (roleRef.apiGroup !== group) yield notSupported('roleRef.apiGroup', roleRef.apiGroup, [group]);
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(roleRef.kind)) yield notSupported('roleRef.kind', roleRef.kind, kinds);
  if (roleRef.name) yield* allInvalid('roleRef.name', roleRef.name, pathSegmentName(roleRef.name));
  else yield required('roleRef.name');
  for (const [index, one] of subjects.entries())
    yield* subject(`subjects[${index}]`, one, namespaced);
}

export function* sameRole(next: RoleBindingLike, before: RoleBindingLike): Rules {
  if (!equal(next.roleRef, before.roleRef))
    yield invalidValue('roleRef', next.roleRef, 'cannot change roleRef');
}

function* subject(
  path: string,
  { kind, name, apiGroup = '', namespace }: Subject,
  namespaced: boolean,
): Rules {
  if (!name) yield required(`${path}.name`);
  if (kind === 'ServiceAccount') {
    if (name) yield* allInvalid(`${path}.name`, name, subdomainName(name));
    if (apiGroup) yield notSupported(`${path}.apiGroup`, apiGroup, ['']);
    if (!namespaced && !namespace) yield required(`${path}.namespace`);
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== group) yield notSupported(`${path}.apiGroup`, apiGroup, [group]);
  } else yield notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']);
}

export function bindingDefaults({ roleRef, subjects = [] }: Draft<RoleBindingLike>): void {
  roleRef.apiGroup ||= group;
  for (const one of subjects)
    if (one.kind === 'User' || one.kind === 'Group') one.apiGroup ||= group;
}

const named = ({ subjects = [] }: RoleBindingLike, kind: string): string =>
  subjects
    .filter((one) => one.kind === kind)
    .map(({ name, namespace = '' }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name))
    .join(', ');

export const roleColumn: Column<RoleBindingLike> = textColumn(
  'Role',
  'The role that it gives.',
  ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
);
export const subjectColumns: readonly Column<RoleBindingLike>[] = [
  textColumn<RoleBindingLike>('Users', 'The users it is given to.', (one) => named(one, 'User')),
  textColumn<RoleBindingLike>('Groups', 'The groups it is given to.', (one) => named(one, 'Group')),
  textColumn<RoleBindingLike>('ServiceAccounts', 'The service accounts it is given to.', (one) =>
    named(one, 'ServiceAccount'),
  ),
].map(wide);
