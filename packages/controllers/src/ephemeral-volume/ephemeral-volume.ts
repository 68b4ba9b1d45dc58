import { type KubeObject, PersistentVolumeClaims, Pods } from '@coxswain/api';
import type { PersistentVolumeClaim, Pod, Volume } from '@coxswain/api/types/core-v1';
import type { Action, Controller, Observed, Said } from '@coxswain/control';
import { controllerKeys, controllerOf, controllerReference } from '../objects/owner.ts';
import { namespaceIsGoing } from '../objects/going.ts';

/** Makes the claims that pods carry inside them. */
export const ephemeralVolumeController: Controller<Pod> = {
  name: 'ephemeral-volume-controller',
  eventSource: 'ephemeral_volume',
  reconciles: Pods,
  keys: (now) =>
    now && now.spec.volumes?.some(({ ephemeral }) => ephemeral)
      ? [`${now.metadata.namespace}/${now.metadata.name}`]
      : [],
  watches: [
    {
      resource: PersistentVolumeClaims,
      keys: (now, before) => (now ? [] : controllerKeys(Pods, before)),
    },
  ],
  writes: [{ resource: PersistentVolumeClaims, verbs: ['create'] }],
  plan: (pod, observed) => ({
    actions:
      pod && !pod.metadata.deletionTimestamp
        ? (pod.spec.volumes ?? []).flatMap((volume) => claimFor(pod, volume, observed))
        : [],
  }),
};

function claimFor(pod: Pod, volume: Volume, observed: Observed): readonly Action[] {
  const { ephemeral } = volume;
  if (!ephemeral) return [];
  const { namespace } = pod.metadata;
  const name = `${pod.metadata.name}-${volume.name}`;
  const said = (why: string): Said => ({
    type: 'Warning',
    reason: 'FailedBinding',
    message: `ephemeral volume ${volume.name}: ${why}`,
  });
  const found = observed.get(PersistentVolumeClaims, name, namespace);
  if (found) {
    if (controllerOf(found)?.uid === pod.metadata.uid) return [];
    const why = `PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`;
    return [{ do: 'event', about: pod as KubeObject, ...said(why) }];
  }
  const { metadata, spec } = ephemeral.volumeClaimTemplate!;
  const object: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...{ name, namespace },
      ...(metadata?.annotations && { annotations: metadata.annotations }),
      ...(metadata?.labels && { labels: metadata.labels }),
      ownerReferences: [controllerReference(Pods, pod)],
    },
    spec,
  };
  const announce = {
    about: pod as KubeObject,
    failed: (error: Error) =>
      namespaceIsGoing(error) ? undefined : said(`create PVC ${name}: ${error.message}`),
  };
  return [{ do: 'create', resource: PersistentVolumeClaims, object, announce }];
}
