import type { Clock } from '@coxswain/base';
import { Heap } from './heap.ts';
import { comesFirst, type Entry, entryOf, type Waiting } from './waiting.ts';

/** How long a pod backs off that failed once, and at most. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Upstream's defaults. */
export const defaultBackoff: Backoff = { firstMs: 1_000, maxMs: 10_000 };
/** Back-offs end with whole seconds, so that pods of one second come out by priority, as upstream's windows have it. */
const windowMs = 1_000;

interface BackoffEntry extends Entry {
  readonly untilMs: number;
}

/**
 * Pods that back off: at first 1 s, doubled each time they fail, at most 10 s by default. Those that met an error wait it out; those that
 * found no node may be taken early, when there is nothing else to try.
 */
export class BackoffQueue implements Disposable {
  readonly #rejected = new Heap<BackoffEntry>(endsFirst);
  readonly #failed = new Heap<BackoffEntry>(endsFirst);
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #over: (waiting: Waiting) => void;
  #timer: Disposable | undefined;
  #timerMs = Number.POSITIVE_INFINITY;

  /** `over` is handed each pod whose back-off has passed. */
  constructor(clock: Clock, over: (waiting: Waiting) => void, backoff: Backoff = defaultBackoff) {
    this.#clock = clock;
    this.#backoff = backoff;
    this.#over = over;
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }

  /** Whether the pod must still back off. */
  holds(waiting: Waiting): boolean {
    return untilMs(waiting, this.#backoff) > this.#clock.now();
  }

  push(waiting: Waiting, entry: number): void {
    const heap = waiting.errors > 0 ? this.#failed : this.#rejected;
    heap.push({ ...entryOf(waiting, entry), untilMs: untilMs(waiting, this.#backoff) });
    this.#setTimer();
  }

  /** A pod that found no node, before its time. */
  pop(): Waiting | undefined {
    for (let entry; (entry = this.#rejected.pop());) if (isThere(entry)) return entry.waiting;
    return undefined;
  }

  #setTimer(): void {
    const next = Math.min(...[this.#rejected, this.#failed].map(endOfFirst));
    if (next >= this.#timerMs) return;
    this.#timer?.[Symbol.dispose]();
    this.#timerMs = next;
    this.#timer = this.#clock.after(next - this.#clock.now(), () => this.#end());
  }

  #end(): void {
    this.#timerMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.now();
    for (const heap of [this.#rejected, this.#failed])
      while (heap.first && heap.first.untilMs <= nowMs) {
        const entry = heap.pop()!;
        if (isThere(entry)) this.#over(entry.waiting);
      }
    this.#setTimer();
  }
}

/** Errors in a row count by themselves; a pod that met neither does not wait. */
function untilMs({ sinceMs, rejections, errors }: Waiting, { firstMs, maxMs }: Backoff): number {
  const times = errors > 0 ? errors : rejections;
  if (times === 0) return sinceMs;
  const endMs = sinceMs + Math.min(maxMs, firstMs * 2 ** (times - 1));
  return (Math.floor(endMs / windowMs) + 1) * windowMs;
}

const endsFirst = (a: BackoffEntry, b: BackoffEntry): boolean =>
  a.untilMs === b.untilMs ? comesFirst(a, b) : a.untilMs < b.untilMs;

const endOfFirst = ({ first }: Heap<BackoffEntry>): number =>
  first?.untilMs ?? Number.POSITIVE_INFINITY;

const isThere = ({ waiting, entry }: Entry): boolean =>
  waiting.place === 'backoff' && waiting.entry === entry;
