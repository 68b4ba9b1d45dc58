import { RestlessError, type VirtualClock, type Work } from '@coxswain/base';

/** Instants without end at one time, before a cluster counts as one that never rests. */
const roundsMax = 100_000;
/** Turns of the event loop in which nothing falls due: whatever still has work then waits for time, as for a slow disk. */
const turnsQuiet = 3;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const drained = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/**
 * Lets everything run that is due now. Nothing here leaves the process, so that it is known when no more can happen, also
 * while requests wait for a slow disk or link and those who made them have work outstanding.
 */
export async function rest(clock: VirtualClock, work: Work): Promise<void> {
  let quiet = 0;
  for (let rounds = 0; rounds < roundsMax; rounds++) {
    await (quiet > 0 ? turn() : drained());
    const { nextMs } = clock;
    if (nextMs !== undefined && nextMs <= clock.now()) {
      clock.leap(clock.now());
      quiet = 0;
    } else if (work.outstanding === 0 || quiet++ === turnsQuiet) return;
  }
  throw new RestlessError(`the cluster does not come to rest: ${work.told()}`);
}
