import { ClusterRoleBindings, ClusterRoles, RoleBindings, Roles } from '@coxswain/api';
import type { PolicyRule, RoleBinding, Role } from '@coxswain/api/types/rbac-v1';
import { type Describer, describer } from './describer.ts';
import { type Lines, listText, named, table } from './lines.ts';

/** A rule of one resource, or of one URL. */
interface Single {
  readonly group: readonly string[];
  readonly resource: readonly string[];
  readonly name: readonly string[];
  readonly url: readonly string[];
  readonly verbs: string[];
}

/** Rules taken apart to single resources with all their verbs; URLs keep a line for each verb. */
function singles(rules: readonly PolicyRule[]): readonly Single[] {
  const urls: Single[] = [];
  const known = new Map<string, Single>();
  for (const {
    apiGroups = [],
    resources = [],
    resourceNames = [],
    nonResourceURLs = [],
    verbs,
  } of rules) {
    for (const group of apiGroups)
      for (const resource of resources)
        for (const name of resourceNames.length > 0 ? resourceNames.map((each) => [each]) : [[]]) {
          const key = JSON.stringify([group, resource, name]);
          const single = known.get(key) ?? {
            ...{ group: [group], resource: [resource], name, url: [], verbs: [] },
          };
          known.set(key, single);
          for (const verb of verbs) if (!single.verbs.includes(verb)) single.verbs.push(verb);
        }
    for (const url of nonResourceURLs)
      for (const verb of verbs)
        urls.push({ group: [], resource: [], name: [], url: [url], verbs: [verb] });
  }
  return [...urls, ...[...known.values()].filter(({ verbs }) => verbs.length > 0)];
}

/** How Go prints the rule: what they are sorted by. */
const sortKey = ({ verbs, group, resource, name, url }: Single): string =>
  `Verbs:${listText(verbs)},APIGroups:${listText(group)},Resources:${listText(resource)},ResourceNames:${listText(name)},NonResourceURLs:${listText(url)},`;

/** `deployments.apps/scale` */
function resourceText({ group: [group], resource: [resource] }: Single): string {
  if (resource === undefined) return '';
  const [name, ...rest] = resource.split('/');
  return [`${name}${group ? `.${group}` : ''}`, ...(rest.length > 0 ? [rest.join('/')] : [])].join(
    '/',
  );
}

/** Columns of rules. */
export const ruleColumns = ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'] as const;

/** Rules taken apart, a line each, cells behind tabs. */
export const ruleRows = (rules: readonly PolicyRule[]): readonly string[] =>
  singles(rules)
    .map((single) => ({ single, key: sortKey(single) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(
      ({ single }) =>
        `${resourceText(single)}\t${listText(single.url)}\t${listText(single.name)}\t${listText(single.verbs)}`,
    );

const roleLines = ({ metadata, rules }: Role): Lines => [
  ...named(metadata),
  'PolicyRule:',
  table(ruleColumns, ruleRows(rules ?? [])),
];

const bindingLines = ({ metadata, roleRef, subjects = [] }: RoleBinding): Lines => [
  ...named(metadata),
  'Role:',
  [`Kind:\t${roleRef.kind}`, `Name:\t${roleRef.name}`],
  'Subjects:',
  table(
    ['Kind', 'Name', 'Namespace'],
    subjects.map(({ kind, name, namespace = '' }) => `${kind}\t${name}\t${namespace}`),
  ),
];

/** Roles and bindings, of a namespace and of the cluster. */
export const rbac: readonly Describer[] = [
  describer({ resource: Roles, events: 'none', lines: roleLines }),
  describer({ resource: ClusterRoles, events: 'none', lines: roleLines }),
  describer({ resource: RoleBindings, events: 'none', lines: bindingLines }),
  describer({ resource: ClusterRoleBindings, events: 'none', lines: bindingLines }),
];
