import { Events, EventsV1 } from '@coxswain/api';
import type { Event as CoreEvent } from '@coxswain/api/types/core-v1';
import type { Event } from '@coxswain/api/types/events-v1';
import { eventColumns, eventFields, eventRules } from '../core/event.ts';
import type { Column, Kind } from '../kind.ts';
import { equal } from '../rules/equal.ts';
import { invalidValue, required, type Rules } from '../rules/field.ts';
import { immutable } from '../rules/meta.ts';

/** Drops what has no value, so that an event that went to and fro equals itself. */
const compact = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;

/** The event as the core group stores it. */
export const toCoreEvent = (event: Event): CoreEvent => {
  const { regarding, note, reportingController, deprecatedSource, ...rest } = event;
  const { deprecatedFirstTimestamp, deprecatedLastTimestamp, deprecatedCount, ...kept } = rest;
  return compact({
    ...kept,
    apiVersion: 'v1',
    kind: 'Event',
    involvedObject: regarding ?? {},
    message: note,
    reportingComponent: reportingController,
    source: deprecatedSource,
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    count: deprecatedCount,
  });
};

/** A stored event as events.k8s.io shows it. */
export const fromCoreEvent = (event: CoreEvent): Event => {
  const { involvedObject, message, reportingComponent, source, ...rest } = event;
  const { firstTimestamp, lastTimestamp, count, series, eventTime, ...kept } = rest;
  return compact({
    ...kept,
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    eventTime: eventTime as string,
    series: series && { count: series.count ?? 0, lastObservedTime: series.lastObservedTime ?? '' },
    regarding: involvedObject,
    note: message,
    reportingController: reportingComponent,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    deprecatedCount: count,
  });
};

function* series(event: CoreEvent): Rules {
  if (!event.series) return;
  if ((event.series.count ?? 0) < 2) yield invalidValue('series.count', '', 'should be at least 2');
  if (!event.series.lastObservedTime) yield required('series.lastObservedTime');
}

const oldFields = ['firstTimestamp', 'lastTimestamp', 'count', 'source'] as const;

function* createRules(object: Event): Rules {
  const event = toCoreEvent(object);
  yield* eventRules(event, 'reportingController');
  yield* series(event);
  if (!event.eventTime) yield required('eventTime');
  if (event.type !== 'Normal' && event.type !== 'Warning')
    yield invalidValue('type', '', `has invalid value: ${event.type ?? ''}`);
  for (const field of oldFields)
    if (!equal(event[field], undefined)) yield invalidValue(field, '', 'needs to be unset');
}

const fixed = [
  ...([
    'involvedObject',
    'reason',
    'message',
    'source',
    'firstTimestamp',
    'lastTimestamp',
  ] as const),
  ...(['count', 'type', 'eventTime', 'action', 'related', 'reportingInstance'] as const),
];

function* updateRules(object: Event, old: Event): Rules {
  const next = toCoreEvent(object);
  const before = toCoreEvent(old);
  yield* eventRules(next, 'reportingController');
  if (!equal(next.series, before.series)) yield* series(next);
  for (const field of fixed) yield* immutable(field, next[field], before[field]);
  yield* immutable('reportingController', next.reportingComponent, before.reportingComponent);
}

const asCore =
  <R>(of: (event: CoreEvent) => R) =>
  (event: Event): R =>
    of(toCoreEvent(event));

const columns: readonly Column<Event>[] = eventColumns.map((column) => ({
  ...column,
  value: (event, at) => column.value(toCoreEvent(event), at),
}));

/** The newer version of events: stricter on the way in, stored as the core group's. */
export const eventV1Kind: Kind<Event> = {
  resource: EventsV1,
  storedAs: {
    resource: Events,
    toStored: toCoreEvent,
    fromStored: (stored) => fromCoreEvent(stored as CoreEvent),
  },
  shortNames: ['ev'],
  allowCreateOnUpdate: true,
  generation: false,
  validate: createRules,
  validateUpdate: updateRules,
  selectableFields: Object.fromEntries(
    Object.entries(eventFields('regarding', 'reportingController')).map(([field, of]) => [
      field,
      asCore(of),
    ]),
  ),
  columns,
};
