import {
  advanceTo,
  comeToRest,
  type RestOptions,
  systemClock,
  VirtualClock,
  type World,
} from '@coxswain/base';
import { durationMs } from '../testing/duration.ts';

/** How long clients outside have to answer what the cluster told them, before it counts as settled. */
const outsideMs = 25;
/** Rounds of such answers, before it counts as one that never settles. */
const roundsMax = 400;

/** How the time of a cluster passes. */
export interface Time {
  readonly settle: () => Promise<void>;
  readonly advance: (duration: string) => Promise<void>;
  /** Lets the next thing happen: an instant of virtual time no later than `untilMs`, or a moment of the machine's. False at `untilMs`. */
  readonly pass: (untilMs: number) => Promise<boolean>;
}

/**
 * `outside` counts what passed between the cluster and clients outside: while that grows, they
 * are given a moment of the machine's time.
 */
export function timeOf(
  { clock, work }: World,
  options: RestOptions,
  outside: (() => number) | undefined,
): Time {
  const rest = async (): Promise<void> => {
    if (clock instanceof VirtualClock) await comeToRest(clock, work, options);
  };
  let seen = -1;
  /** Rests, and while there was something to say to those outside or by them, waits for their answers. */
  const settleWithOutside = async (): Promise<void> => {
    await rest();
    for (let round = 0; outside && seen !== outside(); round++) {
      if (round === roundsMax) throw new Error('clients outside of the cluster never settle');
      seen = outside();
      await systemClock.sleep(outsideMs);
      await rest();
    }
  };
  return {
    settle() {
      seen = -1;
      return settleWithOutside();
    },
    async advance(duration) {
      const untilMs = clock.now() + durationMs(duration);
      if (clock instanceof VirtualClock) await advanceTo(clock, untilMs, settleWithOutside);
      else await clock.sleep(durationMs(duration));
    },
    async pass(untilMs) {
      if (clock instanceof VirtualClock) {
        if (!clock.leap(untilMs)) return false;
        await settleWithOutside();
        return true;
      }
      await clock.sleep(outsideMs);
      return clock.now() < untilMs;
    },
  };
}
