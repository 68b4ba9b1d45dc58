import type { World } from '@coxswain/base';

const retryFirstMs = 1_000;
const retryMaxMs = 30_000;

/**
 * Calls `work` after each `request()`, one at a time: requests during a turn give one more turn. A turn that fails is
 * logged and tried again with growing waits. `done` resolves when `signal` aborts and the last turn has ended.
 */
export function turns(
  what: string,
  world: World,
  signal: AbortSignal,
  work: () => Promise<void>,
): { request(): void; readonly done: Promise<void> } {
  let isRequested = false;
  let isRunning = false;
  let failures = 0;
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const endIfIdle = (): void => {
    if (signal.aborted && !isRunning) resolve();
  };
  const turn = async (): Promise<void> => {
    isRequested = false;
    try {
      await work();
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      world.log.error(`${what} failed`, error);
      const waitMs = Math.min(retryMaxMs, retryFirstMs * 2 ** failures++);
      world.clock.after(waitMs, request);
    }
  };
  const run = async (): Promise<void> => {
    using _working = world.work.begin();
    isRunning = true;
    // A breath, so that a batch of events makes one turn.
    await Promise.resolve();
    while (isRequested && !signal.aborted) await turn();
    isRunning = false;
    endIfIdle();
  };
  const request = (): void => {
    isRequested = true;
    if (!isRunning && !signal.aborted) void run();
  };
  signal.addEventListener('abort', endIfIdle, { once: true });
  endIfIdle();
  return { request, done };
}
