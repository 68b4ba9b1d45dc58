import { ApiError, formatMicroTime, Leases } from '@coxswain/api';
import type { World } from '@coxswain/base';
import type { Lease } from '@coxswain/api/types/coordination-v1';
import type { Client } from '../client.ts';

/** Upstream's defaults for its own components. */
const leaseMs = 15_000;
const renewMs = 10_000;
const retryMs = 2_000;
/** Part of the retry that chance adds, as client-go has it. */
const retryJitter = 1.2;

/** Which Lease decides, and under what name this process stands. */
export interface Election {
  readonly client: Client;
  readonly world: World;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly signal: AbortSignal;
}

/**
 * Waits until this process holds the Lease, then runs `lead`. Its signal aborts when the Lease cannot be renewed
 * in time; then this rejects. Ends by giving the Lease up, so that another may lead at once.
 */
export async function runWithLease(
  election: Election,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { world, signal } = election;
  const holder = createHolder(election);
  while (!(await holder.tryHold()))
    await world.clock.sleep(retryMs * (1 + retryJitter * world.random()), signal);
  const term = new AbortController();
  const renewing = renew(election, holder, term);
  try {
    await lead(AbortSignal.any([signal, term.signal]));
    term.signal.throwIfAborted();
  } finally {
    term.abort();
    await renewing;
    await holder.release();
  }
}

async function renew(election: Election, holder: Holder, term: AbortController): Promise<void> {
  const { world } = election;
  const both = AbortSignal.any([election.signal, term.signal]);
  let renewedMs = world.clock.now();
  while (!both.aborted) {
    try {
      await world.clock.sleep(retryMs, both);
    } catch (error) {
      if (both.aborted) return;
      throw error;
    }
    if (await holder.tryHold()) renewedMs = world.clock.now();
    else if (world.clock.now() - renewedMs >= renewMs)
      term.abort(new Error(`leader election lost: ${election.namespace}/${election.name}`));
  }
}

interface Holder {
  tryHold(): Promise<boolean>;
  release(): Promise<void>;
}

/** Clocks of others are not trusted: a holder is dead when its record has not changed for `leaseMs` of our own time. */
function createHolder(election: Election): Holder {
  const { client, world, namespace, name, identity, signal } = election;
  let observed: Lease | undefined;
  let observedMs = 0;
  const observe = (lease: Lease): void => {
    if (lease.metadata.resourceVersion === observed?.metadata.resourceVersion) return;
    observed = lease;
    observedMs = world.clock.now();
  };
  const refresh = async (): Promise<void> => {
    if (observed) observe(await client.get(Leases, name, { namespace, signal }));
  };
  const attempt = async (): Promise<void> => {
    if (!observed) {
      const spec = heldBy(identity, undefined, world.clock.now());
      observe(await client.create(Leases, { metadata: { name, namespace }, spec }, { signal }));
    } else {
      const spec = heldBy(identity, observed, world.clock.now());
      observe(await client.update(Leases, { ...observed, spec }, { signal }));
    }
  };
  return {
    async tryHold() {
      try {
        if (!observed) observe(await client.get(Leases, name, { namespace, signal }));
      } catch (error) {
        if (!isCode(error, 404)) return failed(world, error);
      }
      try {
        if (observed?.spec?.holderIdentity !== identity) await refresh();
        const holder = observed?.spec?.holderIdentity;
        const alive = world.clock.now() - observedMs < leaseMs;
        if (holder && holder !== identity && alive) return false;
        await attempt();
        return true;
      } catch (error) {
        observed = isCode(error, 404) ? undefined : observed;
        if (isCode(error, 409)) await refresh().catch((again) => failed(world, again));
        return failed(world, error);
      }
    },
    async release() {
      if (observed?.spec?.holderIdentity !== identity) return;
      const now = formatMicroTime(world.clock.now());
      const spec = {
        leaseTransitions: observed.spec.leaseTransitions,
        leaseDurationSeconds: 1,
        holderIdentity: '',
        acquireTime: now,
        renewTime: now,
      };
      const late = new AbortController();
      using _timer = world.clock.after(renewMs, () => late.abort()); // `signal` may have ended the term
      try {
        await client.update(Leases, { ...observed, spec }, { signal: late.signal });
      } catch (error) {
        failed(world, error);
      }
    },
  };
}

function heldBy(identity: string, before: Lease | undefined, nowMs: number): Lease['spec'] {
  const now = formatMicroTime(nowMs);
  const held = before?.spec?.holderIdentity === identity;
  const transitions = before?.spec?.leaseTransitions ?? 0;
  return {
    ...before?.spec,
    holderIdentity: identity,
    leaseDurationSeconds: leaseMs / 1000,
    acquireTime: held ? before?.spec?.acquireTime : now,
    renewTime: now,
    leaseTransitions: before && !held ? transitions + 1 : transitions,
  };
}

/** Losing one attempt is no error: the next comes in two seconds. */
function failed({ log }: World, error: unknown): false {
  log.named('lease').debug('attempt failed', { error: String(error) });
  return false;
}

const isCode = (error: unknown, code: number): boolean =>
  error instanceof ApiError && error.code === code;
