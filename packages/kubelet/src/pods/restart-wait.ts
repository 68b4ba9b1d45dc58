/** How long a container that keeps failing waits before it starts again. */

/** The wait of one container: how long now, and since when that counts. */
export interface RestartWait {
  readonly delayMs: number;
  readonly setAtMs: number;
}

export type RestartWaits = ReadonlyMap<string, RestartWait>;

export interface WaitRule {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** CrashLoopBackOff: 10 s, doubled with each failure up to 5 min. */
export const crashLoopRule: WaitRule = { firstMs: 10_000, maxMs: 300_000 };

/** A container that ran twice the longest wait since its last start is taken for well again. */
const isForgotten = (wait: RestartWait, eventMs: number, rule: WaitRule): boolean =>
  eventMs - wait.setAtMs > 2 * rule.maxMs;

/** The instant until which it must wait after ending at `eventMs`, if that is still to come. */
export function waitUntilMs(
  wait: RestartWait | undefined,
  eventMs: number,
  nowMs: number,
  rule: WaitRule = crashLoopRule,
): number | undefined {
  if (!wait || isForgotten(wait, eventMs, rule)) return undefined;
  const untilMs = eventMs + wait.delayMs;
  return nowMs < untilMs ? untilMs : undefined;
}

/** The wait after one more start. */
export function nextWait(
  wait: RestartWait | undefined,
  eventMs: number,
  nowMs: number,
  rule: WaitRule = crashLoopRule,
): RestartWait {
  const delayMs =
    !wait || isForgotten(wait, eventMs, rule)
      ? rule.firstMs
      : Math.min(wait.delayMs * 2, rule.maxMs);
  return { delayMs, setAtMs: nowMs };
}

/** As Go prints such a duration: `10s`, `1m20s`, `5m0s`. */
export function durationText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
