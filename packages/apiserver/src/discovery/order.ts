import type { Engine } from '../rest/engine.ts';
import type { Served } from '../rest/catalog.ts';

/** Upstream's groups by their priority. */
const groupOrder: readonly string[] = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

export interface Group {
  readonly name: string;
  /** Preferred first. */
  readonly versions: readonly { readonly version: string; readonly served: readonly Served[] }[];
}

interface Kept {
  readonly generation: number;
  readonly groups: readonly Group[];
}
const kept = new WeakMap<Engine['catalog'], Kept>();

/** All groups in discovery's order, each with its versions, newest first, and their resources by name; the very same until a kind comes or goes. */
export function groups({ catalog }: Engine): readonly Group[] {
  const { generation } = catalog;
  const known = kept.get(catalog);
  if (known?.generation === generation) return known.groups;
  const groups = groupsOf(catalog.all());
  kept.set(catalog, { generation, groups });
  return groups;
}

function groupsOf(all: readonly Served[]): readonly Group[] {
  const byGroup = new Map<string, Map<string, Served[]>>();
  for (const served of all) {
    const { group, version } = served.resource;
    const byVersion = byGroup.get(group) ?? new Map<string, Served[]>();
    byGroup.set(group, byVersion);
    byVersion.set(version, [...(byVersion.get(version) ?? []), served]);
  }
  const rank = (name: string): number => groupOrder.indexOf(name) + 1 || groupOrder.length + 1;
  return [...byGroup]
    .toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([name, byVersion]) => ({
      name,
      versions: [...byVersion]
        .toSorted(([a], [b]) => compareVersions(b, a))
        .map(([version, served]) => ({ version, served: served.toSorted(byName) })),
    }));
}

const byName = (a: Served, b: Served): number =>
  a.resource.resource < b.resource.resource ? -1 : 1;

/** Upstream's order of versions: GA above beta above alpha, then by number; what is none of these last. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [versionParts(a), versionParts(b)];
  if (!x || !y) return x ? 1 : y ? -1 : a < b ? 1 : -1;
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x[i]! - y[i]!;
  return 0;
}

function versionParts(version: string): readonly number[] | undefined {
  const parts = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!parts) return undefined;
  const stability = parts[2] === undefined ? 3 : parts[2] === 'beta' ? 2 : 1;
  return [stability, Number(parts[1]), Number(parts[3] ?? 0)];
}
