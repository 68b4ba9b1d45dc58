import { UsageError } from '../command/flags.ts';

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of a Go duration such as `1h30m`, `90s`, `500ms`. */
export function durationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw new UsageError('must be a duration such as 5m or 1h30m');
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * unitMs[unit!]!, 0);
}

/** Throws for what is no such duration. */
export const isDuration = (given: string): void => {
  durationMs(given);
};
