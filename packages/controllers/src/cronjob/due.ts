import type { CronJob } from '@coxswain/api/types/batch-v1';
import { createdMs, timeMs } from '../objects/time.ts';
import type { Schedule } from './schedule.ts';

/** Starts missed beyond which upstream warns. */
const missedMax = 100;
/** Added to every wait, so that a key is planned after its time and not at it. */
const deltaMs = 100;

export interface Due {
  /** The latest start that should have been by now, if any. */
  readonly latestMs: number | undefined;
  /** More starts were missed than upstream bears in silence. */
  readonly tooMany: boolean;
  /** How long until the next start. */
  readonly waitMs: number | undefined;
}

/** Where a CronJob stands in its schedule. Throws for schedules whose starts are less than a second apart. */
export function dueAt(cron: CronJob, schedule: Schedule, nowMs: number): Due {
  const deadline = cron.spec.startingDeadlineSeconds;
  const since = timeMs(cron.status?.lastScheduleTime) ?? createdMs(cron);
  const bound = deadline === undefined ? since : Math.max(since, nowMs - deadline * 1000);
  const { latestMs, missed } = latest(schedule, bound, nowMs);
  // The wait counts from the last start even when the deadline has cut it off.
  const last = latest(schedule, since, nowMs).latestMs ?? since;
  const next = schedule(Math.max(last, 0));
  const waitMs = next === undefined ? undefined : Math.max(0, next + deltaMs - nowMs);
  return { latestMs, tooMany: missed > missedMax, waitMs };
}

function latest(
  schedule: Schedule,
  sinceMs: number,
  nowMs: number,
): { readonly latestMs: number | undefined; readonly missed: number } {
  const first = schedule(sinceMs);
  if (first === undefined || first > nowMs) return { latestMs: undefined, missed: 0 };
  const second = schedule(first);
  if (second === undefined || second > nowMs) return { latestMs: first, missed: 0 };
  const between = Math.round((second - first) / 1000);
  if (between < 1) throw new Error('time difference between two schedules is less than 1 second');
  const missed = Math.floor(Math.floor((nowMs - first) / 1000) / between) + 1;
  // Not every start is walked through: the last two of an even rhythm are looked at, as upstream does.
  let latestMs: number | undefined;
  let at = schedule(first + (missed - 2) * between * 1000);
  while (at !== undefined && at <= nowMs) {
    latestMs = at;
    at = schedule(at);
  }
  return { latestMs: latestMs ?? second, missed };
}
