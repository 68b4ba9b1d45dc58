import { ApiError, Events, formatTime, type KubeObject } from '@coxswain/api';
import { BoundedQueue, type World } from '@coxswain/base';
import type { Event } from '@coxswain/api/types/core-v1';
import type { Client } from '../client.ts';
import { type Correlated, createCorrelator } from './correlator.ts';

/** Who records: `source` and `reportingComponent` of its events. */
export interface EventSource {
  readonly component: string;
  readonly host?: string | undefined;
}

/** What to say about an object. */
export interface Occurrence {
  readonly about: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly fieldPath?: string | undefined; // 'spec.containers{web}'
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Where it happened, for who records for many hosts. */
  readonly host?: string | undefined;
  /** What was done or tried: for those who speak by events.k8s.io upstream. */
  readonly action?: string | undefined;
}

/** Records events without making the caller wait. Like events are folded; what the server refuses is logged and dropped. */
export interface Recorder extends AsyncDisposable {
  record(occurrence: Occurrence): void;
}

/** Events that wait to be written; further ones are dropped, as client-go drops them. */
const waitingMaxDefault = 1000;
/** Events written at once, each about another object. */
const atOnceMax = 64;
/** Of those that are dropped, one in so many is told of. */
const droppedTold = 1000;
/** As client-go tries again when the server cannot be reached. */
const triesMax = 12;
const retryMs = 10_000;

interface Waiting {
  readonly event: Event;
  readonly done: Disposable;
}

/** `client` may depend on the event: a fleet's recorder writes as the node that each is about. */
export function createRecorder(
  client: Client | ((event: Event) => Client),
  world: World,
  source: EventSource,
  waitingMax: number = waitingMaxDefault,
): Recorder {
  const clientFor = typeof client === 'function' ? client : (): Client => client;
  const { clock, work } = world;
  const log = world.log.named('events');
  const queue = new BoundedQueue<Waiting>(waitingMax);
  const end = new AbortController();
  const correlator = createCorrelator(() => clock.now());
  const nameFor = uniqueNames(() => clock.now(), world.random);

  const write = async (correlated: Exclude<Correlated, { do: 'drop' }>): Promise<void> => {
    const { event, key } = correlated;
    for (let tries = 1; ; tries++) {
      try {
        await send(correlated, clientFor(event), end.signal);
        return correlator.wrote(key, event);
      } catch (error) {
        if (end.signal.aborted) return;
        if (isGoing(error)) return; // a namespace that ends takes no more events
        if (error instanceof ApiError || tries >= triesMax)
          return log.warn('event not written', { reason: event.reason, error: String(error) });
        await clock.sleep(tries === 1 ? retryMs * world.random() : retryMs, end.signal);
      }
    }
  };

  /** Events of one object, one after another: each is folded into what the one before has left. */
  const writeAll = async (waiting: readonly Waiting[]): Promise<void> => {
    for (const { event, done } of waiting) {
      const correlated = correlator.correlate(event, () =>
        nameFor(event.involvedObject.name ?? ''),
      );
      if (correlated.do !== 'drop' && !end.signal.aborted)
        await write(correlated).catch((error) => log.error('event not written', error));
      done[Symbol.dispose]();
    }
  };
  const run = async (): Promise<void> => {
    for (let batch; (batch = await queue.drain(atOnceMax));)
      await Promise.all(
        [...Map.groupBy(batch, ({ event }) => event.involvedObject.uid).values()].map(writeAll),
      );
  };
  const running = run();
  let dropped = 0;

  return {
    record(occurrence) {
      if (end.signal.aborted) return;
      const done = work.begin(source.component);
      const event = eventOf(occurrence, source, nameFor, clock.now());
      if (queue.offer({ event, done })) return;
      done[Symbol.dispose]();
      if (dropped++ % droppedTold === 0)
        log.warn('too many events wait, some are dropped', { reason: occurrence.reason, dropped });
    },
    async [Symbol.asyncDispose]() {
      end.abort();
      queue.close();
      await running;
    },
  };
}

/** One write of an event, or of its count. */
async function send(
  correlated: Exclude<Correlated, { do: 'drop' }>,
  client: Client,
  signal: AbortSignal,
): Promise<void> {
  const { event } = correlated;
  const at = { namespace: event.metadata.namespace, isUnread: true, signal };
  if (correlated.do === 'count')
    try {
      return void (await client.patch(
        Events,
        event.metadata.name,
        'strategic',
        correlated.patch,
        at,
      ));
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error; // else it expired
    }
  await client.create(Events, event, at);
}

function eventOf(
  { about, type, reason, message, fieldPath, annotations, host, action }: Occurrence,
  { component, host: ownHost }: EventSource,
  nameFor: (name: string) => string,
  nowMs: number,
): Event {
  const { name, namespace, uid, resourceVersion } = about.metadata;
  const at = formatTime(nowMs);
  const source = host ? { component, host } : { component, ...(ownHost && { host: ownHost }) };
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: nameFor(name),
      namespace: namespace || 'default',
      ...(annotations && { annotations }),
    },
    involvedObject: {
      kind: about.kind,
      namespace,
      name,
      uid,
      apiVersion: about.apiVersion,
      resourceVersion,
      ...(fieldPath && { fieldPath }),
    },
    ...(action && { action }),
    reason,
    message,
    source,
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    type,
    reportingComponent: component,
    reportingInstance: host ?? ownHost ?? '',
  };
}

/**
 * `name.<nanoseconds in hex>`, as upstream names events. What is finer than our clock is drawn: several components may speak
 * of one object in one millisecond.
 */
function uniqueNames(now: () => number, random: () => number): (name: string) => string {
  let last = 0n;
  return (name) => {
    const nanos = BigInt(Math.floor(now())) * 1_000_000n + BigInt(Math.floor(random() * 1e6));
    last = nanos > last ? nanos : last + 1n;
    return `${name}.${last.toString(16)}`;
  };
}

const isGoing = (error: unknown): boolean =>
  error instanceof ApiError &&
  (error.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false);
