import type { World } from '@coxswain/base';
import { type Answers, type Int64, numberOf } from './messages.ts';

/** How long one lease is shared by keys of the same lifetime, and by how many. */
const sharedMs = 60_000;
const sharedMax = 1000;
/** The store itself removes what is due; a lease ends later, for when no store is there to do it. */
const laterMs = 60_000;
/** Numbers drawn for one lease. */
const triesMax = 50;

interface Lease {
  readonly id: Int64;
  readonly grantedMs: number;
  keys: number;
}

/** Leases of etcd by lifetime, each shared by the keys of a minute. */
export class Leases {
  readonly #world: World;
  readonly #grant: (request: object) => Promise<Answers['leaseGrant']>;
  readonly #byTtl = new Map<number, Promise<Lease>>();

  constructor(world: World, grant: (request: object) => Promise<Answers['leaseGrant']>) {
    this.#world = world;
    this.#grant = grant;
  }

  /** The lease for a key that lives `expiresMs` from now. */
  async get(expiresMs: number): Promise<Int64> {
    const ttl = Math.ceil((expiresMs + sharedMs + laterMs) / 1000);
    const shared = await this.#byTtl.get(ttl);
    const nowMs = this.#world.clock.now();
    if (shared && shared.keys < sharedMax && nowMs - shared.grantedMs < sharedMs) {
      shared.keys++;
      return shared.id;
    }
    const granting = this.#new(ttl, nowMs);
    this.#byTtl.set(ttl, granting);
    granting.catch(() => this.#byTtl.delete(ttl));
    return (await granting).id;
  }

  async #new(ttl: number, grantedMs: number): Promise<Lease> {
    for (let tries = 1; ; tries++)
      try {
        // A number of our own, so that it stays below 2^53.
        const id = 1 + Math.floor(this.#world.random() * (2 ** 52 - 1));
        const granted = await this.#grant({ TTL: ttl, ID: id });
        return { id: numberOf(granted.ID), grantedMs, keys: 1 };
      } catch (error) {
        const isTaken = (error as Error).message.endsWith('lease already exists');
        if (!isTaken || tries === triesMax) throw error;
      }
  }
}
