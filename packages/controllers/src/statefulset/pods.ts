import { StatefulSets } from '@coxswain/api';
import type { StatefulSet } from '@coxswain/api/types/apps-v1';
import type { Pod, PodTemplateSpec, Volume } from '@coxswain/api/types/core-v1';
import { isAvailable, isReady, isTerminating } from '../pods/state.ts';
import { podFromTemplate } from '../pods/template.ts';
import { revisionHashKey } from '../revisions/revisions.ts';
import { claimNameOf } from './claims.ts';

export const podNameKey: string = 'statefulset.kubernetes.io/pod-name';
const podIndexKey = 'apps.kubernetes.io/pod-index';

export const podNameOf = (set: StatefulSet, ordinal: number): string =>
  `${set.metadata.name}-${ordinal}`;

/** The place of a pod in the set; undefined for a pod that is not named as one of its members. */
export function ordinalOf(set: StatefulSet, { metadata }: Pod): number | undefined {
  const [, parent, ordinal] = /^(.*)-(\d+)$/.exec(metadata.name) ?? [];
  return parent === set.metadata.name ? Number(ordinal) : undefined;
}

export const replicasOf = ({ spec }: StatefulSet): number => spec?.replicas ?? 1;
export const startOf = ({ spec }: StatefulSet): number => spec?.ordinals?.start ?? 0;

export const revisionOf = ({ metadata }: Pod): string => metadata.labels?.[revisionHashKey] ?? '';

export const isRunningAndReady = (pod: Pod): boolean =>
  pod.status?.phase === 'Running' && isReady(pod);

export const isServing = (pod: Pod, set: StatefulSet, nowMs: number): boolean =>
  isRunningAndReady(pod) && isAvailable(pod, set.spec?.minReadySeconds, nowMs);

/** It does its part: neither waited for nor on its way out. */
export const isHealthy = (pod: Pod | undefined): boolean =>
  pod !== undefined && isRunningAndReady(pod) && !isTerminating(pod);

/** The labels that give a member its identity. */
export const identityOf = (
  set: StatefulSet,
  ordinal: number,
): Readonly<Record<string, string>> => ({
  [podNameKey]: podNameOf(set, ordinal),
  [podIndexKey]: String(ordinal),
});

/** The member of the set at `ordinal`, made from the template of `revision`. */
export function memberOf(
  set: StatefulSet,
  ordinal: number,
  template: PodTemplateSpec,
  revision: string,
): Pod {
  const pod = podFromTemplate(template, set, StatefulSets);
  const { generateName: _generated, ...metadata } = pod.metadata;
  const name = podNameOf(set, ordinal);
  const labels = {
    ...metadata.labels,
    ...identityOf(set, ordinal),
    [revisionHashKey]: revision,
  };
  const subdomain = set.spec?.serviceName;
  const volumes = volumesOf(set, ordinal, pod.spec?.volumes);
  const spec = {
    ...pod.spec!,
    hostname: name,
    ...(subdomain && { subdomain }),
    ...(volumes.length > 0 && { volumes }),
  };
  return { ...pod, metadata: { ...metadata, name, labels }, spec };
}

/** Claims first; a volume of the template that has a claim's name gives way to it. */
function volumesOf(
  set: StatefulSet,
  ordinal: number,
  own: readonly Volume[] | undefined,
): readonly Volume[] {
  const claimed = (set.spec?.volumeClaimTemplates ?? []).map(({ metadata: { name } }): Volume => ({
    name,
    persistentVolumeClaim: { claimName: claimNameOf(set, name, ordinal), readOnly: false },
  }));
  const taken = new Set(claimed.map(({ name }) => name));
  return [...claimed, ...(own ?? []).filter(({ name }) => !taken.has(name))];
}
