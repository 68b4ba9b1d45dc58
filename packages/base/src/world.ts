import { type Clock, systemClock } from './clock/clock.ts';
import { VirtualClock } from './clock/virtual-clock.ts';
import { type Log, silentLog } from './log/log.ts';
import { Metrics } from './metrics/registry.ts';
import { seededRandom, systemRandom } from './random/random.ts';
import { countedWork, type Work } from './work/work.ts';

/** What everything that lives is given, once per cluster: passing it on is how a seed gives one history. */
export interface World {
  readonly clock: Clock;
  /** The machine's time, which bounds what peers outside may take, where the cluster's is another. */
  readonly network?: Clock;
  readonly random: () => number; // [0, 1)
  readonly work: Work;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The real world. */
export function systemWorld(log: Log = silentLog): World {
  return {
    clock: systemClock,
    random: systemRandom,
    work: countedWork(),
    log,
    metrics: new Metrics(),
  };
}

/** A world of its own time and chance, for tests and simulations. Starts at 2026-01-01T00:00:00Z. */
export function virtualWorld(
  seed = 1,
  log: Log = silentLog,
): World & { readonly clock: VirtualClock } {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  return { clock, random: seededRandom(seed), work: countedWork(), log, metrics: new Metrics() };
}
