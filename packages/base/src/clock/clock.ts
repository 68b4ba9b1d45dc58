/** Time as the cluster sees it. Nothing else reads the time or sets a timer. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` of this clock's time; rejects with `signal.reason` when aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `fire` once, `ms` from now; disposing before that cancels it. */
  after(ms: number, fire: () => void): Disposable;
}

const noop = (): void => {};

/** Longest delay that a native timer takes; longer waits are cut into pieces of this length. */
const nativeDelayMaxMs = 2 ** 31 - 1;

/** The machine's clock. Its timers keep a process alive only while something waits in `sleep`. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleepOn(systemClock, ms, signal),
  after(ms, fire) {
    let left = Math.max(0, ms);
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const step = Math.min(left, nativeDelayMaxMs);
      left -= step;
      timer = setTimeout(left > 0 ? arm : fire, step);
    };
    arm();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** `Clock.sleep` in terms of `Clock.after`, for every clock. */
export function sleepOn(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    let stop = noop;
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    stop = () => {
      timer[Symbol.dispose]();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
