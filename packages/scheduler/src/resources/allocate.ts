import type { Node } from '@coxswain/api/types/core-v1';
import type { AllocationResult, DeviceClass, ResourceClaim } from '@coxswain/api/types/resource-v1';
import type { Allocated } from './allocated.ts';
import { Capacities, hasRoom, type Taken, takenBy } from './capacity.ts';
import { type Constraint, constraintOf } from './constraints.ts';
import { Counters } from './counters.ts';
import type { Offer, Pool } from './pools.ts';
import { AllocationError, type Asked, claimKey, requestsOf, resultsMax } from './requests.ts';
import { isTainted, picks } from './selection.ts';
import { allocationOf } from './allocation-result.ts';

/** What is there to be allocated. */
export interface Supply {
  readonly deviceClass: (name: string) => DeviceClass | undefined;
  readonly allocated: Allocated;
  /** What pools have left of counters, found once for all nodes. */
  readonly counters: ConstructorParameters<typeof Counters>[1];
  /** Requests as they were read, of claims for which every node reads them alike. */
  readonly read: Map<ResourceClaim, readonly (readonly Asked[])[]>;
  /** After so many devices were tried on one node the search is given up. */
  readonly stepsMax: number;
}

/** A device that was chosen. */
export interface Chosen {
  readonly asked: Asked;
  readonly offer: Offer;
  /** Set when others may have the rest of it. */
  readonly taken: Taken | undefined;
}

/** How far a search came: `tooMany` when all that is left to try needs more devices than a claim may have. */
type Step = 'done' | 'no' | 'tooMany';

/** What came of it: nothing where the devices do not suffice; `invalid` when that may be the fault of a pool. */
export type Allocation = (() => readonly AllocationResult[]) | 'none' | 'invalid';

/**
 * Devices for claims on a node: the first solution, in upstream's order of pools, devices, requests and claims. Throws
 * AllocationError for what is wrong on all nodes alike.
 */
export function allocate(
  claims: readonly ResourceClaim[],
  node: Node,
  pools: readonly Pool[],
  supply: Supply,
): Allocation {
  const search = new Search(claims, node, pools, supply);
  if (search.request(0, 0) !== 'done')
    return pools.some(({ state }) => state === 'invalid') ? 'invalid' : 'none';
  // Told of one node alone: the one that is taken.
  return () =>
    claims.map((claim, at) =>
      allocationOf(claim, search.chosen[at]!, search.picked(at), node.metadata.name),
    );
}

class Search {
  readonly chosen: Chosen[][];
  readonly #claims: readonly ResourceClaim[];
  readonly #requests: readonly (readonly (readonly Asked[])[])[];
  readonly #constraints: readonly (readonly Constraint[])[];
  readonly #offers: readonly Offer[];
  readonly #node: Node;
  readonly #allocated: Allocated;
  readonly #counters: Counters;
  /** Of devices that this search has taken. */
  readonly #capacities = new Capacities();
  readonly #takers = new Map<string, Set<number>>();
  /** By claim and request: the alternative that was taken. */
  readonly #alternatives: number[][];
  #stepsLeft: number;

  constructor(
    claims: readonly ResourceClaim[],
    node: Node,
    pools: readonly Pool[],
    supply: Supply,
  ) {
    const { deviceClass, allocated, counters, stepsMax } = supply;
    this.#stepsLeft = stepsMax;
    this.#claims = claims;
    this.#node = node;
    this.#allocated = allocated;
    this.#counters = new Counters(allocated, counters);
    this.#offers = pools.length === 1 ? pools[0]!.offers : pools.flatMap(({ offers }) => offers);
    const offered = {
      ...{ pools, deviceClass },
      picks: (asked: Asked, offer: Offer, claim: ResourceClaim) => picks(asked, offer, claim, node),
      taken: (device: string) => allocated.capacities.of(device),
    };
    // Claim by claim, as it is told of the first that is wrong.
    const read = claims.map((claim) => {
      const requests = supply.read.get(claim) ?? requestsOf(claim, offered);
      if (requests.every((each) => each.every(({ all }) => !all))) supply.read.set(claim, requests);
      return [requests, constraintsOf(claim)] as const;
    });
    this.#requests = read.map(([requests]) => requests);
    this.#constraints = read.map(([, constraints]) => constraints);
    this.chosen = claims.map(() => []);
    this.#alternatives = claims.map(() => []);
  }

  /** What was taken of the alternatives of each request. */
  picked(claim: number): readonly Asked[] {
    return this.#requests[claim]!.map((each, at) => each[this.#alternatives[claim]![at] ?? 0]!);
  }

