import { escapeFieldValue, Events, hasReason, type KubeObject, type Resource } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import type { Event } from '@coxswain/api/types/core-v1';
import { type Command, command, type Words } from '../../command/command.ts';
import { Failures, throwAll } from '../../command/failure.ts';
import { bool } from '../../command/flags.ts';
import {
  allNamespacesFlag,
  chunkSizeFlag,
  fileFlags,
  selectorFlag,
} from '../../command/shared-flags.ts';
import { namesFiles } from '../../objects/files.ts';
import { allObjects, find } from '../../objects/find.ts';
import { type Info, pathOfInfo, type Unstructured } from '../../objects/info.ts';
import { listPages } from '../../objects/pages.ts';
import { aside } from '../../session/asides.ts';
import { accepts } from '../../session/media.ts';
import { isTraced } from '../../session/trace.ts';
import type { Session } from '../../session/session.ts';
import type { Ask, Describer, Involved } from './describer.ts';
import { describerOf } from './describers.ts';
import { eventLines } from './event-lines.ts';
import { genericLines } from './generic.ts';
import { linesText } from './lines.ts';

const flags = {
  ...fileFlags('that names what to describe'),
  'all-namespaces': allNamespacesFlag,
  'chunk-size': chunkSizeFlag,
  selector: selectorFlag,
  'show-events': bool(true, 'Show events about the object; unless given, for a single one only'),
};

type Options = ReturnType<typeof complete>;

const complete = ({ flags: given, changed, args }: Words<typeof flags>) => ({
  ...given,
  args,
  isEventsGiven: changed.has('show-events'),
});

/** `kubectl describe`. */
export const describe: Command = command({
  name: 'describe',
  suggestFor: ['inspect'],
  usage: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  summary: 'Show all there is to know of objects, what happened to them included',
  details:
    'Tells of an object together with what belongs to it: pods of a controller, endpoints of a service, events. A name that no object has is taken as the beginning of names.',
  examples: `  describe pod/web-0              # one pod, with its events
  describe pods web               # all pods whose names begin with web
  describe deploy,svc -l app=shop # by a label
  describe node                   # all nodes`,
  flags,
  complete,
  run,
});

async function run(options: Options, session: Session): Promise<void> {
  const { args, selector } = options;
  if (args.length === 0 && !namesFiles(options))
    throw new Error(
      `You must specify the type of resource to describe. Use "${session.program} api-resources" for a complete list of supported resources.\n`,
    );
  const found = await find(session, {
    ...{ args, labels: selector, mayListAll: true, chunkSize: options['chunk-size'] },
    files: options,
    allNamespaces: options['all-namespaces'],
  });
  const { infos, errors } = await allObjects(found);
  const isAlone = errors.length === 0 && infos.length <= 1;
  const settings = {
    ...options,
    'show-events': options['show-events'] && (isAlone || options.isEventsGiven),
  };
  const [error] = errors;
  const isMissing = errors.length === 1 && hasReason(error, 'NotFound');
  if (isMissing && args.length === 2) return describeMatching(settings, session, error);
  let isFirst = true;
  const failures = new Map(errors.map((each) => [Symbol('found'), each] as [unknown, Error]));
  for (const info of infos)
    try {
      const text = await described(info, settings, session);
      session.io.out(isFirst ? text : `\n\n${text}`);
      isFirst = false;
    } catch (failure) {
      const { message } = failure as Error;
      if (!failures.has(message)) failures.set(message, failure as Error);
    }
  if (infos.length === 0 && errors.length === 0)
    session.io.err(
      options['all-namespaces']
        ? 'No resources found\n'
        : `No resources found in ${session.namespace().name} namespace.\n`,
    );
  if (failures.size > 0) throw new Failures([...failures.values()]);
}

/** All objects whose names begin so; where there are none, the one was not found. */
async function describeMatching(
  options: Options,
  session: Session,
  notFound: Error,
): Promise<void> {
  const [resource = '', prefix = ''] = options.args;
  const { infos, errors } = await allObjects(
    await find(session, {
      ...{ args: [resource], mayListAll: true, singleResource: true },
      chunkSize: options['chunk-size'],
    }),
  );
  throwAll(errors);
  const matching = infos.filter(({ name }) => name.startsWith(prefix));
  if (matching.length === 0) throw notFound;
  for (const info of matching) session.io.out(`${await described(info, options, session)}\n`);
}

/** What is printed of one object. */
async function described(info: Info, options: Options, session: Session): Promise<string> {
  const describer = describerOf(info.resource);
  const ask = asking(session, options['chunk-size']);
  const nowMs = session.world.clock.now();
  const object = await objectOf(info, describer, ask, session);
  const found: unknown = await describer?.ask?.(ask, object);
  const about = options['show-events'] ? involved(object, info, describer) : undefined;
  const events = about && (await Promise.all(about.map((each) => eventsOf(ask, each)))).flat();
  return linesText([
    ...(describer ? describer.lines(object, found, nowMs) : genericLines(object)),
    ...(events ? eventLines(events, nowMs) : []),
  ]);
}

/** The object in the version that its describer reads; what came from a file is asked for. */
async function objectOf(
  info: Info,
  describer: Describer | undefined,
  ask: Ask,
  session: Session,
): Promise<Unstructured> {
  const wanted: Resource = describer?.resource ?? info.resource;
  const isSame = wanted.version === info.resource.version;
  const isKnown = info.object && !info.source && isSame;
  if (!describer) await aside(session, pathOfInfo(info), { place: 'simple.go:242' });
  if (isKnown && !(describer && isTraced(session))) return info.object!;
  return (await ask.get(wanted, info.namespace, info.name)) as Unstructured;
}

function involved(
  object: Unstructured,
  { resource: { kind } }: Info,
  describer: Describer | undefined,
): readonly Involved[] | undefined {
  if (describer?.events === 'none') return undefined;
  return describer?.events?.(object) ?? [{ kind, metadata: object.metadata }];
}

/** Events are worth showing, but their absence is no reason to show nothing. */
async function eventsOf(ask: Ask, { kind, metadata }: Involved): Promise<readonly Event[]> {
  const { name, namespace = '', uid = '' } = metadata;
  const fields = [
    ...(kind ? [['kind', kind]] : []),
    ...[
      ['name', name],
      ['namespace', namespace],
    ],
    ...(uid ? [['uid', uid]] : []),
  ]
    .map(([field, value]) => `involvedObject.${field}=${escapeFieldValue(value!)}`)
    .join(',');
  return ask.list(Events, namespace, { fields }).catch(() => []);
}

function asking(session: Session, chunkSize: number): Ask {
  return {
    async list<T extends KubeObject>(
      resource: Resource<T>,
      namespace: string,
      { labels, fields }: { readonly labels?: string; readonly fields?: string } = {},
    ) {
      const items: T[] = [];
      const query = {
        ...(labels && { labelSelector: labels }),
        ...(fields && { fieldSelector: fields }),
      };
      for await (const page of listPages(
        session,
        pathOf(resource, { namespace }),
        query,
        chunkSize,
        accepts.typed,
      ))
        items.push(...((page['items'] ?? []) as T[]));
      return items;
    },
    get: (resource, namespace, name) =>
      session.rest().json({
        method: 'GET',
        path: pathOf(resource, { namespace, name }),
        accept: accepts.typed,
      }),
  };
}
