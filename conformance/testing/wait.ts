import { setTimeout as sleep } from 'node:timers/promises';

const betweenMs = 150;

/**
 * Looks again and again until `look` gives a value (not undefined, not false). An error of `look` counts as "not yet".
 * Past the deadline it throws, with the last error and with what `state` tells.
 */
export async function until<T>(
  what: string,
  deadlineMs: number,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  state?: () => Promise<string> | string,
): Promise<T> {
  const endMs = Date.now() + deadlineMs;
  let lastError: unknown;
  do {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await sleep(betweenMs);
  } while (Date.now() < endMs);
  const last = lastError === undefined ? '' : `; last error: ${String(lastError)}`;
  const seen = state ? `\n${await state()}` : '';
  throw new Error(`not within ${deadlineMs} ms: ${what}${last}${seen}`, { cause: lastError });
}
