import { exponentialBuckets, type Metrics } from '@coxswain/base';

const buckets = exponentialBuckets(1e-8, 10, 10);

/** What a queue says of itself when it is asked. */
export interface QueueState {
  readonly depth: number;
  /** Since when each key that is worked on is. */
  readonly startedMs: Iterable<number>;
  readonly nowMs: number;
}

/** The metrics of one queue, by upstream's names. */
export interface QueueFigures {
  added(): void;
  retried(): void;
  waited(seconds: number): void;
  worked(seconds: number): void;
}

/** Counts a queue under its `name`; `state` is read at a scrape. */
export function queueFigures(
  metrics: Metrics,
  name: string,
  state: () => QueueState,
): QueueFigures {
  const common = { labels: ['name'], stability: 'BETA' } as const;
  const of = (word: string, help: string) => ({ ...common, name: `workqueue_${word}`, help });
  const adds = metrics.counter(of('adds_total', 'Keys that were added to a queue.'));
  const retries = metrics.counter(of('retries_total', 'Keys that were tried again.'));
  const depth = metrics.gauge(of('depth', 'Keys that wait in a queue.'));
  const unfinished = metrics.gauge(
    of('unfinished_work_seconds', 'Time spent so far on keys that are worked on.'),
  );
  const longest = metrics.gauge(
    of('longest_running_processor_seconds', 'Time spent so far on the key that takes longest.'),
  );
  const time = (word: string, help: string) =>
    metrics.histogram({ ...of(word, help), buckets }).of(name);
  adds.add(0, name);
  retries.add(0, name);
  metrics.beforeScrape(() => {
    const { depth: waiting, startedMs, nowMs } = state();
    const seconds = [...startedMs].map((ms) => (nowMs - ms) / 1000);
    depth.set(waiting, name);
    unfinished.set(
      seconds.reduce((sum, each) => sum + each, 0),
      name,
    );
    longest.set(Math.max(0, ...seconds), name);
  });
  return {
    added: () => adds.add(1, name),
    retried: () => retries.add(1, name),
    waited: time('queue_duration_seconds', 'Time that keys waited in a queue.'),
    worked: time('work_duration_seconds', 'Time that work on a key took.'),
  };
}
