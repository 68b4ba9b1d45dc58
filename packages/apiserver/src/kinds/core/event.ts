import { ago, Events } from '@coxswain/api';
import type { Event } from '@coxswain/api/types/core-v1';
import type { Column, Kind } from '../kind.ts';
import { countColumn, nameColumn, textColumn, wide } from '../rules/columns.ts';
import { allInvalid, invalidValue, required, type Rules } from '../rules/field.ts';
import { dns1123Subdomain, qualifiedName } from '../rules/name.ts';

const anyName = (): readonly string[] => [];

/** The rules that both versions of events keep; `controller` is what the version calls the reporter. */
export function* eventRules(
  event: Event,
  controller: 'reportingComponent' | 'reportingController',
): Rules {
  const { metadata, involvedObject, eventTime } = event;
  const namespace = metadata.namespace ?? '';
  const about = involvedObject?.namespace ?? '';
  const away = 'does not match event.namespace';
  if (!eventTime) {
    const matches = about ? namespace === about : namespace === '' || namespace === 'default';
    if (!matches) yield invalidValue('involvedObject.namespace', about, away);
  } else {
    if (!about && namespace !== 'default' && namespace !== 'kube-system')
      yield invalidValue('involvedObject.namespace', about, away);
    const reporter = event.reportingComponent ?? '';
    if (!reporter) yield required(controller);
    yield* allInvalid(controller, reporter, qualifiedName(reporter));
    yield* bounded('reportingInstance', event.reportingInstance, 128);
    yield* bounded('action', event.action, 128);
    yield* bounded('reason', event.reason, 128);
    if ((event.message ?? '').length > 1024)
      yield invalidValue('message', '', 'can have at most 1024 characters');
  }
  yield* allInvalid('namespace', namespace, dns1123Subdomain(namespace));
}

function* bounded(field: string, text: string | undefined, max: number): Rules {
  if (!text) yield required(field);
  else if (text.length > max) yield invalidValue(field, '', `can have at most ${max} characters`);
}

/** The fields by which both versions of events are selected, the object's own under `about`. */
export const eventFields = (
  about: string,
  reporter: string,
): Readonly<Record<string, (event: Event) => string>> => ({
  ...Object.fromEntries(
    (
      ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const
    ).map(
      (field) =>
        [
          `${about}.${field}`,
          ({ involvedObject }: Event) => involvedObject?.[field] ?? '',
        ] as const,
    ),
  ),
  reason: ({ reason = '' }) => reason,
  [reporter]: ({ reportingComponent = '' }) => reportingComponent,
  type: ({ type = '' }) => type,
});

const firstSeen = ({ firstTimestamp, eventTime }: Event, nowMs: number): string =>
  ago(firstTimestamp || eventTime, nowMs);

const lastSeen = (event: Event, nowMs: number): string => {
  if (event.series) return ago(event.series.lastObservedTime, nowMs);
  return event.lastTimestamp ? ago(event.lastTimestamp, nowMs) : firstSeen(event, nowMs);
};

function sourceText({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.host || reportingInstance;
  return instance ? `${component}, ${instance}` : component;
}

/** Upstream prints both versions by the same columns. */
export const eventColumns: readonly Column<Event>[] = [
  textColumn<Event>('Last Seen', 'How long ago it last happened.', (event, { nowMs }) =>
    lastSeen(event, nowMs),
  ),
  textColumn<Event>('Type', 'Whether it is normal or a warning.', ({ type = '' }) => type),
  textColumn<Event>('Reason', 'Why it happened, in one word.', ({ reason = '' }) => reason),
  textColumn<Event>('Object', 'What it happened to.', ({ involvedObject: { kind = '', name } }) =>
    name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase(),
  ),
  wide(
    textColumn<Event>(
      'Subobject',
      'Which part of the object.',
      ({ involvedObject }) => involvedObject.fieldPath ?? '',
    ),
  ),
  wide(textColumn<Event>('Source', 'Who reports it.', sourceText)),
  textColumn<Event>('Message', 'What happened, for people.', ({ message = '' }) => message.trim()),
  wide(
    textColumn<Event>('First Seen', 'How long ago it first happened.', (event, { nowMs }) =>
      firstSeen(event, nowMs),
    ),
  ),
  wide({
    ...countColumn<Event>(
      'Count',
      'How often it happened.',
      ({ series, count }) => series?.count ?? (count || 1),
    ),
    type: 'string',
  }),
  wide(nameColumn),
];

/** Something that happened to an object, kept for an hour. */
export const eventKind: Kind<Event> = {
  resource: Events,
  shortNames: ['ev'],
  validateName: anyName,
  metadataLast: true,
  allowCreateOnUpdate: true,
  generation: false,
  validate: (event) => eventRules(event, 'reportingComponent'),
  selectableFields: {
    ...eventFields('involvedObject', 'reportingComponent'),
    source: ({ source, reportingComponent = '' }) => source?.component || reportingComponent,
  },
  columns: eventColumns,
};
