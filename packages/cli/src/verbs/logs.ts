import { ApiError, parseInstant } from '@coxswain/api';
import type { Pod, PodList } from '@coxswain/api/types/core-v1';
import { type Command, command, type Words } from '../command/command.ts';
import { UsageError } from '../command/failure.ts';
import { bool, duration, int, text } from '../command/flags.ts';
import { selectorFlag } from '../command/shared-flags.ts';
import type { Unstructured } from '../objects/info.ts';
import { objectsNamed, podPath, podsByDefault } from '../pods/named.ts';
import { type LogRequest, logsOf } from '../pods/logs-of.ts';
import { accepts } from '../session/media.ts';
import type { Session } from '../session/session.ts';
import { copyLines } from '../streams/lines.ts';

const usage = 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]';
const wrongUsage = `expected '${usage}'.\nPOD or TYPE/NAME is a required argument for the logs command`;
/** Lines of each pod that a selector shows where nobody says how many. */
const selectedTail = 10;
const retryMs = 1000;

const flags = {
  'all-containers': bool(false, 'Show the logs of all containers of the pods'),
  'all-pods': bool(false, 'Show the logs of all pods of the object, each line with its prefix'),
  container: text('', 'The container to show the log of', { short: 'c' }),
  follow: bool(false, 'Go on as the log grows', { short: 'f' }),
  'ignore-errors': bool(false, 'Go on with the other logs when one fails'),
  'insecure-skip-tls-verify-backend': bool(
    false,
    'Have the server not check who the kubelet is, as where its certificate has run out',
  ),
  'limit-bytes': int(0, 'Show at most so many bytes; 0 for all'),
  'max-log-requests': int(5, 'How many logs may be followed at once'),
  'pod-running-timeout': duration(
    '20s',
    'How long to wait for a pod that runs, as in 5s, 2m or 3h',
  ),
  prefix: bool(false, 'Begin each line with the pod and the container that it comes from'),
  previous: bool(false, 'Show the log of the container before its last restart', { short: 'p' }),
  selector: selectorFlag,
  since: duration('0s', 'Show only what is younger than this, as in 5s, 2m or 3h'),
  'since-time': text('', 'Show only what is younger than this time, as in RFC 3339'),
  tail: int(-1, 'Show only so many of the last lines; -1 for all, or for 10 with a selector'),
  timestamps: bool(false, 'Begin each line with its time'),
};

type Options = ReturnType<typeof complete>;

function complete({ flags: given, changed, args }: Words<typeof flags>) {
  if (args.length > 2 || (args.length === 0 && !given.selector)) throw new UsageError(wrongUsage);
  if (args.length === 1 && given.selector)
    throw new UsageError('only a selector (-l) or a POD name is allowed');
  if (given['pod-running-timeout'] <= 0)
    throw new Error('--pod-running-timeout must be higher than zero');
  return {
    ...given,
    args,
    container: args[1] ?? given.container,
    hasContainerFlag: changed.has('container'),
    prefix: given.prefix || given['all-pods'],
    sinceTime: given['since-time'] && parsedTime(given['since-time']),
    tail: given.selector && !changed.has('tail') ? selectedTail : given.tail,
  };
}

