import { ApiError, type KubeObject, type Resource, type WatchEvent } from '@coxswain/api';
import { type BackoffRule, createBackoff, type World } from '@coxswain/base';
import type { Client } from '../client.ts';

/** Which objects of a resource a watch is for. */
export interface Selection {
  readonly namespace?: string | undefined;
  readonly labels?: string | undefined;
  readonly fields?: string | undefined;
  readonly metadataOnly?: boolean | undefined;
}

/** Where a watch machine puts what it sees. Calls come in order, and never while another runs. */
export interface Sink<T extends KubeObject> {
  /** Everything there is at `resourceVersion`: at the start, and when events were missed. */
  replace(items: readonly T[], resourceVersion: string): void;
  /** What changed since, in order, bookmarks among it. */
  apply(events: readonly WatchEvent<T>[]): void;
}

/** As client-go's reflector waits. */
const reconnect: BackoffRule = { firstMs: 800, maxMs: 30_000, factor: 2, jitter: 1 };
/** A watch that lived so long was a good one: the next is opened at once. */
const goodWatchMs = 1000;
/** The server is asked to end each watch after 5 to 10 minutes, so that load spreads over servers again. */
const watchSecondsMin = 300;
/** Where there is only one server, the own: after days. */
export const lastingWatchSeconds = 1_000_000;
/** Objects of one page where the server does not stream lists. */
const pageItemsMax = 500;

/**
 * Keeps `sink` level with the server until `signal` aborts: all objects, then every change, nothing twice
 * and nothing missing. A broken stream goes on from the last revision seen; 410 starts anew.
 */
export async function runWatch<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  selection: Selection,
  sink: Sink<T>,
  world: World,
  signal: AbortSignal,
  secondsMin: number = watchSecondsMin,
): Promise<void> {
  const backoff = createBackoff(reconnect, world.random);
  const log = world.log.named('watch');
  const machine = { client, resource, selection, sink, world, signal, secondsMin };
  let streams = true; // ask the server for initial events on the watch
  let from: string | undefined; // the last revision seen; undefined: start anew
  const seen = (resourceVersion: string): void => {
    from = resourceVersion;
  };
  while (!signal.aborted) {
    const startedMs = world.clock.now();
    let failed = false;
    try {
      if (from === undefined && !streams) {
        from = await listInto(machine);
        streams = true;
      }
      await watchFrom(machine, from, seen);
    } catch (error) {
      if (signal.aborted) return;
      failed = true;
      if (isExpired(error)) from = undefined;
      else if (from === undefined && streams && refusesStreaming(error)) {
        streams = false;
        continue;
      }
      log.debug('watch broke', { resource: resource.resource, error: String(error) });
    }
    if (failed || world.clock.now() - startedMs < goodWatchMs)
      await wait(world, backoff.next(), signal);
    else backoff.reset();
  }
}

interface Machine<T extends KubeObject> {
  readonly client: Client;
  readonly resource: Resource<T>;
  readonly selection: Selection;
  readonly sink: Sink<T>;
  readonly world: World;
  readonly signal: AbortSignal;
  readonly secondsMin: number;
}

async function listInto<T extends KubeObject>(machine: Machine<T>): Promise<string> {
  const { client, resource, selection, sink, signal } = machine;
  const items: T[] = [];
  for (let next: string | undefined; ;) {
    const page = await client.list(resource, {
      ...selection,
      limit: pageItemsMax,
      continue: next,
      signal,
    });
    for (const item of page.items) items.push(item);
    next = page.next;
    if (next) continue;
    sink.replace(items, page.resourceVersion);
    return page.resourceVersion;
  }
}

/** Passes events on until the stream ends. Without `from`, the initial events are gathered into one `replace`. */
async function watchFrom<T extends KubeObject>(
  { client, resource, selection, sink, world, signal, secondsMin }: Machine<T>,
  from: string | undefined,
  seen: (resourceVersion: string) => void,
): Promise<void> {
  let initial: T[] | undefined = from === undefined ? [] : undefined;
  const timeoutSeconds = Math.round(secondsMin * (1 + world.random()));
  const at = { ...selection, resourceVersion: from, timeoutSeconds, signal };
  for await (const batch of client.watch(resource, at)) {
    let events: readonly WatchEvent<T>[] = batch;
    if (initial) {
      const end = batch.findIndex(endsInitialEvents);
      for (const { type, object } of end < 0 ? batch : batch.slice(0, end))
        if (type !== 'BOOKMARK') initial.push(object);
      if (end < 0) continue;
      const { resourceVersion } = batch[end]!.object.metadata;
      sink.replace(initial, resourceVersion!);
      seen(resourceVersion!);
      initial = undefined;
      events = batch.slice(end + 1);
    }
    if (events.length === 0) continue;
    sink.apply(events);
    seen(events.at(-1)!.object.metadata.resourceVersion!);
  }
}

const endsInitialEvents = ({ type, object }: WatchEvent): boolean =>
  type === 'BOOKMARK' && object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true';

const isExpired = (error: unknown): boolean => error instanceof ApiError && error.code === 410;

/**
 * A server before 1.32, or with WatchList switched off, calls `sendInitialEvents` invalid; one whose etcd is too old for progress
 * requests calls it an internal error. As client-go: whatever it says, a list makes progress where asking again may not.
 */
const refusesStreaming = (error: unknown): boolean =>
  error instanceof ApiError && error.code !== 410 && error.code !== 429;

async function wait({ clock }: World, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
