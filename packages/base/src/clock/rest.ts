import type { Work } from '../work/work.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Turns of the event loop without rest, at one instant, after which a cluster is asked whether it ever will. */
const turnsMax = 20_000;
/** And real time: a turn that waits for a worker thread takes next to none. */
const waitMaxMs = 10_000;

/** Nothing came to rest at an instant: `message` says who still has work. */
export class RestlessError extends Error {
  override readonly name = 'RestlessError';
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Lets everything run that is due now, until nothing is left to do at this instant. All that stays in this process runs within
 * one turn of the event loop; what leaves it is counted in `work`. `last` tells what was done last, for when that never ends.
 */
export async function comeToRest(
  clock: VirtualClock,
  work: Work,
  last: () => string = () => '',
): Promise<void> {
  const startMs = performance.now();
  for (let turns = 1; ; turns++) {
    await turn();
    const { nextMs } = clock;
    if (nextMs !== undefined && nextMs <= clock.now()) clock.leap(clock.now());
    else if (work.outstanding === 0) return;
    if (turns > turnsMax && performance.now() - startMs > waitMaxMs)
      throw new RestlessError(
        ['the cluster does not come to rest', work.told(), last()].filter(Boolean).join(': '),
      );
  }
}

/** Moves time by `ms`, through every instant at which something is due, coming to rest at each. */
export async function advanceTo(
  clock: VirtualClock,
  untilMs: number,
  rest: () => Promise<void>,
): Promise<void> {
  await rest();
  while (clock.leap(untilMs)) await rest();
}
