/** What claims and volumes say about each other: for the controller that binds them and the scheduler that chooses. */
import { selectorOf } from '../labels/index.ts';
import { compareQuantities } from '../quantity/index.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../generated/core-v1.ts';
import type { StorageClass } from '../generated/storage-v1.ts';
import { matchesTerm } from '../nodes/index.ts';

const legacyClass = 'volume.beta.kubernetes.io/storage-class';
/** Annotation of volumes and claims that were brought together by a component, not by their owner. */
export const boundByController = 'pv.kubernetes.io/bound-by-controller';
/** Annotation of claims whose binding is complete. */
export const bindCompleted = 'pv.kubernetes.io/bind-completed';
/** Annotation of claims whose volume is to be made for this node. */
export const selectedNode = 'volume.kubernetes.io/selected-node';
/** Stands in a class whose volumes are not made on demand. */
export const noProvisioner = 'kubernetes.io/no-provisioner';

/** The storage class of a claim or a volume; '' for none. */
export const classOf = ({ metadata, spec }: PersistentVolume | PersistentVolumeClaim): string =>
  metadata.annotations?.[legacyClass] ?? spec?.storageClassName ?? '';

/** Whether the claim says something of its class, be it that it wants none. */
export const hasClass = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  metadata.annotations?.[legacyClass] !== undefined || spec.storageClassName !== undefined;

/** Whether binding waits for the node of the first pod. */
export const isDelayed = (found: StorageClass | undefined): boolean =>
  found?.volumeBindingMode === 'WaitForFirstConsumer';

/** Whether the volume is for this claim, already or by its owner's wish. */
export function isFor({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const wanted = spec?.claimRef;
  return (
    wanted !== undefined &&
    wanted.name === metadata.name &&
    wanted.namespace === metadata.namespace &&
    (!wanted.uid || wanted.uid === metadata.uid)
  );
}

/** The quantity of storage that a volume has; '0' where it does not say. */
export const sizeOf = ({ spec }: PersistentVolume): string => spec?.capacity?.['storage'] ?? '0';
/** The quantity of storage that a claim asks for; '0' where it does not say. */
export const askedOf = ({ spec }: PersistentVolumeClaim): string =>
  spec.resources?.requests?.['storage'] ?? '0';
const modeOf = (spec: { readonly volumeMode?: string | undefined } | undefined): string =>
  spec?.volumeMode ?? 'Filesystem';

/** Whether both mean a file system, or both a raw device. */
export const sameMode = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  modeOf(volume.spec) === modeOf(claim.spec);
/** Whether both are of one VolumeAttributesClass, or of none. */
export const sameAttributes = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (volume.spec?.volumeAttributesClassName ?? '') === (claim.spec.volumeAttributesClassName ?? '');
/** Whether the volume can be used in every way that the claim asks for. */
export const hasAccess = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (claim.spec.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode));

/** Whether the volume's node affinity allows a node with these labels. */
export function isReachable(
  { spec }: PersistentVolume,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  const required = spec?.nodeAffinity?.required;
  if (!required) return true;
  const node: Node = { metadata: { name: '', ...(labels && { labels }) }, spec: {} };
  return required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** The volume as it is once it names `claim`; the same object where it does already. */
export function boundTo(
  volume: PersistentVolume,
  { metadata: { name, namespace, uid, resourceVersion } }: PersistentVolumeClaim,
): PersistentVolume {
  const wanted = volume.spec?.claimRef;
  if (wanted?.uid === uid && wanted?.name === name && wanted?.namespace === namespace)
    return volume;
  const claimRef = {
    ...{ kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid },
    resourceVersion,
  };
  const isWished = wanted?.name === name && wanted?.namespace === namespace && !wanted?.uid;
  const annotations = { ...volume.metadata.annotations, [boundByController]: 'yes' };
  return {
    ...volume,
    metadata: isWished ? volume.metadata : { ...volume.metadata, annotations },
    spec: { ...volume.spec, claimRef },
  };
}

/** Whether a free volume can serve a claim, its place and its selector aside. */
export const serves = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  compareQuantities(sizeOf(volume), askedOf(claim)) >= 0 &&
  sameMode(volume, claim) &&
  sameAttributes(volume, claim) &&
  !volume.metadata.deletionTimestamp;

/** Whether the claim's selector, if it has one, means the volume. */
export const isSelected = (
  { metadata }: PersistentVolume,
  { spec }: PersistentVolumeClaim,
): boolean => !spec.selector || selectorOf(spec.selector).matches(metadata.labels);

/** A volume of a pod that stands for a claim. */
export interface ClaimUse {
  readonly claim: string;
  /** The claim is made for the pod, and must belong to it. */
  readonly isOwn: boolean;
}

/** The claims of a pod, those it carries inside it among them. */
export const claimsOf = ({ metadata, spec }: Pod): readonly ClaimUse[] =>
  (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }): ClaimUse[] => {
    if (persistentVolumeClaim) return [{ claim: persistentVolumeClaim.claimName, isOwn: false }];
    return ephemeral ? [{ claim: `${metadata.name}-${name}`, isOwn: true }] : [];
  });

/** Why a claim that was made for `pod` is none of its own; undefined when it is. */
export function notOwned(claim: PersistentVolumeClaim, pod: Pod): string | undefined {
  const owner = claim.metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner && owner.uid === pod.metadata.uid) return undefined;
  const [mine, its] = [claim, pod].map(
    ({ metadata: { namespace, name } }) => `${namespace}/${name}`,
  );
  return `PVC ${mine} was not created for pod ${its} (pod is not owner)`;
}
