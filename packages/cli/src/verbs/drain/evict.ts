import { hasReason, Pods } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import { goDuration } from '../../command/flags.ts';
import { fetched } from '../../objects/fetched.ts';
import { waitingIn } from '../../hints/waiting.ts';
import { gone } from '../../objects/gone.ts';
import type { Info } from '../../objects/info.ts';
import { builtIn } from '../../objects/typed.ts';
import { type DryRun, remove } from '../../objects/write.ts';
import { goJson } from '../../printers/go-json.ts';
import type { Session } from '../../session/session.ts';
import { told } from './nodes.ts';
import { isOverdue, type Pod } from './pods-on-node.ts';

/** How pods are made to go. */
export interface Manner {
  readonly dryRun: DryRun;
  readonly 'grace-period': number;
  readonly 'disable-eviction': boolean;
  readonly 'skip-wait-for-delete-timeout': number;
  /** How long all of it may take, in ms; 0 for ever. */
  readonly timeout: number;
}

/** How long to wait after a refused eviction. */
const retryMs = 5000;

const infoOf = ({ metadata: { namespace, name } }: Pod): Info => ({
  ...{ resource: builtIn(Pods), namespace, name },
  ...{ subresource: '', source: '', object: undefined },
});

const optionsOf = (manner: Manner): { readonly gracePeriodSeconds?: number } =>
  manner['grace-period'] >= 0 ? { gracePeriodSeconds: manner['grace-period'] } : {};

/** Makes all pods go, at once or one after the other; gives what went wrong. */
export async function sendOff(
  session: Session,
  pods: readonly Pod[],
  manner: Manner,
): Promise<readonly Error[]> {
  if (pods.length === 0) return [];
  const deadlineMs =
    manner.timeout > 0 ? session.world.clock.now() + manner.timeout : Number.POSITIVE_INFINITY;
  if (!manner['disable-eviction'] && (await canEvict(session))) {
    using waiting = waitingIn(session);
    const left = new Set(pods);
    const show = (): void => {
      const [first] = left;
      waiting.show(left.size, `pod/${first?.metadata.name}`);
    };
    show();
    const evictions = pods.map(async (pod) => {
      const error = await evicted(waiting.session, pod, manner, deadlineMs);
      left.delete(pod);
      show();
      return error;
    });
    return (await Promise.all(evictions)).filter((error) => error !== undefined);
  }
  try {
    for (const pod of pods) {
      await removed(session, pod, manner);
      started(session, pod, 'deletion started', manner);
    }
    for (const pod of pods) await waitedFor(session, pod, 'deleted', manner, deadlineMs);
    return [];
  } catch (error) {
    return [error as Error];
  }
}

async function canEvict(session: Session): Promise<boolean> {
  const { resources } = await session.discovery();
  const pods = resources.find(({ group, resource }) => group === '' && resource === 'pods');
  return pods?.subresources['eviction']?.kind === 'Eviction';
}

async function removed(session: Session, pod: Pod, manner: Manner): Promise<void> {
  try {
    await remove(session, infoOf(pod), optionsOf(manner), manner);
  } catch (error) {
    if (!hasReason(error, 'NotFound')) throw error;
  }
}

function started(session: Session, pod: Pod, words: string, { dryRun }: Manner): void {
  if (session.global.v >= 2) session.io.out(told(pod, words, dryRun));
}

