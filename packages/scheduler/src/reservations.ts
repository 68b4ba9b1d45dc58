import type { KubeObject, Resource } from '@coxswain/api';
import type { World } from '@coxswain/base';
import { type Client, type Informers, keyOf } from '@coxswain/client';
import type { Taken } from './cycle/schedule-pod.ts';
import type { DeviceReservation, GivenUp } from './framework/devices.ts';
import type { Lookup, Progress, Reservation, Write } from './framework/reservation.ts';
import type { ClaimLedger } from './resources/claim-ledger.ts';
import { DeviceBindings, type Until } from './resources/device-bindings.ts';

type AnyReservation = Reservation | DeviceReservation;

/** What a wait before a binding asks and tells. */
export interface Waiting {
  /** Why there is nobody to wait for any more. */
  readonly gone: () => string | undefined;
  readonly said: (reason: string, message: string) => void;
}

const idOf = ({ group, resource }: Resource, key: string): string => `${group}/${resource}/${key}`;

/**
 * What was reserved for pods that are not bound yet: seen by other pods at once, written before the binding, and waited
 * for. An object from the API that is newer than what was reserved wins over it.
 */
export class Reservations {
  readonly #informers: Informers;
  readonly #client: Client;
  readonly #world: World;
  readonly #devices: DeviceBindings;
  readonly #assumed = new Map<string, KubeObject>();
  readonly #waiters = new Set<() => void>();

  constructor({ informers, client, world, ledger }: ReservationsOptions) {
    this.#devices = new DeviceBindings({ client, world, ledger });
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

  hold(reservation: AnyReservation): void {
    if (reservation.is === 'devices') return this.#devices.hold(reservation);
    for (const { resource, object } of reservation.writes)
      this.#assumed.set(idOf(resource, keyOf(object)), object);
  }

  /** The pod is not bound: nothing is kept for it. */
  async releaseAll(taken: readonly Taken[], signal: AbortSignal): Promise<void> {
    for (const { reservation } of taken)
      if (reservation.is === 'writes') this.#release(reservation);
      else
        await this.#world.work.track(
          this.#devices.release(reservation, signal).catch((error: unknown) => {
            const { name, namespace = '' } = reservation.pod.metadata;
            if (!signal.aborted)
              this.#world.log.error('devices not given back', error, { namespace, name });
          }),
        );
  }

  /** Takes devices from a claim that keeps its pod from where it could run. */
  giveUp(givenUp: GivenUp, signal: AbortSignal): Promise<void> {
    return this.#devices.giveUp(givenUp, signal);
  }

  /** What is not written is free again. */
  #release({ writes }: Reservation): void {
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
    reservation: AnyReservation,
    { gone, said }: Waiting,
    signal: AbortSignal,
  ): Promise<void> {
    if (reservation.is === 'devices') {
      const until: Until = (ask, timeoutMs) => this.#until(ask, timeoutMs, gone, signal);
      return this.#devices.carryOut(reservation, until, said, signal);
    }
    const written: KubeObject[] = [];
    try {
      for (const write of reservation.writes)
        written.push(await this.#world.work.track(this.#write(write, signal)));
    } catch (error) {
      this.#release({ ...reservation, writes: reservation.writes.slice(written.length) });
      throw error;
    }
    const { progress, what } = reservation;
    if (!progress) return;
    const ask = (): Progress => progress(this.#lookup, written);
    const why = await this.#until(ask, reservation.timeoutMs, gone, signal);
    if (why !== undefined) throw new Error(`${what}${why}`);
  }

  readonly #lookup: Lookup = (resource, name, namespace) =>
    this.#informers.of(resource).get(name, namespace);

  #write({ resource, object, subresource }: Write, signal: AbortSignal): Promise<KubeObject> {
    return this.#client.update(resource, object, { signal, ...(subresource && { subresource }) });
  }

  /** Undefined once it is done, or why it failed. Waiting for others is no work of this process. */
  #until(
    ask: () => Progress,
    timeoutMs: number,
    gone: () => string | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
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
        const why = gone();
        const progress: Progress = why === undefined ? ask() : { is: 'failed', why };
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
  readonly ledger: ClaimLedger;
}