function parsedTime(given: string): string {
  const { seconds } = parseInstant(given);
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

/** `kubectl logs`. */
export const logs: Command = command({
  name: 'logs',
  usage,
  summary: 'Show the logs of containers',
  examples: `  logs web-0                              # the only or first container
  logs web-0 -c proxy -f --tail=20        # the last lines of one, and those to come
  logs -l app=shop --all-containers --prefix
  logs deploy/web --all-pods --since=1h
  logs job/backup -p                      # before the last restart`,
  flags,
  complete,
  run,
  stopCode: () => 1,
});

async function run(options: Options, session: Session): Promise<void> {
  const object = await sourceOf(options, session);
  validate(options);
  const requests = await logsOf(session, object, {
    container: options.container,
    allContainers: options['all-containers'],
    allPods: options['all-pods'],
    timeoutMs: options['pod-running-timeout'],
  });
  const isParallel = options.follow && requests.length > 1;
  const most = options['max-log-requests'];
  if (isParallel && requests.length > most)
    throw new Error(
      `you are attempting to follow ${requests.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
    );
  if (isParallel)
    await Promise.all(requests.map((request) => showFollowing(options, session, request)));
  else
    for (const request of requests)
      await (options.follow ? showFollowing : showOnce)(options, session, request);
}

async function sourceOf(
  { args, selector }: Options,
  session: Session,
): Promise<Unstructured | readonly Pod[]> {
  const namespace = session.namespace().name;
  if (selector) {
    const { items } = await session.rest().json<PodList & Unstructured>({
      ...{ method: 'GET', path: podPath(namespace), query: { labelSelector: selector } },
      accept: accepts.builtIn,
    });
    if (items.length === 0) session.warn(`No resources found in ${namespace} namespace.\n`);
    return items;
  }
  try {
    const [object] = await objectsNamed(session, podsByDefault(args.slice(0, 1)));
    return object!;
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.reason !== 'NotFound') throw cause;
    throw new Error(
      `error from server (NotFound): ${cause.message} in namespace ${JSON.stringify(namespace)}`,
      { cause },
    );
  }
}

function validate(options: Options): void {
  if (options.sinceTime && options.since !== 0)
    throw new Error('at most one of `sinceTime` or `sinceSeconds` may be specified');
  if (options['all-containers'] && options.container)
    throw new Error(
      `--all-containers=true should not be specified with container name ${options.container}`,
    );
  if (options.hasContainerFlag && options.args.length === 2)
    throw new Error('only one of -c or an inline [CONTAINER] arg is allowed');
  if (options['limit-bytes'] < 0) throw new Error('--limit-bytes must be greater than 0');
  if (Math.round(options.since / 1000) < 0) throw new Error('--since must be greater than 0');
  if (options.tail < -1) throw new Error('--tail must be greater than or equal to -1');
}

function queryOf(options: Options, container: string): Readonly<Record<string, string>> {
  const said = (name: string, value: string | number | boolean): Record<string, string> =>
    value ? { [name]: String(value) } : {};
  return {
    container,
    ...said('follow', options.follow),
    ...said('insecureSkipTLSVerifyBackend', options['insecure-skip-tls-verify-backend']),
    ...said('limitBytes', options['limit-bytes']),
    ...said('previous', options.previous),
    ...(options.since !== 0 && { sinceSeconds: String(Math.round(options.since / 1000)) }),
    ...said('sinceTime', options.sinceTime),
    ...(options.tail !== -1 && { tailLines: String(options.tail) }),
    ...said('timestamps', options.timestamps),
  };
}

async function show(options: Options, session: Session, request: LogRequest): Promise<void> {
  const { pod, container } = request;
  const { namespace = '', name } = pod.metadata!;
  const { body } = await session.rest().stream({
    method: 'GET',
    path: podPath(namespace, name, 'log'),
    query: queryOf(options, container),
    ...{ accept: accepts.builtIn, place: 'logs.go:497' },
  });
  const prefix = options.prefix ? `[pod/${name}/${container}] ` : '';
  await copyLines(body, prefix, (bytes) => session.io.write('out', bytes));
}

const tellError = ({ io }: Session, error: unknown): void =>
  io.out(`error: ${(error as Error).message}\n`);

async function showOnce(options: Options, session: Session, request: LogRequest): Promise<void> {
  try {
    await show(options, session, request);
  } catch (error) {
    if (!options['ignore-errors']) throw error;
    tellError(session, error);
  }
}

/** A log that is not there yet may come: asked for again until the time for a running pod is over. */
async function showFollowing(
  options: Options,
  session: Session,
  request: LogRequest,
): Promise<void> {
  const { clock } = session.world;
  const untilMs = clock.now() + options['pod-running-timeout'];
  for (;;)
    try {
      return await show(options, session, request);
    } catch (error) {
      if (session.signal.aborted) throw error;
      if (options['ignore-errors']) return tellError(session, error);
      session.io.err(`${(error as Error).message}\n`);
      if (!(error instanceof ApiError)) throw error;
      if (clock.now() + retryMs > untilMs)
        throw new Error('context deadline exceeded', { cause: error });
      await clock.sleep(retryMs, session.signal);
    }
}
