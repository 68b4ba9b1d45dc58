import {
  type KubeObject,
  PersistentVolumeClaims,
  PersistentVolumes,
  type Resource,
} from '@coxswain/api';
import type { Node, PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import { boundTo, claimsOf, isReachable, selectedNode } from '@coxswain/api/volumes';
import { compareRevisions } from '@coxswain/client';
import { fits, type SchedulerPlugin } from '../framework/plugin.ts';
import type { Lookup, Progress, Reservation } from '../framework/reservation.ts';
import type { Storage } from '../framework/storage.ts';
import { isBound, type PodClaims, podClaims } from '../volumes/claims-of-pod.ts';
import { findVolumes, limitOf } from '../volumes/find-volumes.ts';
import { usesClaim } from '../volumes/pod-claims.ts';

interface State {
  readonly claims: PodClaims;
  readonly storage: Storage;
}

/** How long volumes may take to be bound or made, as upstream by default. */
export const bindTimeoutSeconds = 600;

const done: Progress = { is: 'done' };
const waiting: Progress = { is: 'waiting' };
const failed = (why: string): Progress => ({ is: 'failed', why });

/** How far the claims have come to their volumes on `node`. */
function progressOn(node: Node) {
  return (lookup: Lookup, written: readonly KubeObject[]): Progress => {
    const { name, labels } = node.metadata;
    let isDone = true;
    for (const object of written) {
      const isVolume = object.kind === 'PersistentVolume';
      const resource: Resource = isVolume ? PersistentVolumes : PersistentVolumeClaims;
      const now = lookup(resource, object.metadata.name, object.metadata.namespace);
      if (!now) return failed(missing(isVolume, object));
      const [ours, theirs] = [object, now].map(({ metadata }) => metadata.resourceVersion ?? '');
      if (compareRevisions(ours!, theirs!) > 0) return waiting; // not seen yet
      const next = isVolume
        ? volumeProgress(now, name, labels, lookup)
        : claimProgress(now as PersistentVolumeClaim, name, labels, lookup);
      if (next.is === 'failed') return next;
      if (next.is === 'waiting') isDone = false;
    }
    return isDone ? done : waiting;
  };
}

const missing = (isVolume: boolean, { metadata: { name, namespace } }: KubeObject): string =>
  isVolume
    ? `failed to check binding: persistentvolumes "${name}" not found`
    : `failed to check provisioning pvc: persistentvolumeclaims "${namespace}/${name}" not found`;

type Labels = Readonly<Record<string, string>> | undefined;

const outOfReach = (volume: string, node: string): Progress =>
  failed(
    `pv "${volume}" node affinity doesn't match node "${node}": no matching NodeSelectorTerms`,
  );

function volumeProgress(
  object: KubeObject,
  node: string,
  labels: Labels,
  lookup: Lookup,
): Progress {
  const volume = object as NonNullable<ReturnType<Storage['volume']>>;
  const { name } = volume.metadata;
  if (!isReachable(volume, labels)) return outOfReach(name, node);
  const { claimRef } = volume.spec ?? {};
  if (!claimRef?.uid) return failed(`ClaimRef got reset for pv "${name}"`);
  const claim = lookup(PersistentVolumeClaims, claimRef.name!, claimRef.namespace);
  if (!claim)
    return failed(
      `failed to check binding: persistentvolumeclaims "${claimRef.namespace}/${claimRef.name}" not found`,
    );
  return isBound(claim) ? done : waiting;
}

function claimProgress(
  claim: PersistentVolumeClaim,
  node: string,
  labels: Labels,
  lookup: Lookup,
): Progress {
  const { name, annotations } = claim.metadata;
  if (!annotations) return failed(`selectedNode annotation reset for PVC "${name}"`);
  // A provisioner that cannot make the volume takes the annotation away.
  if (annotations[selectedNode] !== node) return failed(`provisioning failed for PVC "${name}"`);
  const { volumeName } = claim.spec;
  if (volumeName) {
    const volume = lookup(PersistentVolumes, volumeName);
    if (!volume) return waiting;
    if (!isReachable(volume, labels)) return outOfReach(volumeName, node);
  }
  return isBound(claim) ? done : waiting;
}

/** Keeps pods to nodes that reach, or can get, their volumes, and has these bound before the pod is. */
export const volumeBindingWith = (timeoutSeconds: number): SchedulerPlugin<State> => ({
  name: 'VolumeBinding',
  wakeOn: [
    {
      event: 'class',
      cures: (_pod, event) =>
        event.type === 'class' &&
        (!event.before ||
          JSON.stringify(event.before.allowedTopologies) !==
            JSON.stringify(event.now.allowedTopologies)),
    },
    {
      event: 'claim',
      cures: (pod, event) => event.type === 'claim' && usesClaim(pod, event.now, 'any'),
    },
    { event: 'volume' },
    { event: 'node/add' },
    { event: 'node/labels' },
    { event: 'csi-node', cures: (_pod, event) => event.type === 'csi-node' && !event.before },
    {
      event: 'csi-driver',
      cures: ({ spec }, event) =>
        event.type === 'csi-driver' &&
        event.before?.spec.storageCapacity === true &&
        !event.now.spec.storageCapacity &&
        (spec.volumes ?? []).some(({ csi }) => csi?.driver === event.now.metadata.name),
    },
    {
      event: 'capacity',
      cures: (_pod, event) =>
        event.type === 'capacity' && (!event.before || limitOf(event.now) > limitOf(event.before)),
    },
  ],
  prepare(pod, { around: { storage } }) {
    if (claimsOf(pod).length === 0) return { is: 'skip' };
    const claims = podClaims(pod, storage);
    if (claims === undefined) return { is: 'skip' };
    if (typeof claims === 'string') return { is: 'rejected', reason: claims };
    if (claims.immediate.length > 0)
      return { is: 'rejected', reason: 'pod has unbound immediate PersistentVolumeClaims' };
    return { is: 'ready', state: { claims, storage } };
  },
  filter({ claims, storage }, { node }) {
    const found = findVolumes(claims, node, storage);
    return 'bindings' in found ? fits : { is: 'rejected', reasons: found, curable: false };
  },
  reserve({ claims, storage }, { node }): Reservation | undefined {
    const found = findVolumes(claims, node, storage);
    if (!('bindings' in found) || found.bindings.length + found.provisions.length === 0)
      return undefined;
    const volumes = found.bindings.map(({ volume, claim }) => boundTo(volume, claim));
    const annotated = found.provisions.map((claim) => {
      const { metadata } = claim;
      const annotations = { ...metadata.annotations, [selectedNode]: node.metadata.name };
      return { ...claim, metadata: { ...metadata, annotations } };
    });
    return {
      is: 'writes',
      writes: [
        ...volumes.map((object) => ({ resource: PersistentVolumes as Resource, object })),
        ...annotated.map((object) => ({ resource: PersistentVolumeClaims as Resource, object })),
      ],
      progress: progressOn(node),
      what: 'binding volumes: ',
      timeoutMs: timeoutSeconds * 1000,
    };
  },
});

/** As in the default profile. */
export const volumeBinding: SchedulerPlugin = volumeBindingWith(bindTimeoutSeconds);
