import { ApiError, notFound } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import { type Command, command, type Words } from '../../command/command.ts';
import { throwAll } from '../../command/failure.ts';
import { bool, duration, list, texts } from '../../command/flags.ts';
import { allNamespacesFlag, fieldSelectorFlag, selectorFlag } from '../../command/shared-flags.ts';
import { fetched } from '../../objects/fetched.ts';
import { allObjects, eachObject, find, type Found, type Query } from '../../objects/find.ts';
import { type Info, pathOfInfo, type Unstructured } from '../../objects/info.ts';
import { watched } from '../../objects/pages.ts';
import { until } from '../../objects/until.ts';
import { printFlags, resultPrinter } from '../../printers/formats.ts';
import { aside } from '../../session/asides.ts';
import type { Session } from '../../session/session.ts';
import { type Condition, conditionOf } from './conditions.ts';

const weekMs = 7 * 24 * 3_600_000;
const timedOut = 'timed out waiting for the condition';

const flags = {
  ...printFlags,
  all: bool(false, 'All objects of the named resources'),
  'all-namespaces': allNamespacesFlag,
  'field-selector': fieldSelectorFlag,
  filename: list('File, folder or URL that names what to wait for', { short: 'f' }),
  for: texts(
    'What to wait for: create, delete, condition=NAME[=VALUE], or jsonpath=PATH[=VALUE]; several come true one after the other',
  ),
  local: bool(false, 'Ask nothing of a server'),
  recursive: bool(true, 'Read the folders of -f with all that is below them', { short: 'R' }),
  selector: selectorFlag,
  timeout: duration('30s', 'How long to wait; 0 looks once, less than 0 waits for a week'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  const print = resultPrinter(given, 'condition met');
  const conditions = given.for.map(conditionOf);
  if (conditions.length === 0) throw new Error('unrecognized condition: []');
  const timeoutMs = given.timeout < 0 ? weekMs : given.timeout;
  return { ...given, args, print, conditions, timeoutMs };
}

/** `kubectl wait`. */
export const wait: Command = command({
  name: 'wait',
  usage:
    "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  summary: 'Wait until objects are as they should be',
  examples: `  wait pod/web-0 --for=condition=Ready --timeout=2m
  wait deploy -l app=shop --for=condition=Available
  wait pod/web-0 --for=jsonpath='{.status.phase}'=Running
  wait svc/web --for=jsonpath='{.status.loadBalancer.ingress}'
  wait job/backup --for=create --for=condition=Complete
  wait ns/old --for=delete`,
  flags,
  complete,
  run,
  stopCode: () => 1,
});

const asks = ({ conditions }: Options, kind: Condition['kind']): boolean =>
  conditions.some((each) => each.kind === kind);

async function run(options: Options, session: Session): Promise<void> {
  const over = new AbortController();
  using _timer =
    options.timeoutMs > 0
      ? session.world.clock.after(options.timeoutMs, () => over.abort(new Error(timedOut)))
      : undefined;
  if (asks(options, 'create')) await created(options, session, over.signal);
  const forDelete = asks(options, 'delete');
  const found = await sought(options, session);
  const items = forDelete ? withoutMissing(found) : found;
  const count = await eachObject(items, async (info) => {
    for (const condition of options.conditions)
      session.io.out(options.print(await met(options, session, info, condition, over.signal)));
  });
  if (count === 0 && !forDelete) throw new Error('no matching resources found');
}

const queryOf = (options: Options, session: Session): Query => ({
  args: options.args,
  files: { filename: options.filename, recursive: options.recursive },
  labels: options.selector,
  fields: options['field-selector'],
  mayListAll: options.all,
  allNamespaces: options['all-namespaces'],
  isLocal: options.local,
  requiresNamespace: session.namespace().isExplicit,
});

const sought = (options: Options, session: Session): Promise<Found> =>
  find(session, { ...queryOf(options, session), fetch: 'latest' });

const isNotFound = (error: unknown): boolean =>
  error instanceof ApiError && error.reason === 'NotFound';

const withoutMissing = (found: Found): Found => ({
  ...found,
  async *items() {
    for await (const item of found.items()) if (!isNotFound(item)) yield item;
  },
});

/** Waits until something is there of all that is meant; what files name is not waited for, as with kubectl. */
async function created(options: Options, session: Session, over: AbortSignal): Promise<void> {
  for (;;) {
    const { infos, errors } = await allObjects(await sought(options, session));
    const isOneMissing = errors.length === 1 && isNotFound(errors[0]); // of several kubectl tells at once
    if (errors.length > 0 && (options.filename.length > 0 || !isOneMissing)) throwAll(errors);
    if (errors.length === 0 && infos.length > 0) return;
    if (options.timeoutMs === 0) throw new Error(timedOut);
    try {
      await appeared(options, session, over);
    } catch (error) {
      throw over.aborted ? new Error(timedOut, { cause: error }) : error;
    }
  }
}

/** Waits until each named object was there, or there is news of what is selected. */
async function appeared(options: Options, session: Session, over: AbortSignal): Promise<void> {
  const enough = new AbortController();
  const signal = AbortSignal.any([session.signal, over, enough.signal]);
  const found = await find(session, {
    ...queryOf(options, session),
    fetch: 'never',
    keepsLists: true,
  });
  const { infos } = await allObjects(found);
  const lists = infos.filter(({ name }) => name === '');
  for (const info of infos)
    if (info.name) await until(session, info, (object) => object !== undefined, signal);
  if (lists.length === 0) return;
  const news = lists.map((list) => changed(options, session, list, signal));
  for (const one of news) one.catch(() => {}); // those that lose the race are stopped
  try {
    await Promise.race(news);
  } finally {
    enough.abort();
  }
}

/** The next event of a list that was read, or the end of its watch. */
async function changed(
  options: Options,
  session: Session,
  { resource, namespace, object }: Info,
  signal: AbortSignal,
): Promise<void> {
  const { selector, 'field-selector': fieldSelector } = options;
  const query = {
    ...(selector && { labelSelector: selector }),
    ...(fieldSelector && { fieldSelector }),
    resourceVersion: object!.metadata.resourceVersion ?? '',
  };
  for await (const _ of watched(session, { path: pathOf(resource, { namespace }), query, signal }))
    return;
}

/** Waits for one condition of one object; gives the object to print. */
async function met(
  options: Options,
  session: Session,
  info: Info,
  condition: Condition,
  over: AbortSignal,
): Promise<Unstructured> {
  if (!info.name) throw new Error('resource name must be provided');
  if (condition.kind === 'create') return info.object!;
  const what = `${info.resource.resource}/${info.name}`;
  const isMet = (object: Unstructured | undefined): boolean =>
    condition.kind === 'state' ? object !== undefined && condition.isMet(object) : !object;
  if (options.timeoutMs === 0) {
    const now = await fetched(session, {}, info).catch((error: unknown) => {
      if (condition.kind === 'delete' && isNotFound(error)) return undefined;
      throw error;
    });
    if (!isMet(now?.object)) throw new Error(`condition not met for ${what}`);
    return now?.object ?? info.object!;
  }
  if (condition.kind === 'delete')
    await aside(session, pathOfInfo(info), { place: 'simple.go:242' });
  try {
    const seen = await until(
      session,
      info,
      (object, isFirst) => {
        if (isFirst && !object && condition.kind === 'state')
          throw notFound({ ...info.resource, name: info.name });
        return isMet(object);
      },
      over,
    );
    return seen ?? info.object!;
  } catch (error) {
    if (over.aborted) throw new Error(`${timedOut} on ${what}`, { cause: error });
    throw error;
  }
}
