import { ApiError, Events, type KubeObject, type Resource } from '@coxswain/api';
import type { Event, Pod } from '@coxswain/api/types/core-v1';
import type { Client } from '@coxswain/client';
import type { ObjectRef, Reason, Reasons } from '@coxswain/control';
import {
  type Landing,
  landingsOf,
  type Placement,
  placementOf,
  type Verdicts,
} from '@coxswain/scheduler';
import type { Evidence } from './cause.ts';

/** What the components of this process kept; a process that runs none has nothing. */
export interface Kept {
  readonly reasons?: Reasons | undefined;
  readonly verdicts?: Verdicts | undefined;
}

/** What an explanation looks at: the API as the one who asks may read it, and what components kept. Nothing is written. */
export interface Look {
  readonly nowMs: number;
  /** Undefined: there is none, or it may not be read. */
  get<T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    namespace?: string,
  ): Promise<T | undefined>;
  list<T extends KubeObject>(resource: Resource<T>, at?: ListOf): Promise<readonly T[]>;
  /** Newest first. */
  events(about: ObjectRef): Promise<readonly Event[]>;
  /** The last lines of a container, as far as they can be had. */
  log(pod: Pod, container: string, previous: boolean): Promise<readonly Evidence[]>;
  raw(call: {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly body?: unknown;
  }): Promise<unknown>;
  /** Those of the very object, by its uid where it has one. */
  reasons(about: ObjectRef): readonly Reason[];
  /** Undefined: no scheduler shows its sight here. */
  placement(pod: Pod): Placement | undefined;
  /** When the scheduler last tried the pod, and for which time. */
  tried(pod: Pod): { readonly attempt: number; readonly atMs: number } | undefined;
  landings(node: string, pods: readonly Pod[]): readonly Landing[] | undefined;
  /** Whether anything was kept here at all. */
  readonly hasReasons: boolean;
  /** What may not be read, by resource. */
  readonly hidden: ReadonlySet<string>;
}

interface ListOf {
  readonly namespace?: string | undefined;
  readonly labels?: string | undefined;
  readonly fields?: string | undefined;
}

/** Lines of a log that are shown, and how long the log is waited for. */
const linesMax = 3;
const lineCharsMax = 200;
const logCharsMax = 16_384;

/** Looks through `client`, so that nobody is told what they may not read. What was read is read once. */
export function lookThrough(
  client: Client,
  nowMs: number,
  signal: AbortSignal,
  { reasons, verdicts }: Kept = {},
): Look {
  const hidden = new Set<string>();
  const read = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, resource: Resource, job: () => Promise<T>, none: T): Promise<T> => {
    const known = read.get(key) as Promise<T> | undefined;
    if (known) return known;
    const job_ = job().catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 403) hidden.add(resource.resource);
      else if (error.code !== 404) throw error;
      return none;
    });
    read.set(key, job_);
    return job_;
  };
  const look: Look = {
    nowMs,
    hidden,
    hasReasons: reasons !== undefined,
    get: (resource, name, namespace) =>
      once(
        `${resource.group}/${resource.resource}/${namespace ?? ''}/${name}`,
        resource,
        () => client.get(resource, name, { namespace, signal }),
        undefined as never,
      ),
    list: <T extends KubeObject>(resource: Resource<T>, at: ListOf = {}) =>
      once<readonly T[]>(
        `${resource.group}/${resource.resource}?${JSON.stringify(at)}`,
        resource,
        async () => (await client.list(resource, { ...at, signal })).items,
        [],
      ),
    async events({ kind, name, namespace, uid }) {
      const fields = `involvedObject.name=${name},involvedObject.kind=${kind}`;
      const found = await look.list(Events, { namespace: namespace ?? 'default', fields });
      return found
        .filter(
          ({ involvedObject }) =>
            !uid || !involvedObject.uid || involvedObject.uid === uid || kind === 'Node',
        )
        .toSorted((a, b) => timeOf(b) - timeOf(a));
    },
    log: (pod, container, previous) => lastLines(client, pod, container, previous, signal),
    raw: (call) => client.raw({ ...call, signal }),
    reasons: (about) =>
      (reasons?.of(about) ?? []).filter(
        ({ about: kept }) => !about.uid || !kept.uid || kept.uid === about.uid,
      ),
    placement(pod) {
      const view = verdicts?.view();
      return view && placementOf(view, pod);
    },
    tried(pod) {
      const last = verdicts?.of(pod.metadata.uid ?? '');
      const attempt = Number(last?.facts['attempt'] ?? 0);
      return last && attempt > 0 ? { attempt, atMs: last.atMs } : undefined;
    },
    landings(node, pods) {
      const view = verdicts?.view();
      return view && landingsOf(view, node, pods);
    },
  };
  return look;
}

/** When an event last came. */
export const timeOf = ({
  lastTimestamp,
  eventTime,
  series,
  firstTimestamp,
  metadata,
}: Event): number =>
  Date.parse(
    series?.lastObservedTime ??
      lastTimestamp ??
      eventTime ??
      firstTimestamp ??
      metadata.creationTimestamp ??
      '',
  ) || 0;

export const eventEvidence = (event: Event): Evidence => {
  const count = event.series?.count ?? event.count ?? 1;
  return {
    ...{ from: 'event', at: event.reason ?? '', text: event.message ?? '' },
    timeMs: timeOf(event),
    ...(count > 1 && { count }),
  };
};

/** What a stream in this process holds, up to a bound. */
async function textIn(body: unknown): Promise<string> {
  if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body)) return '';
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > logCharsMax) break;
  }
  return text;
}

async function lastLines(
  client: Client,
  { metadata }: Pod,
  container: string,
  previous: boolean,
  signal: AbortSignal,
): Promise<readonly Evidence[]> {
  const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/log`;
  const query = { container, tailLines: String(linesMax), ...(previous && { previous: 'true' }) };
  try {
    const body = await client.raw({ method: 'GET', path, query, signal });
    const text = typeof body === 'string' ? body : await textIn(body);
    const at = previous ? `${container}, before` : container;
    const lines = text.trimEnd().split('\n').filter(Boolean).slice(-linesMax);
    return lines.map((line) => ({ from: 'log', at, text: line.slice(0, lineCharsMax) }));
  } catch (error) {
    // A log that nobody has, or that may not be read, is only evidence less.
    if (error instanceof ApiError) return [];
    throw error;
  }
}
