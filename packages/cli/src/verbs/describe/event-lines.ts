import { ago } from '@coxswain/api';
import type { Event } from '@coxswain/api/types/core-v1';
import { goSort } from '../../printers/go-sort.ts';
import type { Lines } from './lines.ts';

/** When an event was seen, and since when where it was seen often: `5s (x3 over 2m)`. */
export function seenText(event: Event, nowMs: number): string {
  const { eventTime, firstTimestamp, lastTimestamp, series, count = 0 } = event;
  const first = ago(eventTime ?? firstTimestamp ?? undefined, nowMs);
  if (series) return `${ago(series.lastObservedTime, nowMs)} (x${series.count} over ${first})`;
  return count > 1 ? `${ago(lastTimestamp ?? undefined, nowMs)} (x${count} over ${first})` : first;
}

const lastMs = ({ lastTimestamp }: Event): number =>
  lastTimestamp ? Date.parse(lastTimestamp) : Number.NEGATIVE_INFINITY;

/** The events at the end of a description. */
export const eventLines = (events: readonly Event[], nowMs: number): Lines =>
  events.length === 0
    ? ['Events:\t<none>']
    : [
        'Events:',
        [
          'Type\tReason\tAge\tFrom\tMessage',
          '----\t------\t----\t----\t-------',
          ...goSort([...events], (a, b) => lastMs(a) < lastMs(b)).map((event) => {
            const { type = '', reason = '', source, reportingComponent = '', message } = event;
            const { fieldPath } = event.involvedObject;
            const told = `${fieldPath ? `${fieldPath}: ` : ''}${(message ?? '').trim()}`;
            return `${type}\t${reason}\t${seenText(event, nowMs)}\t${source?.component || reportingComponent}\t${told}`;
          }),
        ],
      ];
