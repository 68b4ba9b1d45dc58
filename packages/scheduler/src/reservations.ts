import type { KubeObject, Resource } from '@coxswain/api';
import type { World } from '@coxswain/base';
import { type Client, type Informers, keyOf } from '@coxswain/client';
import type { Lookup, Progress, Reservation, Write } from './framework/reservation.ts';

const idOf = ({ group, resource }: Resource, key: string): string => `${group}/${resource}/${key}`;

/**
 * What was reserved for pods that are not bound yet: seen by other pods at once, written before the binding, and waited
 * for. An object from the API that is newer than what was reserved wins over it.
 */
export class Reservations {
  readonly #informers: Informers;
  readonly #client: Client;
  readonly #world: World;
  readonly #assumed = new Map<string, KubeObject>();
  readonly #waiters = new Set<() => void>();

  constructor({ informers, client, world }: ReservationsOptions) {
    this.#informers = informers;
    this.#client = client;
    this.#world = world;
  }

  /** The object as it will be, where that is reserved and the API has not gone on since. */
  seen<T extends KubeObject>(resource: Resource<T>, object: T): T {
    if (this.#assumed.size === 0) return object;
    const id = idOf(resource, keyOf(object));
    const assumed = this.#assumed.get(id);
    if (!assumed) return object;
    if (assumed.metadata.resourceVersion === object.metadata.resourceVersion) return assumed as T;
    this.#assumed.delete(id);
    return object;
  }

  hold({ writes }: Reservation): void {
    for (const { resource, object } of writes)
      this.#assumed.set(idOf(resource, keyOf(object)), object);
  }

  /** What is not written is free again. */
  release({ writes }: Reservation): void {
    for (const { resource, object } of writes) {
      const id = idOf(resource, keyOf(object));
      if (this.#assumed.get(id) === object) this.#assumed.delete(id);
    }
  }

  /** The object is no more, and nobody asks for it again. */
  forget(resource: Resource, object: KubeObject): void {
    this.#assumed.delete(idOf(resource, keyOf(object)));
  }

  /** Something may have changed that a binding waits for. */
  recheck(): void {
    for (const check of this.#waiters) check();
  }

  /** Writes what was reserved and waits until it has its effect; rejects when it cannot, takes too long, or `gone` says why not. */
  async carryOut(
    reservation: Reservation,
    gone: () => string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const written: KubeObject[] = [];
    try {
      for (const write of reservation.writes)
        written.push(await this.#world.work.track(this.#write(write, signal)));
    } catch (error) {
      this.release({ ...reservation, writes: reservation.writes.slice(written.length) });
      throw error;
    }
    const { progress, what } = reservation;
    if (!progress) return;
    const ask = (): Progress => {
      const why = gone();
      return why === undefined ? progress(this.#lookup, written) : { is: 'failed', why };
    };
    const why = await this.#until(ask, reservation.timeoutMs, signal);
    if (why !== undefined) throw new Error(`${what}${why}`);
  }

  readonly #lookup: Lookup = (resource, name, namespace) =>
    this.#informers.of(resource).get(name, namespace);

  #write({ resource, object, subresource }: Write, signal: AbortSignal): Promise<KubeObject> {
    return this.#client.update(resource, object, { signal, ...(subresource && { subresource }) });
  }

  /** Undefined once it is done, or why it failed. Waiting for others is no work of this process. */
  #until(ask: () => Progress, timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const end = (why: string | undefined): void => {
        this.#waiters.delete(check);
        timer[Symbol.dispose]();
        signal.removeEventListener('abort', abort);
        resolve(why);
      };
      const abort = (): void => {
        end(undefined);
        reject(signal.reason);
      };
      const check = (): void => {
        const progress = ask();
        if (progress.is !== 'waiting') end(progress.is === 'failed' ? progress.why : undefined);
      };
      const timer = this.#world.clock.after(timeoutMs, () => end('context deadline exceeded'));
      signal.addEventListener('abort', abort, { once: true });
      this.#waiters.add(check);
      check();
    });
  }
}

interface ReservationsOptions {
  readonly informers: Informers;
  readonly client: Client;
  readonly world: World;
}
