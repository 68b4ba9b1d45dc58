import type { Event } from '@coxswain/api/types/core-v1';
import { Recent } from './recent.ts';

/** The bounds of client-go's correlator. */
const keysMax = 4096;
const similarMax = 10;
const similarWithinMs = 600_000;
const burst = 25;
const refillMs = 300_000;

/** What to do with an event: create it, raise the count of one that is there, or nothing. */
export type Correlated =
  | { readonly do: 'create'; readonly key: string; readonly event: Event }
  | { readonly do: 'count'; readonly key: string; readonly event: Event; readonly patch: unknown }
  | { readonly do: 'drop' };

/** Folds like events together as client-go does: same ones counted, similar ones combined, floods dropped. */
export interface Correlator {
  correlate(event: Event, nameOfCombined: () => string): Correlated;
  /** The event of `key` was written. */
  wrote(key: string, event: Event): void;
}

export function createCorrelator(now: () => number): Correlator {
  const similar = new Recent<{ readonly messages: Set<string>; lastMs: number }>(keysMax);
  const written = new Recent<Event>(keysMax);
  const buckets = new Recent<{ tokens: number; atMs: number }>(keysMax);

  const combine = (
    about: string,
    event: Event,
    nameOfCombined: () => string,
  ): { key: string; event: Event } => {
    const key = `${about}${apart}${event.reason}`;
    const known = similar.get(key);
    const fresh = !known || now() - known.lastMs > similarWithinMs;
    const group = fresh ? { messages: new Set<string>(), lastMs: now() } : known;
    group.messages.add(event.message ?? '');
    group.lastMs = now();
    if (fresh) similar.set(key, group);
    if (group.messages.size < similarMax)
      return { key: [key, event.involvedObject.fieldPath, event.message].join(apart), event };
    const [oldest] = group.messages;
    group.messages.delete(oldest!);
    return {
      key,
      event: {
        ...event,
        metadata: { name: nameOfCombined(), namespace: event.metadata.namespace },
        message: `(combined from similar events): ${event.message}`,
      },
    };
  };

  const floods = (about: string): boolean => {
    const known = buckets.get(about);
    const bucket = known ?? { tokens: burst, atMs: now() };
    const filled = Math.min(burst, bucket.tokens + (now() - bucket.atMs) / refillMs);
    bucket.tokens = filled >= 1 ? filled - 1 : filled;
    bucket.atMs = now();
    if (!known) buckets.set(about, bucket);
    return filled < 1;
  };

  return {
    correlate(single, nameOfCombined) {
      const about = aboutOf(single);
      const { key, event } = combine(about, single, nameOfCombined);
      const before = written.get(key);
      if (floods(about)) return { do: 'drop' };
      if (!before) return { do: 'create', key, event };
      const count = (before.count ?? 1) + 1;
      const { name, namespace } = before.metadata;
      const { firstTimestamp } = before;
      return {
        do: 'count',
        key,
        event: { ...event, metadata: { name, namespace }, firstTimestamp, count },
        patch: { count, lastTimestamp: event.lastTimestamp, message: event.message },
      };
    },
    wrote: (key, event) => written.set(key, event),
  };
}

/** Between the parts of a key: in no name. */
const apart = '\n';

const aboutOf = ({ source, involvedObject: of, type }: Event): string =>
  [
    ...[source?.component, source?.host, of.kind, of.namespace, of.name, of.uid],
    ...[of.apiVersion, type],
  ].join(apart);
