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
  /** What the server made of the event of `key`. */
  wrote(key: string, event: Event): void;
}

export function createCorrelator(now: () => number): Correlator {
  const similar = new Recent<{ readonly messages: Set<string>; lastMs: number }>(keysMax);
  const written = new Recent<Event>(keysMax);
  const buckets = new Recent<{ readonly tokens: number; readonly atMs: number }>(keysMax);

  const combine = (event: Event, nameOfCombined: () => string): { key: string; event: Event } => {
    const key = similarKey(event);
    const known = similar.get(key);
    const fresh = !known || now() - known.lastMs > similarWithinMs;
    const group = fresh ? { messages: new Set<string>(), lastMs: now() } : known;
    group.messages.add(event.message ?? '');
    group.lastMs = now();
    similar.set(key, group);
    if (group.messages.size < similarMax) return { key: sameKey(event), event };
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

  const floods = (event: Event): boolean => {
    const key = spamKey(event);
    const { tokens, atMs } = buckets.get(key) ?? { tokens: burst, atMs: now() };
    const filled = Math.min(burst, tokens + (now() - atMs) / refillMs);
    buckets.set(key, { tokens: filled >= 1 ? filled - 1 : filled, atMs: now() });
    return filled < 1;
  };

  return {
    correlate(single, nameOfCombined) {
      const { key, event } = combine(single, nameOfCombined);
      const before = written.get(key);
      if (floods(event)) return { do: 'drop' };
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

const about = ({ source, involvedObject: of, type }: Event): string =>
  JSON.stringify([
    ...[source?.component, source?.host, of.kind, of.namespace, of.name, of.uid],
    ...[of.apiVersion, type],
  ]);
const spamKey = about;
const similarKey = (event: Event): string => `${about(event)}${event.reason}`;
const sameKey = (event: Event): string =>
  JSON.stringify([about(event), event.involvedObject.fieldPath, event.reason, event.message]);
