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

/** A turn of the event loop: whatever waits for the machine gets its chance. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Until no promise that is settled has anything left to run: what stays in this process needs no more, and it takes a tenth of a turn. */
const drained = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
/** Rests in a row that may do without a turn. */
const withoutTurnMax = 64;

export interface RestOptions {
  /** Tells what was done last, for when rest never comes. */
  readonly last?: () => string;
  /** Something may leave this process uncounted: each rest takes a turn of the event loop. */
  readonly isOpen?: boolean;
}

/**
 * Lets everything run that is due now, until nothing is left to do at this instant. What leaves this process is counted in `work`.
 * Where turns of the event loop are taken depends on nothing but the calls before, so that a seed gives one history.
 */
export async function comeToRest(
  clock: VirtualClock,
  work: Work,
  { last = () => '', isOpen = false }: RestOptions = {},
): Promise<void> {
  const startMs = performance.now();
  let needsTurn = ++clock.rests % withoutTurnMax === 0;
  for (let turns = 1; ; turns++) {
    await (isOpen || needsTurn || work.outstanding > 0 ? turn() : drained());
    needsTurn = false;
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
