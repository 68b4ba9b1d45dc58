import type { Deployment, ReplicaSet } from '@coxswain/api/types/apps-v1';
import { maxSurge } from './size.ts';

const prefix = 'deployment.kubernetes.io/';
export const revisionKey: string = `${prefix}revision`;
const historyKey = `${prefix}revision-history`;
const desiredKey = `${prefix}desired-replicas`;
const maxKey = `${prefix}max-replicas`;
/** Annotations that a Deployment and its ReplicaSets do not share. */
const own = new Set([
  ...['kubectl.kubernetes.io/last-applied-configuration', 'deprecated.deployment.rollback.to'],
  ...[revisionKey, historyKey, desiredKey, maxKey],
]);
const historyTextMax = 2000;

type Annotations = Readonly<Record<string, string>>;

/** The place of a ReplicaSet in its Deployment's rollouts; 0 where it has none. */
export function revisionOf(rs: ReplicaSet): number {
  const revision = Number(rs.metadata.annotations?.[revisionKey] ?? 0);
  return Number.isInteger(revision) ? revision : 0;
}

export const maxRevision = (sets: readonly ReplicaSet[]): number =>
  Math.max(0, ...sets.map(revisionOf));

/** The revision before the last; 0 when there is none. */
export function lastRevision(sets: readonly ReplicaSet[]): number {
  const revisions = sets.map(revisionOf).toSorted((a, b) => b - a);
  return revisions[1] ?? 0;
}

const numberIn = (rs: ReplicaSet, key: string): number | undefined => {
  const text = rs.metadata.annotations?.[key];
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
};
export const desiredReplicas = (rs: ReplicaSet): number | undefined => numberIn(rs, desiredKey);
export const maxReplicas = (rs: ReplicaSet): number | undefined => numberIn(rs, maxKey);

/** What a ReplicaSet must know of its Deployment's size to be scaled in proportion. */
export const sizeAnnotations = (d: Deployment): Annotations => ({
  [desiredKey]: String(d.spec?.replicas ?? 1),
  [maxKey]: String((d.spec?.replicas ?? 1) + maxSurge(d)),
});

const shared = (annotations: Annotations | undefined): Annotations =>
  Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !own.has(key)));

/** The newest ReplicaSet's annotations: the Deployment's, and the revision. A ReplicaSet come back keeps its older revisions. */
export function newSetAnnotations(
  d: Deployment,
  before: Annotations | undefined,
  revision: number,
): Annotations {
  const annotations: Record<string, string> = { ...before, ...shared(d.metadata.annotations) };
  const old = before?.[revisionKey];
  if (Number(old ?? 0) >= revision) return annotations;
  annotations[revisionKey] = String(revision);
  if (old !== undefined) annotations[historyKey] = withOld(before?.[historyKey], old);
  return annotations;
}

function withOld(history: string | undefined, revision: string): string {
  const all = [...(history ? history.split(',') : []), revision];
  while (all.length > 1 && all.join(',').length > historyTextMax) all.shift();
  return all.join(',');
}

/** A Deployment's annotations after it was rolled back to `rs`. */
export const rolledBackAnnotations = (d: Deployment, rs: ReplicaSet): Annotations => ({
  ...Object.fromEntries(
    Object.entries(d.metadata.annotations ?? {}).filter(([key]) => own.has(key)),
  ),
  ...shared(rs.metadata.annotations),
});
