import { ApiError } from '@coxswain/api';
import type { Clock } from '@coxswain/base';

const triesMax = 5;
const firstMs = 500;
const growth = 1.5;

/** Whether it may go better the next time. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof ApiError)) return /connection reset/.test((error as Error).message);
  return (
    ['InternalError', 'Timeout', 'TooManyRequests'].includes(error.reason) ||
    (error.details?.retryAfterSeconds ?? 0) > 0
  );
}

/** Runs `attempt` again, with growing pauses, the first of `startMs`, while its failures are such as pass. */
export async function withRetries<T>(
  clock: Clock,
  signal: AbortSignal,
  attempt: () => Promise<T>,
  startMs: number = firstMs,
): Promise<T> {
  for (let tries = 1, pauseMs = startMs; ; tries++, pauseMs *= growth)
    try {
      return await attempt();
    } catch (error) {
      if (tries === triesMax || signal.aborted || !isPassing(error)) throw error;
      await clock.sleep(pauseMs, signal);
    }
}
