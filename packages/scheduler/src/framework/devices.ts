import type { Pod } from '@coxswain/api/types/core-v1';
import type { AllocationResult, DeviceClass, ResourceClaim } from '@coxswain/api/types/resource-v1';
import { type Allocated, AllocatedDevices } from '../resources/allocated.ts';
import { indexSlices, type SliceIndex } from '../resources/pools.ts';
import type { Mapping } from '../resources/extended-claim.ts';

/** Devices, classes and claims; claims as they are once what this scheduler has written is seen. */
export interface Devices {
  readonly claim: (name: string, namespace: string | undefined) => ResourceClaim | undefined;
  /** Made for the extended resources of the pod in an earlier cycle. */
  readonly extendedClaimOf: (pod: Pod) => ResourceClaim | undefined;
  /** Devices were chosen for it that are not written yet. */
  readonly isPending: (claim: ResourceClaim) => boolean;
  readonly deviceClass: (name: string) => DeviceClass | undefined;
  /** The class that stands for an extended resource. */
  readonly classFor: (resource: string) => DeviceClass | undefined;
  readonly slices: () => SliceIndex;
  readonly allocated: Allocated;
  readonly nowMs: () => number;
}

const noSlices: SliceIndex = indexSlices([]);

/** For whoever has no devices. */
export const noDevices: Devices = {
  claim: () => undefined,
  extendedClaimOf: () => undefined,
  isPending: () => false,
  deviceClass: () => undefined,
  classFor: () => undefined,
  slices: () => noSlices,
  allocated: new AllocatedDevices(),
  nowMs: () => 0,
};

/** A claim that has to say that it is the pod's. */
export interface ClaimTaken {
  readonly claim: ResourceClaim;
  /** What was chosen for it; absent where it has its devices already. */
  readonly allocation?: AllocationResult | undefined;
  /** It is not in the API yet: it stands for the pod's extended resources, by container. */
  readonly mappings?: readonly Mapping[] | undefined;
}

/** Devices that a pod takes on its node. */
export interface DeviceReservation {
  readonly is: 'devices';
  readonly pod: Pod;
  readonly node: string;
  /** All claims of the pod. */
  readonly claims: readonly ClaimTaken[];
  /** How long devices may take to be ready. */
  readonly timeoutMs: number;
}

/** A claim that a pod gives up to get other devices: it loses them, or goes where the scheduler made it. */
export interface GivenUp {
  readonly claim: ResourceClaim;
  readonly how: 'deallocate' | 'delete';
}
