import { targets, type Target } from './targets.ts';
import { mutator } from './mutate.ts';

/** What a run of one target came to. */
export interface Fuzzed {
  readonly name: string;
  readonly inputs: number;
  readonly slowestMs: number;
  /** Of the heap, from the middle of the run to its end, both after a collection where there is one. */
  readonly growthBytes: number;
}

/** An input that was not answered as bad input must be: it says which, so that it can be kept as a test. */
export class Finding extends Error {
  constructor(
    target: Target,
    input: Uint8Array,
    seed: number,
    at: number,
    what: string,
    cause?: unknown,
  ) {
    const shown = Buffer.from(input).toString('base64');
    super(`${target.name}, seed ${seed}, input ${at}: ${what}\n  base64 ${shown}`, { cause });
    this.name = 'Finding';
  }
}

/** No input may take longer. */
const slowestMaxMs = 1000;
const growthMaxBytes = 64 * 2 ** 20;

const heap = (): number => {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
};

/** Reads `count` inputs made by `seed`. Throws a Finding for a crash, a hang, or growth without end. */
export function fuzz(target: Target, seed: number, count: number): Fuzzed {
  const next = mutator(target.seeds, seed);
  let slowestMs = 0;
  let middle = 0;
  for (let at = 0; at < count; at++) {
    if (at === Math.floor(count / 2)) middle = heap();
    const input = next();
    const startMs = performance.now();
    try {
      target.read(input);
    } catch (error) {
      throw new Finding(target, input, seed, at, String((error as Error).stack ?? error), error);
    }
    const tookMs = performance.now() - startMs;
    if (tookMs > slowestMs) slowestMs = tookMs;
    if (tookMs > slowestMaxMs) throw new Finding(target, input, seed, at, `took ${tookMs} ms`);
  }
  const growthBytes = heap() - middle;
  if (growthBytes > growthMaxBytes)
    throw new Error(`${target.name}, seed ${seed}: the heap grew by ${growthBytes} bytes`);
  return { name: target.name, inputs: count, slowestMs, growthBytes };
}

export const allTargets: readonly Target[] = targets;
