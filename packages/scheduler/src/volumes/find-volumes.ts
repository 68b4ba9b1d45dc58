import { selectorOf } from '@coxswain/api';
import { compareQuantities, wholeValue } from '@coxswain/api/quantity';
import type {
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  TopologySelectorTerm,
} from '@coxswain/api/types/core-v1';
import type { CSIStorageCapacity } from '@coxswain/api/types/storage-v1';
import {
  askedOf,
  classOf,
  hasAccess,
  isFor,
  isReachable,
  isSelected,
  noProvisioner,
  selectedNode,
  serves,
  sizeOf,
} from '@coxswain/api/volumes';
import type { Storage } from '../framework/storage.ts';
import type { PodClaims } from './claims-of-pod.ts';

/** What a node has for the claims of a pod. */
export interface Found {
  /** Volumes that are there already, for claims that have none yet. */
  readonly bindings: readonly {
    readonly volume: PersistentVolume;
    readonly claim: PersistentVolumeClaim;
  }[];
  /** Claims whose volumes would be made on the node. */
  readonly provisions: readonly PersistentVolumeClaim[];
}

const unreachable = "node(s) didn't match PersistentVolume's node affinity";
const nothingToBind = "node(s) didn't find available persistent volumes to bind";
const noSpace = 'node(s) did not have enough free storage';
const volumeGone = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

/** Volumes on `node` for the claims, or the reasons why it has none. */
export function findVolumes(
  { bound, delayed }: PodClaims,
  node: Node,
  storage: Storage,
): Found | readonly string[] {
  const reasons: string[] = [];
  const problem = boundProblem(bound, node, storage);
  // What is said first is what upstream says first; a volume that is gone comes last.
  if (problem === unreachable) reasons.push(unreachable);
  const found = delayed.length === 0 ? nothing : findForDelayed(delayed, node, storage);
  if (typeof found === 'string') reasons.push(found);
  if (problem === volumeGone) reasons.push(volumeGone);
  return reasons.length > 0 || typeof found === 'string' ? reasons : found;
}

const nothing: Found = { bindings: [], provisions: [] };

function boundProblem(
  bound: readonly PersistentVolumeClaim[],
  { metadata }: Node,
  storage: Storage,
): string | undefined {
  for (const { spec } of bound) {
    const volume = storage.volume(spec.volumeName!);
    if (!volume) return volumeGone;
    if (!isReachable(volume, metadata.labels)) return unreachable;
  }
  return undefined;
}

function findForDelayed(
  claims: readonly PersistentVolumeClaim[],
  node: Node,
  storage: Storage,
): Found | string {
  const chosenOf = ({ metadata }: PersistentVolumeClaim): string | undefined =>
    metadata.annotations?.[selectedNode];
  const provisions = claims.filter((claim) => chosenOf(claim) !== undefined);
  if (provisions.some((claim) => chosenOf(claim) !== node.metadata.name)) return nothingToBind;
  const bindings: { volume: PersistentVolume; claim: PersistentVolumeClaim }[] = [];
  const taken = new Set<string>();
  // The smallest first, so that each finds the smallest that does.
  const open = claims
    .filter((claim) => chosenOf(claim) === undefined)
    .toSorted((a, b) => compareQuantities(askedOf(a), askedOf(b)));
  for (const claim of open) {
    const volume = matchingVolume(claim, node, taken, storage);
    if (!volume) {
      provisions.push(claim);
      continue;
    }
    taken.add(volume.metadata.name);
    bindings.push({ volume, claim });
  }
  for (const claim of provisions) {
    const problem = provisionProblem(claim, node, storage);
    if (problem !== undefined) return problem;
  }
  return { bindings, provisions };
}

/** The volume that is for the claim already, else the smallest free one of its class that the node reaches. */
function matchingVolume(
  claim: PersistentVolumeClaim,
  { metadata }: Node,
  taken: ReadonlySet<string>,
  storage: Storage,
): PersistentVolume | undefined {
  let smallest: PersistentVolume | undefined;
  for (const volume of storage.volumesOfClass(classOf(claim))) {
    if (taken.has(volume.metadata.name)) continue;
    const isMine = isFor(volume, claim);
    if ((volume.spec?.claimRef && !isMine) || !serves(volume, claim)) continue;
    const isHere = isReachable(volume, metadata.labels);
    if (isMine) return isHere ? volume : undefined;
    if (!isHere || volume.status?.phase !== 'Available') continue;
    if (!isSelected(volume, claim) || !hasAccess(volume, claim)) continue;
    if (!smallest || compareQuantities(sizeOf(smallest), sizeOf(volume)) > 0) smallest = volume;
  }
  return smallest;
}

/** Why no volume can be made for the claim on the node. */
function provisionProblem(
  claim: PersistentVolumeClaim,
  { metadata: { labels } }: Node,
  storage: Storage,
): string | undefined {
  const found = storage.storageClass(classOf(claim));
  if (!found?.provisioner || found.provisioner === noProvisioner) return nothingToBind;
  if (!matchesTopology(found.allowedTopologies, labels)) return nothingToBind;
  const size = claim.spec.resources?.requests?.['storage'];
  if (size === undefined || !storage.csiDriver(found.provisioner)?.spec.storageCapacity)
    return undefined;
  const suffices = storage
    .capacitiesOf(found.metadata.name)
    .some(
      (capacity) =>
        limitOf(capacity) >= wholeValue(size) &&
        capacity.nodeTopology !== undefined &&
        selectorOf(capacity.nodeTopology).matches(labels),
    );
  return suffices ? undefined : noSpace;
}

/** The largest volume, in bytes, that can be made of `capacity`; below zero when it does not say. */
export const limitOf = ({ maximumVolumeSize, capacity }: CSIStorageCapacity): number => {
  const limit = maximumVolumeSize ?? capacity;
  return limit === undefined ? -1 : wholeValue(limit);
};

const matchesTopology = (
  terms: readonly TopologySelectorTerm[] | undefined,
  labels: Readonly<Record<string, string>> = {},
): boolean =>
  !terms?.length ||
  terms.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values }) => {
      const value = labels[key];
      return value !== undefined && values.includes(value);
    }),
  );
