import type { VirtualClock, Work } from '@coxswain/base';

/** Turns of the event loop after which a cluster that has not come to rest never will. */
const turnsMax = 20_000;
/** Turns without any work in a row that count as rest: a stream may hand on what it holds in between. */
const quietTurns = 3;

/** Lets everything run that is due now, until nothing is left to do at this instant. Throws what `last` tells when that does not end. */
export async function comeToRest(
  clock: VirtualClock,
  work: Work,
  last: () => string,
): Promise<void> {
  for (let turns = 0, quiet = 0; quiet < quietTurns; turns++) {
    if (turns > turnsMax) throw new Error(`the cluster does not come to rest: ${last()}`);
    await new Promise((resolve) => setImmediate(resolve));
    const fired = clock.nextMs !== undefined && clock.nextMs <= clock.now();
    if (fired) clock.step(clock.now());
    quiet = fired || work.outstanding > 0 ? 0 : quiet + 1;
  }
}
