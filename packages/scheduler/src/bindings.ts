import type { Pod } from '@coxswain/api/types/core-v1';
import type { Client } from '@coxswain/client';
import type { Taken } from './cycle/schedule-pod.ts';
import { bindBy, type Extender } from './extenders/extenders.ts';
import { textOf } from './failure.ts';
import type { Reservations, Waiting } from './reservations.ts';

/** Why a pod was not bound: for the log, and as it is told. */
export interface Unbound {
  readonly what: string;
  readonly error: unknown;
  readonly text: string;
}

/** What pods take beside their room, on its way to be theirs. */
export class Claims {
  readonly #reservations: Reservations;
  /** The pods that wait for it, by uid, and whether they need not any more. */
  readonly #stopped = new Map<string, boolean>();

  constructor(reservations: Reservations) {
    this.#reservations = reservations;
  }

  /** Has what was reserved written and waits for its effect. */
  async carryOut(
    uid: string,
    taken: readonly Taken[],
    waiting: Waiting & { readonly announced: Promise<void> | false },
    signal: AbortSignal,
  ): Promise<Unbound | undefined> {
    const reservations = this.#reservations;
    const isStopped = (): boolean => this.#stopped.get(uid) === true;
    const gone = (): string | undefined => (isStopped() ? 'context canceled' : waiting.gone());
    for (const { reservation } of taken) reservations.hold(reservation);
    this.#stopped.set(uid, false);
    await waiting.announced;
    let running = '';
    try {
      for (const { plugin, reservation } of taken) {
        running = `running PreBind plugin "${plugin}": `;
        await reservations.carryOut(reservation, { ...waiting, gone }, signal);
      }
      running = '';
      if (isStopped()) throw new Error('preempted by DefaultPreemption');
      return undefined;
    } catch (error) {
      await reservations.releaseAll(taken, signal);
      return { what: 'pod not bound', error, text: `${running}${textOf(error)}` };
    } finally {
      this.#stopped.delete(uid);
    }
  }

  /** Has a pod go without; false: it does not wait for anything. */
  stop(uid: string): boolean {
    if (!this.#stopped.has(uid)) return false;
    this.#stopped.set(uid, true);
    this.#reservations.recheck();
    return true;
  }
}

/** Binds a pod, or has an extender do it. */
export async function bind(
  client: Client,
  extenders: readonly Extender[],
  pod: Pod,
  node: string,
  signal: AbortSignal,
): Promise<Unbound | undefined> {
  const { name, namespace, uid } = pod.metadata;
  try {
    if (await bindBy(extenders, pod, node)) return undefined;
    await client.raw({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/pods/${name}/binding`,
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: node },
      },
      signal,
    });
  } catch (error) {
    const text = `running Bind plugin "DefaultBinder": ${textOf(error)}`;
    return { what: 'binding failed', error, text };
  }
  return undefined;
}