/** Evicts a pod, again and again while its budget forbids it, and waits until it is gone. */
async function evicted(
  session: Session,
  first: Pod,
  manner: Manner,
  deadlineMs: number,
): Promise<Error | undefined> {
  const { io, world } = session;
  const { namespace, name } = first.metadata;
  const what = `pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}`;
  const { dryRun } = manner;
  for (let pod = first; ;) {
    if (dryRun !== 'server') started(session, pod, 'eviction started', manner);
    io.out(`evicting pod ${namespace}/${name}${dryRun === 'server' ? ' (server dry run)' : ''}\n`);
    if (world.clock.now() >= deadlineMs)
      return new Error(
        `error when evicting ${what}: global timeout reached: ${goDuration(manner.timeout)}`,
      );
    try {
      await evict(session, pod, manner);
      break;
    } catch (cause) {
      if (hasReason(cause, 'NotFound')) return undefined;
      const { message } = cause as Error;
      const again = `(will retry after ${goDuration(retryMs)}): ${message}\n`;
      if (isEnding(cause)) {
        if (pod.metadata.deletionTimestamp) break;
        io.err(
          `error when evicting pod ${JSON.stringify(name)} from terminating namespace ${JSON.stringify(namespace)} ${again}`,
        );
      } else if (hasReason(cause, 'TooManyRequests'))
        io.err(`error when evicting ${what} ${again}`);
      else return new Error(`error when evicting ${what}: ${message}`, { cause });
    }
    await world.clock.sleep(retryMs, session.signal);
    pod = await fetched(session, {}, infoOf(pod)).then(
      ({ object }) => object as Pod,
      () => pod,
    );
  }
  if (dryRun === 'server') return undefined;
  try {
    await waitedFor(session, first, 'evicted', manner, deadlineMs);
    return undefined;
  } catch (cause) {
    return new Error(
      `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: ${(cause as Error).message}`,
      { cause },
    );
  }
}

const isEnding = (error: unknown): boolean =>
  hasReason(error, 'Forbidden') &&
  (error.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating');

async function evict(session: Session, { metadata }: Pod, manner: Manner): Promise<void> {
  const { namespace, name } = metadata;
  const dryRun = manner.dryRun === 'server' && { dryRun: ['All'] };
  await session.rest().json({
    method: 'POST',
    path: pathOf(Pods, { namespace, name, subresource: 'eviction' }),
    body: goJson({
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace },
      deleteOptions: { ...optionsOf(manner), ...dryRun },
    }),
  });
}

/** Waits for the end of a pod, tells of it, or leaves one alone that has been going for too long. */
async function waitedFor(
  session: Session,
  pod: Pod,
  operation: string,
  manner: Manner,
  deadlineMs: number,
): Promise<void> {
  const { clock } = session.world;
  const { dryRun, 'skip-wait-for-delete-timeout': skipSeconds } = manner;
  const over = new AbortController();
  const signal = AbortSignal.any([session.signal, over.signal]);
  const late = async (): Promise<'late' | 'never'> => {
    if (deadlineMs === Number.POSITIVE_INFINITY) return never(signal);
    await clock.sleep(Math.max(0, deadlineMs - clock.now()), signal);
    return 'late';
  };
  const skipped = async (): Promise<'skipped' | 'never'> => {
    if (skipSeconds <= 0) return never(signal);
    for (;;) {
      const present = await fetched(session, {}, infoOf(pod)).catch(() => undefined);
      const going = present?.object as Pod | undefined;
      if (!going?.metadata.deletionTimestamp) return never(signal);
      if (isOverdue(going, skipSeconds, clock.now())) return 'skipped';
      const dueMs = Date.parse(going.metadata.deletionTimestamp) + (skipSeconds + 1) * 1000;
      await clock.sleep(Math.max(0, dueMs - clock.now()), signal);
    }
  };
  const ended = gone(session, infoOf(pod), pod.metadata.uid).then(() => 'gone' as const);
  const waits = [ended, late(), skipped()];
  for (const wait of waits) wait.catch(() => {}); // those that lose the race are stopped
  try {
    const first = await Promise.race(waits);
    if (first === 'late') throw new Error('context deadline exceeded');
    session.io.out(
      first === 'skipped'
        ? `pod ${JSON.stringify(pod.metadata.name)} has DeletionTimestamp older than ${skipSeconds} seconds, skipping\n`
        : told(pod, operation, dryRun),
    );
  } finally {
    over.abort();
  }
}

const never = (signal: AbortSignal): Promise<'never'> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('no longer waited for')));
  });
