import { ReplicaSets } from '@coxswain/api';
import type { Deployment, ReplicaSet } from '@coxswain/api/types/apps-v1';
import type { PodTemplateSpec } from '@coxswain/api/types/core-v1';
import type { Action } from '@coxswain/control';
import { hashText } from '../objects/hash.ts';
import { controllerReference } from '../objects/owner.ts';
import { same } from '../objects/same.ts';
import { createdMs } from '../objects/time.ts';
import { Deployments } from '@coxswain/api';
import { maxRevision, newSetAnnotations, sizeAnnotations } from './revision.ts';
import { newSetSize, replicasOf } from './size.ts';

const hashKey = 'pod-template-hash';

/** A Deployment with its ReplicaSets, the one of the present template apart. */
export interface View {
  readonly d: Deployment;
  readonly all: readonly ReplicaSet[];
  readonly newest: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
  readonly revision: number; // of the newest, by what the old ones have
}

export function viewOf(d: Deployment, sets: readonly ReplicaSet[]): View {
  const all = sets.toSorted(olderFirst);
  const newest = all.find((rs) => sameTemplate(rs.spec?.template, d.spec?.template));
  const old = all.filter((rs) => rs !== newest);
  return { d, all, newest, old, revision: maxRevision(old) + 1 };
}

/** By age, then by name. */
export const olderFirst = (a: ReplicaSet, b: ReplicaSet): number =>
  createdMs(a) - createdMs(b) || (a.metadata.name < b.metadata.name ? -1 : 1);

export const isRunning = (rs: ReplicaSet): boolean => replicasOf(rs) > 0;

/** Alike but for the hash label. */
export const sameTemplate = (
  a: PodTemplateSpec | undefined,
  b: PodTemplateSpec | undefined,
): boolean => same(withoutHash(a), withoutHash(b));

export function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec | undefined {
  const labels = template?.metadata?.labels;
  if (!labels || !(hashKey in labels)) return template;
  const { [hashKey]: _hash, ...rest } = labels;
  return { ...template, metadata: { ...template.metadata!, labels: rest } };
}

/** The ReplicaSet for the present template. */
export function newSet(view: View): ReplicaSet {
  const { d, all, revision } = view;
  const hash = hashText(d.spec?.template, d.status?.collisionCount);
  const labels = { ...d.spec?.template?.metadata?.labels, [hashKey]: hash };
  const { selector, minReadySeconds, template } = d.spec!;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${d.metadata.name}-${hash}`,
      namespace: d.metadata.namespace,
      labels,
      annotations: { ...newSetAnnotations(d, undefined, revision), ...sizeAnnotations(d) },
      ownerReferences: [controllerReference(Deployments, d)],
    },
    spec: {
      replicas: newSetSize(d, all, 0),
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [hashKey]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  } as ReplicaSet;
}

/** Sets a ReplicaSet's size, and notes the Deployment's on it; nothing when both stand. */
export function resize(d: Deployment, rs: ReplicaSet, to: number): readonly Action[] {
  const annotations = { ...rs.metadata.annotations, ...sizeAnnotations(d) };
  const from = replicasOf(rs);
  if (from === to && same(annotations, rs.metadata.annotations)) return [];
  const direction = from < to ? 'up' : 'down';
  const update: Action = {
    do: 'update',
    resource: ReplicaSets,
    object: {
      ...rs,
      metadata: { ...rs.metadata, annotations },
      spec: { ...rs.spec!, replicas: to },
    } as ReplicaSet,
    ...(from !== to && {
      announce: {
        about: d,
        done: () => ({
          type: 'Normal',
          reason: 'ScalingReplicaSet',
          message: `Scaled ${direction} replica set ${rs.metadata.name} from ${from} to ${to}`,
        }),
      },
    }),
  };
  return [update];
}
