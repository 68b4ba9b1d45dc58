import { Events } from '@coxswain/api';
import type { Event } from '@coxswain/api/types/core-v1';
import { pathOf } from '@coxswain/client';
import { type Command, command, type Words } from '../command/command.ts';
import { bool, list, text } from '../command/flags.ts';
import { allNamespacesFlag, chunkSizeFlag } from '../command/shared-flags.ts';
import type { Unstructured } from '../objects/info.ts';
import { listPages, watched } from '../objects/pages.ts';
import { typed } from '../objects/typed.ts';
import { formatNames, printerOf, printFlags } from '../printers/formats.ts';
import { goSort } from '../printers/go-sort.ts';
import { escaped, TabWriter } from '../printers/tab-writer.ts';
import { mapWord } from '../session/mapper.ts';
import { accepts } from '../session/media.ts';
import type { Session } from '../session/session.ts';
import { seenText } from './describe/event-lines.ts';

const flags = {
  ...printFlags,
  'all-namespaces': allNamespacesFlag,
  'chunk-size': chunkSizeFlag,
  for: text('', 'Only events about this object, named as TYPE/NAME'),
  'no-headers': bool(false, 'Leave the line of headers out'),
  types: list('Only events of these types: Normal, Warning'),
  watch: bool(false, 'Go on with events as they come', { short: 'w' }),
};

/** Events that are asked for at once, whatever `--chunk-size` says: kubectl does not look at it here. */
const chunkSize = 500;

type Options = ReturnType<typeof complete>;

const complete = ({ flags: given }: Words<typeof flags>) => ({
  ...given,
  types: given.types.map((type) => type.toLowerCase()),
});

/** `kubectl events`. */
export const events: Command = command({
  name: 'events',
  usage: `events [(-o|--output=)${formatNames.join('|')}] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]`,
  summary: 'List events, the latest last',
  examples: `  events                           # of this namespace
  events -A --types=Warning        # what goes wrong anywhere
  events --for pod/web-0 --watch   # about one pod, as they come`,
  flags,
  complete,
  run,
  stopCode: ({ watch }) => (watch ? 1 : undefined),
});

async function run(options: Options, session: Session): Promise<void> {
  const { name: namespace } = session.namespace();
  const query = options.for ? { fieldSelector: await aboutText(options.for, session) } : {};
  const show = printer(options, session);
  if (options.types.some((type) => type !== 'normal' && type !== 'warning'))
    throw new Error('valid --types are Normal or Warning');
  const path = pathOf(Events, { namespace: options['all-namespaces'] ? '' : namespace });
  const isShown = ({ type = '' }: Event): boolean =>
    options.types.length === 0 || options.types.includes(type.toLowerCase());
  if (options.watch) return watch(path, query, session, (event) => isShown(event) && show([event]));
  const found: Event[] = [];
  for await (const page of listPages(session, path, query, chunkSize, accepts.typed))
    found.push(...(page['items'] as Event[]).filter(isShown));
  if (found.length > 0)
    return show(
      goSort(found, (a, b) => timeOf(a) < timeOf(b)),
      true,
    );
  session.io.err(
    options['all-namespaces']
      ? 'No events found.\n'
      : `No events found in ${namespace} namespace.\n`,
  );
}

async function aboutText(given: string, session: Session): Promise<string> {
  const parts = given.split('/');
  if (parts.length < 2) throw new Error('--for must be in resource/name form');
  if (parts.length > 2)
    throw new Error('arguments in resource/name form may not have more than one slash');
  const [resource = '', name = ''] = parts;
  const { group, version, kind } = await mapWord(session, resource.toLowerCase());
  const about = { kind, apiVersion: group ? `${group}/${version}` : version, name };
  return Object.entries(about)
    .map(([field, value]) => `involvedObject.${field}=${value}`)
    .join(',');
}

const timeOf = ({ series, lastTimestamp, eventTime }: Event): number => {
  const time = series ? series.lastObservedTime : (lastTimestamp ?? eventTime);
  return time ? Date.parse(time) : Number.NEGATIVE_INFINITY;
};

const kindOf = { kind: 'Event', apiVersion: 'v1' };

/** Prints events: whole where a format is given, a line each otherwise. */
function printer(
  options: Options,
  session: Session,
): (found: readonly Event[], isList?: boolean) => void {
  if (options.output) {
    const print = printerOf(options, '', {}, 'struct');
    return (found, isList) => {
      if (isList && options.output === 'name') return; // kubectl's names are not for typed lists, and it does not say so
      const items = found.map((event) => typed({ ...event, ...kindOf }));
      const whole = { kind: 'EventList', apiVersion: 'v1', metadata: {}, items };
      session.io.out(print(isList ? (whole as unknown as Unstructured) : items[0]!));
    };
  }
  const writer = new TabWriter(session.io.out);
  const withNamespace = options['all-namespaces'];
  if (!options['no-headers'])
    writer.write(`${withNamespace ? 'NAMESPACE\t' : ''}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n`);
  return (found) => {
    const nowMs = session.world.clock.now();
    for (const event of found) {
      const { metadata, type = '', reason = '', involvedObject, message = '' } = event;
      const object = `${involvedObject.kind ?? ''}/${involvedObject.name ?? ''}`;
      const cells = [
        seenText(event, nowMs),
        ...[type, reason, object, message.trim()].map(escaped),
      ];
      writer.write(
        `${[...(withNamespace ? [metadata.namespace ?? ''] : []), ...cells].join('\t')}\n`,
      );
    }
    writer.flush();
  };
}

async function watch(
  path: string,
  query: Readonly<Record<string, string>>,
  session: Session,
  show: (event: Event) => void,
): Promise<void> {
  const request = { path, query: { ...query, limit: String(chunkSize) } };
  for await (const { type, object } of watched<Event>(session, request))
    if (type === 'ADDED' || type === 'MODIFIED') show(object);
}