  /** Everything from that request on. */
  request(claim: number, request: number): Step {
    if (claim >= this.#claims.length) return 'done';
    const alternatives = this.#requests[claim]![request];
    if (!alternatives) {
      // A former claim may leave more room by other means.
      const step = this.request(claim + 1, 0);
      return step === 'tooMany' ? 'no' : step;
    }
    let worst: Step = 'tooMany';
    for (const [at, asked] of alternatives.entries()) {
      const step = this.#device({ claim, request, asked }, 0, 0);
      if (step === 'done') this.#alternatives[claim]![request] = at;
      if (step === 'done') return step;
      if (step === 'no') worst = 'no';
    }
    return worst;
  }

  /** The device of that number of a request, out of those from `start` on, and everything after it. */
  #device(at: Place, number: number, start: number): Step {
    const { claim, asked } = at;
    if (this.#stepsLeft-- <= 0)
      throw new AllocationError(
        `node ${this.#node.metadata.name}: timed out trying to allocate devices`,
      );
    if (asked.all?.length === 0) return 'no';
    if (number >= asked.count) return this.request(claim, at.request + 1);
    if (this.chosen[claim]!.length + asked.count - number > resultsMax) return 'tooMany';
    if (asked.all) {
      const offer = asked.all[number]!;
      if (!this.#take(at, offer, true)) return 'no';
      return this.#onward(at, offer, number, 0);
    }
    for (let index = start; index < this.#offers.length; index++) {
      const offer = this.#offers[index]!;
      if (!this.#isFree(at, offer.id) || !this.#isPicked(at, offer)) continue;
      if (!this.#take(at, offer, false)) continue;
      const step = this.#onward(at, offer, number, index + 1);
      if (step !== 'no') return step;
    }
    return 'no';
  }

  #onward(at: Place, offer: Offer, number: number, start: number): Step {
    const step = this.#device(at, number + 1, start);
    if (step !== 'done') this.#giveBack(at, offer);
    return step;
  }

  #isFree({ claim, asked }: Place, id: string): boolean {
    const takers = this.#takers.get(id);
    if (asked.adminAccess) return !takers?.has(claim);
    return !this.#allocated.isHeld(id) && !takers?.size;
  }

  #isPicked({ claim, asked }: Place, offer: Offer): boolean {
    return picks(asked, offer, this.#claims[claim]!, this.#node) && this.#hasRoom(asked, offer);
  }

  #hasRoom({ capacity }: Asked, { id, device }: Offer): boolean {
    return hasRoom(capacity, device, this.#allocated.capacities.of(id), this.#capacities.of(id));
  }

  /** Whether the device may be had; takes it if so. `must`: it is this one or none. */
  #take(at: Place, offer: Offer, must: boolean): boolean {
    const { claim, asked } = at;
    const { id, device } = offer;
    const isShared = device.allowMultipleAllocations === true;
    if (!(isShared && asked.adminAccess) && !this.#isFree(at, id)) return false;
    if (isTainted(device, asked) || !this.#hasRoom(asked, offer)) return false;
    if (!this.#countIn(offer)) return false;
    if (!this.#constrain(at, offer)) {
      this.#countOut(offer);
      if (!must) return false;
      throw new AllocationError(
        `claim ${claimKey(this.#claims[claim]!)}, request ${asked.own}: cannot add device ${id} because a claim constraint would not be satisfied`,
      );
    }
    const taken = isShared ? takenBy(asked.capacity, device) : undefined;
    if (taken) this.#capacities.add(id, taken);
    else this.#takers.set(id, (this.#takers.get(id) ?? new Set()).add(claim));
    this.chosen[claim]!.push({ asked, offer, taken });
    return true;
  }

  #giveBack({ claim, asked }: Place, offer: Offer): void {
    const { taken } = this.chosen[claim]!.pop()!;
    for (const constraint of this.#constraints[claim]!) constraint.remove(asked);
    if (taken) this.#capacities.remove(offer.id, taken);
    else this.#takers.get(offer.id)!.delete(claim);
    this.#countOut(offer);
  }

  /** A device that somebody shares already uses its counters once. */
  #countIn(offer: Offer): boolean {
    const { consumesCounters } = offer.device;
    return !consumesCounters?.length || this.#isShared(offer.id) || this.#counters.take(offer);
  }

  #countOut(offer: Offer): void {
    const { consumesCounters } = offer.device;
    if (consumesCounters?.length && !this.#isShared(offer.id)) this.#counters.giveBack(offer);
  }

  #isShared(id: string): boolean {
    const all = this.#allocated.capacities.of(id) ?? this.#capacities.of(id);
    return all !== undefined;
  }

  #constrain({ claim, asked }: Place, offer: Offer): boolean {
    const constraints = this.#constraints[claim]!;
    const against = constraints.findIndex((each) => !each.add(asked, offer));
    if (against < 0) return true;
    for (const before of constraints.slice(0, against)) before.remove(asked);
    return false;
  }
}

interface Place {
  readonly claim: number;
  readonly request: number;
  readonly asked: Asked;
}

const constraintsOf = (claim: ResourceClaim): readonly Constraint[] =>
  (claim.spec.devices?.constraints ?? []).map((given, at) => {
    const constraint = constraintOf(given);
    if (constraint) return constraint;
    throw new AllocationError(
      `claim ${claimKey(claim)}, constraint #${at}: empty constraint (unsupported constraint type?)`,
    );
  });
