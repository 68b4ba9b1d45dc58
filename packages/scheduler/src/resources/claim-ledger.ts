import type { Pod } from '@coxswain/api/types/core-v1';
import type { ResourceClaim } from '@coxswain/api/types/resource-v1';
import { type Change, compareRevisions, keyOf } from '@coxswain/client';
import { type Allocated, AllocatedDevices } from './allocated.ts';
import { extendedAnnotation } from './extended-claim.ts';

const uidOf = ({ metadata }: ResourceClaim): string => metadata.uid ?? '';

/**
 * Claims as the API shows them, ahead of it by what was written from here, and the devices that were chosen for claims
 * but are not written yet. Every device counts once, whichever way it is known.
 */
export class ClaimLedger {
  readonly #claims = new Map<string, ResourceClaim>(); // by key
  readonly #chosen = new Map<string, ResourceClaim>(); // by uid
  /** Keys of claims for extended resources, by the uid of their pod. */
  readonly #extended = new Map<string, string>();
  readonly #allocated = new AllocatedDevices();

  get allocated(): Allocated {
    return this.#allocated;
  }

  claim(name: string, namespace: string | undefined): ResourceClaim | undefined {
    return this.#claims.get(`${namespace}/${name}`);
  }

  extendedClaimOf({ metadata }: Pod): ResourceClaim | undefined {
    return this.#claims.get(this.#extended.get(metadata.uid ?? '') ?? '');
  }

  isPending(claim: ResourceClaim): boolean {
    return this.#chosen.has(uidOf(claim));
  }

  see({ now, before }: Change<ResourceClaim>): void {
    if (now) this.written(now);
    else this.#put(keyOf(before!), undefined);
  }

  /** What the API has answered or shown; older states than the known one are none. */
  written(claim: ResourceClaim): void {
    const key = keyOf(claim);
    const known = this.#claims.get(key);
    const [old, next] = [known, claim].map((each) => each?.metadata.resourceVersion ?? '');
    if (known && compareRevisions(old!, next!) > 0) return;
    if (claim.status?.allocation) this.drop(claim);
    this.#put(key, claim);
  }

  /** Others count its devices as taken from now on. */
  choose(claim: ResourceClaim): void {
    this.drop(claim);
    this.#chosen.set(uidOf(claim), claim);
    this.#allocated.add(claim.status?.allocation);
  }

  /** What was chosen is written, or will not be. */
  drop(claim: ResourceClaim): void {
    const chosen = this.#chosen.get(uidOf(claim));
    if (!chosen) return;
    this.#chosen.delete(uidOf(claim));
    this.#allocated.remove(chosen.status?.allocation);
  }

  #put(key: string, claim: ResourceClaim | undefined): void {
    const before = this.#claims.get(key);
    this.#allocated.remove(before?.status?.allocation);
    if (before) this.#extended.delete(podOf(before));
    if (!claim) return void this.#claims.delete(key);
    this.#allocated.add(claim.status?.allocation);
    this.#claims.set(key, claim);
    if (claim.metadata.annotations?.[extendedAnnotation] === 'true')
      this.#extended.set(podOf(claim), key);
  }
}

const podOf = ({ metadata }: ResourceClaim): string =>
  metadata.ownerReferences?.find(({ controller }) => controller)?.uid ?? '';
