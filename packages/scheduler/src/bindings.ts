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

/** Has what was reserved written and waits for its effect. */
export async function claim(
  reservations: Reservations,
  taken: readonly Taken[],
  waiting: Waiting,
  signal: AbortSignal,
): Promise<Unbound | undefined> {
  for (const { reservation } of taken) reservations.hold(reservation);
  for (const { plugin, reservation } of taken)
    try {
      await reservations.carryOut(reservation, waiting, signal);
    } catch (error) {
      await reservations.releaseAll(taken, signal);
      const text = `running PreBind plugin "${plugin}": ${textOf(error)}`;
      return { what: 'pod not bound', error, text };
    }
  return undefined;
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
