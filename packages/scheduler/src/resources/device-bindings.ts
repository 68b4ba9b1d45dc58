import { ApiError, formatTime, Pods, ResourceClaims } from '@coxswain/api';
import { uuid, type World } from '@coxswain/base';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { AllocationResult, ResourceClaim } from '@coxswain/api/types/resource-v1';
import type { Client } from '@coxswain/client';
import type { ClaimTaken, DeviceReservation, GivenUp } from '../framework/devices.ts';
import type { Progress } from '../framework/reservation.ts';
import { hasBindingConditions, readiness } from './binding-conditions.ts';
import type { ClaimLedger } from './claim-ledger.ts';
import { inMemoryName } from './extended-claim.ts';
import { isReservedFor } from './pod-claims.ts';
import { claimKey } from './requests.ts';

/** Keeps a claim with devices from going before they are given back. */
const finalizer = 'resource.kubernetes.io/delete-protection';
/** As client-go tries again where somebody else wrote first. */
const triesMax = 5;
const retryMs = 10;

/** Waits until `ask` has an end, at most so long; the reason where it is none. */
export type Until = (ask: () => Progress, timeoutMs: number) => Promise<string | undefined>;

/** Claims of a pod as they stand, in the order of the reservation's. */
type Standing = ResourceClaim[];

interface DeviceBindingsOptions {
  readonly client: Client;
  readonly world: World;
  readonly ledger: ClaimLedger;
}

/** Writes which devices claims got and for whom, and takes it back where the pod is not bound after all. */
export class DeviceBindings {
  readonly #options: DeviceBindingsOptions;
  readonly #standing = new WeakMap<DeviceReservation, Standing>();

  constructor(options: DeviceBindingsOptions) {
    this.#options = options;
  }

