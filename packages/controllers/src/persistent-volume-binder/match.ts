import { compareQuantities } from '@coxswain/api/quantity';
import type { PersistentVolume, PersistentVolumeClaim } from '@coxswain/api/types/core-v1';
import {
  askedOf,
  classOf,
  hasAccess,
  isFor,
  isSelected,
  sameAttributes,
  sameMode,
  serves,
  sizeOf,
} from '@coxswain/api/volumes';

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
  const fits = volumes.filter(
    (each) =>
      (!each.spec?.claimRef || isFor(each, claim)) && serves(each, claim) && hasAccess(each, claim),
  );
  const bound = fits.find((each) => isFor(each, claim));
  if (bound || delayed) return bound;
  const modes = ({ spec }: PersistentVolume): number => spec?.accessModes?.length ?? 0;
  return fits
    .filter(
      (each) =>
        each.status?.phase === 'Available' &&
        classOf(each) === classOf(claim) &&
        isSelected(each, claim),
    )
    .toSorted((a, b) => modes(a) - modes(b) || compareQuantities(sizeOf(a), sizeOf(b)))[0];
}
