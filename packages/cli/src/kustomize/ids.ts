import { fieldOf } from './fields.ts';
import type { Node } from './node.ts';
import { isClusterScoped } from './schema.ts';

export interface Gvk {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Which kinds and names something is about; what is empty or missing fits all. */
export type Selected = Partial<Gvk> & { readonly name?: string; readonly namespace?: string };

/** What an object is known by. */
export interface Id extends Gvk {
  readonly name: string;
  readonly namespace: string;
}

export const apiVersionOf = ({ group, version }: Gvk): string =>
  group ? `${group}/${version}` : version;

export function groupVersion(apiVersion: string): Pick<Gvk, 'group' | 'version'> {
  const at = apiVersion.indexOf('/');
  return at < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, at), version: apiVersion.slice(at + 1) };
}

export const gvkOf = (node: Node): Gvk => ({
  ...groupVersion(fieldOf(node, 'apiVersion')?.value ?? ''),
  kind: fieldOf(node, 'kind')?.value ?? '',
});

export const gvkText = ({ group, version, kind }: Partial<Gvk>): string =>
  `${kind || '[noKind]'}.${version || '[noVer]'}.${group || '[noGrp]'}`;

export const idText = (id: Selected): string =>
  `${gvkText(id)}/${id.name || '[noName]'}.${id.namespace || '[noNs]'}`;

export const isWholeCluster = (id: Gvk): boolean => isClusterScoped(apiVersionOf(id), id.kind);

/** The id as Go's `%#v` prints it. */
export const idSyntax = (id: Id): string =>
  `resid.ResId{Gvk:resid.Gvk{Group:${JSON.stringify(id.group)}, Version:${JSON.stringify(id.version)}, Kind:${JSON.stringify(id.kind)}, isClusterScoped:${isWholeCluster(id)}}, Name:${JSON.stringify(id.name)}, Namespace:${JSON.stringify(id.namespace)}}`;

/** What stands for the namespace of objects that have none. */
export const noNamespace = '_non_namespaceable_';

export const effectiveNamespace = (id: Id): string =>
  isWholeCluster(id) ? noNamespace : id.namespace || 'default';

export const isSameNamespace = (a: Id, b: Id): boolean =>
  effectiveNamespace(a) === effectiveNamespace(b);
export const isSameGvk = (a: Gvk, b: Gvk): boolean =>
  a.group === b.group && a.version === b.version && a.kind === b.kind;
export const isSameName = (a: Id, b: Id): boolean => a.name === b.name && isSameGvk(a, b);
export const isSame = (a: Id, b: Id): boolean => isSameNamespace(a, b) && isSameName(a, b);

export const selects = (selector: Partial<Gvk>, { group, version, kind }: Gvk): boolean =>
  (!selector.group || selector.group === group) &&
  (!selector.version || selector.version === version) &&
  (!selector.kind || selector.kind === kind);

/** Kinds that are put first and last, by kustomize's own idea of dependencies. */
export const orderFirst: readonly string[] = [
  ...['Namespace', 'ResourceQuota', 'StorageClass', 'CustomResourceDefinition', 'ServiceAccount'],
  ...['PodSecurityPolicy', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'],
  ...['ConfigMap', 'Secret', 'Endpoints', 'Service', 'LimitRange', 'PriorityClass'],
  ...['PersistentVolume', 'PersistentVolumeClaim', 'Deployment', 'StatefulSet', 'CronJob'],
  'PodDisruptionBudget',
];
export const orderLast: readonly string[] = [
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
];

/** The rank of kinds by two lists. */
export function rankOf(
  first: readonly string[],
  last: readonly string[],
): (kind: string) => number {
  const ranks = new Map<string, number>();
  for (const [at, kind] of first.entries()) ranks.set(kind, at - first.length);
  for (const [at, kind] of last.entries()) ranks.set(kind, at + 1);
  return (kind) => ranks.get(kind) ?? 0;
}

export const gvkSortText = ({ group, version, kind }: Partial<Gvk>): string =>
  `${group || '~G'}_${version || '~V'}_${kind || '~K'}`;

const defaultRank = rankOf(orderFirst, orderLast);

/** The order in which field specs are tried. */
export function compareGvks(a: Partial<Gvk>, b: Partial<Gvk>): number {
  const rank = defaultRank(a.kind ?? '') - defaultRank(b.kind ?? '');
  if (rank !== 0) return rank;
  const [left, right] = [gvkSortText(a), gvkSortText(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