  hold(reservation: DeviceReservation): void {
    const { ledger, world } = this.#options;
    this.#standing.set(
      reservation,
      reservation.claims.map(({ claim, allocation }) => {
        if (!allocation) return claim;
        const status = { ...claim.status, allocation: withShareIds(allocation, world.random) };
        const chosen = { ...claim, status };
        ledger.choose(chosen);
        return chosen;
      }),
    );
  }

  /** `said` is told when the pod has to wait for its devices. */
  async carryOut(
    reservation: DeviceReservation,
    until: Until,
    said: (reason: string, message: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { ledger } = this.#options;
    const { pod, node, claims, timeoutMs } = reservation;
    const standing = this.#standing.get(reservation)!;
    for (const [at, taken] of claims.entries())
      if (!isReservedFor(pod, taken.claim))
        standing[at] = await this.#bind(
          pod,
          taken,
          standing[at]!,
          (made) => (standing[at] = made),
          signal,
        );
    if (!standing.some(hasBindingConditions)) return;
    said('BindingConditionsPending', `waiting for binding conditions for device on node ${node}`);
    const ask = (): Progress => {
      for (const { metadata } of standing) {
        const now = ledger.claim(metadata.name, metadata.namespace);
        if (!now)
          return {
            is: 'failed',
            why: `could not find ResourceClaim "${metadata.namespace}/${metadata.name}"`,
          };
        const progress = readiness(now);
        if (progress.is !== 'done') return progress;
      }
      return { is: 'done' };
    };
    const why = await until(ask, timeoutMs);
    if (why === undefined) return;
    throw new Error(why === timedOut ? `device binding timeout: ${why}` : why);
  }

  /** The pod will not have them after all: nothing is kept for it. */
  async release(reservation: DeviceReservation, signal: AbortSignal): Promise<void> {
    const { client, ledger } = this.#options;
    const { pod } = reservation;
    const standing = this.#standing.get(reservation) ?? [];
    this.#standing.delete(reservation);
    for (const [at, claim] of standing.entries()) {
      const { claim: before, mappings } = reservation.claims[at]!;
      ledger.drop(before);
      const { uid, name, namespace } = claim.metadata;
      if (mappings && name !== inMemoryName) await this.giveUp({ claim, how: 'delete' }, signal);
      else if (!mappings && claim.status?.allocation && isReservedFor(pod, claim)) {
        const status = { reservedFor: [{ $patch: 'delete', uid: pod.metadata.uid }] };
        const where = { namespace, subresource: 'status', signal };
        const patch = { metadata: { uid }, status };
        ledger.written(await client.patch(ResourceClaims, name, 'strategic', patch, where));
      }
    }
  }

  async giveUp({ claim, how }: GivenUp, signal: AbortSignal): Promise<void> {
    const { client } = this.#options;
    const { name, namespace } = claim.metadata;
    if (how === 'deallocate') {
      const {
        reservedFor: _pods,
        allocation: _devices,
        devices: _states,
        ...status
      } = claim.status ?? {};
      await client.update(ResourceClaims, { ...claim, status }, { subresource: 'status', signal });
      return;
    }
    await this.#onLatest(claim, signal, (latest) => {
      const finalizers = latest.metadata.finalizers?.filter((each) => each !== finalizer);
      const metadata = { ...latest.metadata, finalizers };
      return client.update(ResourceClaims, { ...latest, metadata }, { signal });
    });
    await client.remove(ResourceClaims, name, { namespace, signal });
  }

  /** Has a claim say whose it is, and its devices where it had none. `made` hears of a claim that had to be made. */
  async #bind(
    pod: Pod,
    { claim, allocation, mappings }: ClaimTaken,
    chosen: ResourceClaim,
    made: (claim: ResourceClaim) => void,
    signal: AbortSignal,
  ): Promise<ResourceClaim> {
    const { ledger, world } = this.#options;
    const write = async (): Promise<ResourceClaim> => {
      const start = mappings ? await this.#create(claim, signal) : claim;
      if (mappings) made(start);
      const devices = allocation && chosen.status!.allocation!;
      const bound = await this.#onLatest(start, signal, (latest) =>
        this.#reserve(pod, latest, devices, signal),
      );
      ledger.drop(claim);
      ledger.written(bound);
      made(bound);
      if (mappings) await this.#tellPod(pod, bound, mappings, signal);
      return bound;
    };
    try {
      return await world.work.track(write());
    } finally {
      ledger.drop(claim);
    }
  }

  async #create(claim: ResourceClaim, signal: AbortSignal): Promise<ResourceClaim> {
    const { name: _name, uid: _uid, ...metadata } = claim.metadata;
    const object = { ...claim, metadata } as ResourceClaim;
    return this.#options.client
      .create(ResourceClaims, object, { signal })
      .catch(saying(`create claim for extended resources ${claimKey(claim)}`));
  }

  async #reserve(
    { metadata }: Pod,
    claim: ResourceClaim,
    allocation: AllocationResult | undefined,
    signal: AbortSignal,
  ): Promise<ResourceClaim> {
    const { client, world } = this.#options;
    const key = claimKey(claim);
    if (claim.metadata.deletionTimestamp)
      throw new Error(`claim ${key} got deleted in the meantime`);
    if (allocation && claim.status?.allocation)
      throw new Error(`claim ${key} got allocated elsewhere in the meantime`);
    let latest = claim;
    const { finalizers = [] } = claim.metadata;
    if (allocation && !finalizers.includes(finalizer))
      latest = await client
        .update(
          ResourceClaims,
          { ...claim, metadata: { ...claim.metadata, finalizers: [...finalizers, finalizer] } },
          { signal },
        )
        .catch(saying(`add finalizer to claim ${key}`));
    const devices = allocation ?? latest.status?.allocation;
    if (!devices) throw new Error(`claim ${key} got deallocated elsewhere in the meantime`);
    const consumer = { resource: 'pods', name: metadata.name, uid: metadata.uid ?? '' };
    const status = {
      ...latest.status,
      allocation: { allocationTimestamp: formatTime(world.clock.now()), ...devices },
      reservedFor: [...(latest.status?.reservedFor ?? []), consumer],
    };
    return client
      .update(ResourceClaims, { ...latest, status }, { subresource: 'status', signal })
      .catch(saying(`add ${allocation ? 'allocation and ' : ''}reservation to claim ${key}`));
  }

  async #tellPod(
    { metadata }: Pod,
    claim: ResourceClaim,
    requestMappings: NonNullable<ClaimTaken['mappings']>,
    signal: AbortSignal,
  ): Promise<void> {
    const { name, namespace, uid } = metadata;
    const resourceClaimName = claim.metadata.name;
    const status = { extendedResourceClaimStatus: { requestMappings, resourceClaimName } };
    await this.#options.client
      .patch(
        Pods,
        name,
        'strategic',
        { metadata: { uid }, status },
        { namespace, subresource: 'status', signal },
      )
      .catch(saying(`update pod ${namespace}/${name} ExtendedResourceClaimStatus`));
  }

  /** Writes; where somebody else was first, again from what they left. */
  async #onLatest(
    claim: ResourceClaim,
    signal: AbortSignal,
    write: (latest: ResourceClaim) => Promise<ResourceClaim>,
  ): Promise<ResourceClaim> {
    const { client, world } = this.#options;
    const { name, namespace } = claim.metadata;
    let latest = claim;
    for (let tries = 1; ; tries++)
      try {
        return await write(latest);
      } catch (error) {
        if (!isConflict(error) || tries >= triesMax) throw error;
        await world.clock.sleep(retryMs, signal);
        latest = await client
          .get(ResourceClaims, name, { namespace, signal })
          .catch(saying(`get updated claim ${claimKey(claim)} after conflict`));
      }
  }
}

/** What is said when something took too long. */
const timedOut = 'context deadline exceeded';

/** The error with what was tried before it. */
const saying =
  (what: string) =>
  (cause: unknown): never => {
    throw new Error(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  };

function isConflict(error: unknown): boolean {
  const cause = error instanceof Error && !(error instanceof ApiError) ? error.cause : error;
  return cause instanceof ApiError && cause.reason === 'Conflict';
}

function withShareIds(allocation: AllocationResult, random: () => number): AllocationResult {
  const { results = [] } = allocation.devices ?? {};
  if (!results.some(({ shareID }) => shareID !== undefined)) return allocation;
  const named = results.map((result) =>
    result.shareID === undefined ? result : { ...result, shareID: uuid(random) },
  );
  return { ...allocation, devices: { ...allocation.devices, results: named } };
}
