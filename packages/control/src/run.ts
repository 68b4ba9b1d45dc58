import type { World } from '@coxswain/base';
import { type Client, createRecorder, type Informers } from '@coxswain/client';
import type { Action } from './controller.ts';
import type { Reasons } from './reasons.ts';
import { runController } from './run-controller.ts';
import { isLoop, type Unit } from './unit.ts';

/** What the runtime needs, once per process. */
export interface ControlContext {
  readonly world: World;
  readonly informers: Informers;
  readonly reasons: Reasons;
  /** The client that writes under this service account of `kube-system`. */
  readonly clientOf: (account: string) => Client;
  /** Sees every action before it is applied. */
  readonly journal?: (unit: string, key: string, action: Action) => void;
}

/** Runs `units` until `signal` aborts. A loop that fails is started again after a second. */
export async function runUnits(
  units: readonly Unit[],
  context: ControlContext,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(units.map((unit) => runUnit(unit, context, signal)));
}

const restartMs = 1000;

async function runUnit(unit: Unit, context: ControlContext, signal: AbortSignal): Promise<void> {
  const { world, informers, reasons } = context;
  const client = context.clientOf(unit.account ?? unit.name);
  const source = { component: unit.eventSource ?? unit.name };
  await using recorder = createRecorder(client, world, source);
  while (!signal.aborted)
    try {
      await (isLoop(unit)
        ? unit.run({ client, informers, world, recorder, reasons, signal })
        : runController(unit, context, client, recorder, signal));
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Error && error.name === 'Unreachable')
        world.log.warn('a controller waits for the server', {
          controller: unit.name,
          error: error.message,
        });
      else world.log.error('a controller ended', error, { controller: unit.name });
      await world.clock.sleep(restartMs, signal).catch(() => {});
    }
}
