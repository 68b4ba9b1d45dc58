import { selectorOf } from '@coxswain/api';
import { compareQuantities } from '@coxswain/api/quantity';
import type { PersistentVolume, PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import type { StorageClass } from '@coxswain/api/types/storage-v1';

const legacyClass = 'volume.beta.kubernetes.io/storage-class';
export const boundByController = 'pv.kubernetes.io/bound-by-controller';
export const bindCompleted = 'pv.kubernetes.io/bind-completed';
export const selectedNode = 'volume.kubernetes.io/selected-node';

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

const sizeOf = ({ spec }: PersistentVolume): string => spec?.capacity?.['storage'] ?? '0';
const askedOf = ({ spec }: PersistentVolumeClaim): string =>
  spec.resources?.requests?.['storage'] ?? '0';
const modeOf = (spec: { readonly volumeMode?: string | undefined } | undefined): string =>
  spec?.volumeMode ?? 'Filesystem';

export const sameMode = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  modeOf(volume.spec) === modeOf(claim.spec);
const sameAttributes = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (volume.spec?.volumeAttributesClassName ?? '') === (claim.spec.volumeAttributesClassName ?? '');
const hasAccess = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (claim.spec.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode));

/** Why a volume that the claim names cannot serve it; undefined when it can. */
export function mismatch(
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): string | undefined {
  if (volume.metadata.deletionTimestamp)
    return `the volume is marked for deletion "${volume.metadata.name}"`;
  if (compareQuantities(sizeOf(volume), askedOf(claim)) < 0) return 'requested PV is too small';
  if (classOf(volume) !== classOf(claim)) return 'storageClassName does not match';
  if (!sameAttributes(volume, claim)) return 'volumeAttributesClassName does not match';
  if (!sameMode(volume, claim)) return 'incompatible volumeMode';
  return hasAccess(volume, claim) ? undefined : 'incompatible accessMode';
}

/**
 * The volume that is for the claim already, else the smallest free one that serves it, of those with the fewest access
 * modes. Where binding is delayed the free ones are the scheduler's to choose from.
 */
export function bestVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  delayed: boolean,
): PersistentVolume | undefined {
  const selector = claim.spec.selector && selectorOf(claim.spec.selector);
  const fits = volumes.filter(
    (each) =>
      (!each.spec?.claimRef || isFor(each, claim)) &&
      compareQuantities(sizeOf(each), askedOf(claim)) >= 0 &&
      sameMode(each, claim) &&
      sameAttributes(each, claim) &&
      hasAccess(each, claim) &&
      !each.metadata.deletionTimestamp,
  );
  const bound = fits.find((each) => isFor(each, claim));
  if (bound || delayed) return bound;
  const modes = ({ spec }: PersistentVolume): number => spec?.accessModes?.length ?? 0;
  return fits
    .filter(
      (each) =>
        each.status?.phase === 'Available' &&
        classOf(each) === classOf(claim) &&
        (!selector || selector.matches(each.metadata.labels)),
    )
    .toSorted((a, b) => modes(a) - modes(b) || compareQuantities(sizeOf(a), sizeOf(b)))[0];
}
