import type {
  CapacityRequirements,
  DeviceClass,
  DeviceRequest,
  DeviceSelector,
  DeviceSubRequest,
  DeviceToleration,
  ExactDeviceRequest,
  ResourceClaim,
} from '@coxswain/api/types/resource-v1';
import { hasRoom } from './capacity.ts';
import type { Offer, Pool } from './pools.ts';

/** Most results of one allocation. */
export const resultsMax = 32;

/** What makes it useless to go on with the pod, on any node: upstream's words. */
export class AllocationError extends Error {}

/** A request, or one alternative of a request. */
export interface Asked {
  /** The request's name. */
  readonly base: string;
  /** `request`, or `request/alternative`. */
  readonly name: string;
  /** Its own name, without the request's. */
  readonly own: string;
  readonly class: DeviceClass;
  readonly selectors: readonly DeviceSelector[];
  readonly tolerations: readonly DeviceToleration[] | undefined;
  readonly capacity: CapacityRequirements | undefined;
  readonly adminAccess: boolean;
  readonly count: number;
  /** Set when all that there are is asked for. */
  readonly all: readonly Offer[] | undefined;
}

/** What reading requests needs to know of the node. */
export interface Offered {
  readonly pools: readonly Pool[];
  readonly deviceClass: (name: string) => DeviceClass | undefined;
  /** Whether class and request pick a device. */
  readonly picks: (asked: Asked, offer: Offer, claim: ResourceClaim) => boolean;
  /** What is taken of a device's capacity. */
  readonly taken: (device: string) => Parameters<typeof hasRoom>[2];
}

/** `namespace/name`. */
export const claimKey = ({ metadata }: ResourceClaim): string =>
  `${metadata.namespace}/${metadata.name}`;

/** The requests of a claim with their alternatives; throws AllocationError for what cannot be done on any node. */
export function requestsOf(claim: ResourceClaim, offered: Offered): readonly (readonly Asked[])[] {
  const found = (claim.spec.devices?.requests ?? []).map((request) =>
    request.firstAvailable?.length
      ? request.firstAvailable.map((each) => read(claim, request, each, offered))
      : [read(claim, request, request.exactly!, offered)],
  );
  const least = found.reduce((sum, each) => sum + Math.min(...each.map(({ count }) => count)), 0);
  if (least > resultsMax)
    throw new AllocationError(
      `claim ${claimKey(claim)}: number of requested devices ${least} exceeds the claim limit of ${resultsMax}`,
    );
  return found;
}

function read(
  claim: ResourceClaim,
  { name: base }: DeviceRequest,
  given: ExactDeviceRequest | DeviceSubRequest,
  offered: Offered,
): Asked {
  const own = 'name' in given ? given.name : base;
  const where = `claim ${claimKey(claim)}, request ${own}`;
  const of = offered.deviceClass(given.deviceClassName);
  if (!of)
    throw new AllocationError(
      `${where}: could not retrieve device class ${given.deviceClassName}: deviceclass.resource.k8s.io "${given.deviceClassName}" not found`,
    );
  const { selectors = [], tolerations, capacity, allocationMode, count = 0 } = given;
  const adminAccess = 'adminAccess' in given && given.adminAccess === true;
  const asked = {
    ...{ base, own, name: 'name' in given ? `${base}/${own}` : base, class: of },
    ...{ selectors, tolerations, capacity, adminAccess, count, all: undefined },
  };
  if (allocationMode === 'ExactCount') return asked;
  if (allocationMode !== 'All')
    throw new AllocationError(`${where}: unsupported count mode ${allocationMode}`);
  const all = allOf(asked, claim, where, offered);
  return { ...asked, count: all.length, all };
}

/** All devices that are asked for, which must be known to be all. */
function allOf(
  asked: Asked,
  claim: ResourceClaim,
  where: string,
  { pools, picks, taken }: Offered,
): readonly Offer[] {
  return pools.flatMap(({ state, id, offers }) => {
    const wanting = `${where}: asks for all devices, but resource pool ${id} is currently`;
    if (state === 'incomplete') throw new AllocationError(`${wanting} being updated`);
    if (state === 'invalid') throw new AllocationError(`${wanting} invalid`);
    return offers.filter(
      (offer) =>
        picks(asked, offer, claim) && hasRoom(asked.capacity, offer.device, taken(offer.id)),
    );
  });
}
