import { PersistentVolumes, Pods, ResourceSlices, VolumeAttachments } from '@coxswain/api';
import type { PersistentVolume, Pod } from '@coxswain/api/types/core-v1';
import type { ResourceSlice } from '@coxswain/api/types/resource-v1';
import type { VolumeAttachment } from '@coxswain/api/types/storage-v1';
import type { Objects } from './objects.ts';
import { claimNames, configMapNames, resourceClaimNames, secretNames } from './pod-references.ts';

/** Sorts of objects that a node may reach. */
export type Reached =
  | 'configmap'
  | 'persistentvolume'
  | 'persistentvolumeclaim'
  | 'pod'
  | 'resourceclaim'
  | 'resourceslice'
  | 'secret'
  | 'serviceaccount'
  | 'volumeattachment';

const keyOf = (sort: Reached, namespace: string, name: string): string =>
  `${sort}/${namespace}/${name}`;
const mirrorPod = 'kubernetes.io/config.mirror';

/**
 * Which objects a node's pods need, kept from the caches: node <- pod <- secret, configmap, service account, claim <- volume <- secret.
 * A question costs a look-up, however many nodes there are.
 */
export class NodeGraph {
  /** Key of an object -> node -> how many pods (or slices, attachments) lead there. */
  readonly #nodes = new Map<string, Map<string, number>>();
  /** Claim -> volumes bound to it, and secret -> volumes that need it; by keys. */
  readonly #volumes = new Map<string, Set<string>>();
  readonly #follows: readonly Disposable[];
  readonly #objects: Objects;

  constructor(objects: Objects) {
    this.#objects = objects;
    this.#follows = [
      objects.follow(Pods, (now, before) => {
        if (!opensTheSame(now, before)) this.#relink(podLinks(now), podLinks(before));
      }),
      objects.follow(VolumeAttachments, (now, before) =>
        this.#relink(attachmentLinks(now), attachmentLinks(before)),
      ),
      objects.follow(ResourceSlices, (now, before) =>
        this.#relink(sliceLinks(now), sliceLinks(before)),
      ),
      objects.follow(PersistentVolumes, (now, before) => this.#rebind(now, before)),
    ];
  }

  /** Whether something on `node` needs the object. */
  reaches(node: string, sort: Reached, namespace: string, name: string): boolean {
    const key = keyOf(sort, namespace, name);
    if (sort === 'persistentvolume') return this.#reachesVolume(node, name);
    if (this.#nodes.get(key)?.has(node)) return true;
    if (sort !== 'secret') return false;
    for (const volume of this.#volumes.get(key) ?? [])
      if (this.#reachesVolume(node, volume)) return true;
    return false;
  }

  [Symbol.dispose](): void {
    for (const follow of this.#follows) follow[Symbol.dispose]();
  }

  #reachesVolume(node: string, name: string): boolean {
    const claim = this.#objects.get(PersistentVolumes, name)?.spec?.claimRef;
    return (
      claim !== undefined &&
      this.reaches(node, 'persistentvolumeclaim', claim.namespace ?? '', claim.name ?? '')
    );
  }

  #relink(now: readonly Link[], before: readonly Link[]): void {
    for (const { key, node } of now) {
      const nodes = this.#nodes.getOrInsertComputed(key, () => new Map());
      nodes.set(node, (nodes.get(node) ?? 0) + 1);
    }
    for (const { key, node } of before) {
      const nodes = this.#nodes.get(key)!;
      const left = nodes.get(node)! - 1;
      if (left > 0) nodes.set(node, left);
      else nodes.delete(node);
      if (nodes.size === 0) this.#nodes.delete(key);
    }
  }

  #rebind(now: PersistentVolume | undefined, before: PersistentVolume | undefined): void {
    for (const key of volumeSecrets(before)) this.#volumes.get(key)?.delete(before!.metadata.name);
    for (const key of volumeSecrets(now))
      this.#volumes.getOrInsertComputed(key, () => new Set()).add(now!.metadata.name);
  }
}

interface Link {
  readonly key: string;
  readonly node: string;
}

/** Most writes of pods are of their status: the spec is then the very same value. */
const opensTheSame = (now: Pod | undefined, before: Pod | undefined): boolean =>
  now !== undefined &&
  now.spec === before?.spec &&
  now.status?.resourceClaimStatuses === before.status?.resourceClaimStatuses &&
  now.metadata.annotations?.[mirrorPod] === before.metadata.annotations?.[mirrorPod];

/** What a pod that is on a node opens to that node. Mirror pods open nothing but themselves. */
function podLinks(pod: Pod | undefined): readonly Link[] {
  const node = pod?.spec?.nodeName;
  if (!pod || !node) return [];
  const { name, namespace = '', annotations } = pod.metadata;
  const keys = new Set([keyOf('pod', namespace, name)]);
  if (annotations?.[mirrorPod] === undefined) {
    const open = (sort: Reached, names: Iterable<string>): void => {
      for (const one of names) keys.add(keyOf(sort, namespace, one));
    };
    if (pod.spec.serviceAccountName) open('serviceaccount', [pod.spec.serviceAccountName]);
    open('secret', secretNames(pod));
    open('configmap', configMapNames(pod));
    open('persistentvolumeclaim', claimNames(pod));
    open('resourceclaim', resourceClaimNames(pod));
  }
  return [...keys].map((key) => ({ key, node }));
}

const attachmentLinks = (attachment: VolumeAttachment | undefined): readonly Link[] =>
  attachment?.spec.nodeName
    ? [
        {
          key: keyOf('volumeattachment', '', attachment.metadata.name),
          node: attachment.spec.nodeName,
        },
      ]
    : [];

const sliceLinks = (slice: ResourceSlice | undefined): readonly Link[] =>
  slice?.spec.nodeName
    ? [{ key: keyOf('resourceslice', '', slice.metadata.name), node: slice.spec.nodeName }]
    : [];

/** The secrets that a bound volume needs, by key. Sources without a namespace mean the claim's. */
function volumeSecrets(volume: PersistentVolume | undefined): readonly string[] {
  const spec = volume?.spec;
  if (!spec?.claimRef) return [];
  const home = spec.claimRef.namespace ?? '';
  const { azureFile, cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos, csi } = spec;
  const references = [
    ...[cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos].map(
      (source) => source?.secretRef,
    ),
    ...[csi?.controllerPublishSecretRef, csi?.nodePublishSecretRef],
    ...[csi?.nodeStageSecretRef, csi?.nodeExpandSecretRef],
    azureFile && { name: azureFile.secretName, namespace: azureFile.secretNamespace },
  ];
  return references.flatMap((reference) =>
    reference?.name ? [keyOf('secret', reference.namespace || home, reference.name)] : [],
  );
}
