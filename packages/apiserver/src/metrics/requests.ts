import { ApiError, type WatchEvent } from '@coxswain/api';
import type { Figure, Histogram, World } from '@coxswain/base';
import { isLongRunning } from '../chain/deadline.ts';
import type { Request, Response, Station } from '../chain/station.ts';
import { answerBytes, bodyBytes, promiseSeconds, requestSeconds } from './buckets.ts';
import { labelsOf, type RequestLabels } from './request-labels.ts';

const place = ['group', 'version', 'resource', 'subresource', 'scope', 'component'] as const;

/** The metrics of requests, and the outermost station, which counts every one of them. */
export interface RequestFigures {
  readonly station: Station;
  /** Told of each answer's size on the wire. */
  answered(request: Request, bytes: number): void;
}

interface Figures {
  readonly total: Figure;
  readonly seconds: Histogram;
  readonly promised: Histogram;
  readonly sizes: Histogram;
  readonly running: Figure;
  readonly events: Figure;
  readonly ended: Figure;
  readonly self: Figure;
  readonly bodies: Histogram;
  readonly validated: Histogram;
  readonly deprecated: Figure;
}

function figuresOf({ metrics }: World): Figures {
  const labels = ['verb', ...place];
  const dry = ['verb', 'dry_run', ...place];
  return {
    total: metrics.counter({
      ...{ name: 'apiserver_request_total', labels: [...dry, 'code'], stability: 'STABLE' },
      help: 'Requests by verb, dry run, group, version, resource, scope, component and HTTP code.',
    }),
    seconds: metrics.histogram({
      ...{ name: 'apiserver_request_duration_seconds', labels: dry, stability: 'STABLE' },
      ...{ buckets: requestSeconds, help: 'Time from request to answer.' },
    }),
    promised: metrics.histogram({
      ...{ name: 'apiserver_request_sli_duration_seconds', labels, stability: 'ALPHA' },
      ...{ buckets: promiseSeconds, help: 'Time from request to answer, dry runs left out.' },
    }),
    sizes: metrics.histogram({
      ...{ name: 'apiserver_response_sizes', labels, stability: 'STABLE' },
      ...{ buckets: answerBytes, help: 'Bytes of the answers to reads.' },
    }),
    running: metrics.gauge({
      ...{ name: 'apiserver_longrunning_requests', labels, stability: 'STABLE' },
      help: 'Watches and streams that are open.',
    }),
    events: metrics.counter({
      ...{ name: 'apiserver_watch_events_total', stability: 'ALPHA' },
      ...{ labels: ['group', 'version', 'resource'], help: 'Events sent to watchers.' },
    }),
    ended: metrics.counter({
      ...{ name: 'apiserver_request_terminations_total', stability: 'ALPHA' },
      labels: ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'component', 'code'],
      help: 'Requests that the server ended to protect itself.',
    }),
    bodies: metrics.histogram({
      ...{ name: 'apiserver_request_body_size_bytes', labels: ['group', 'resource', 'verb'] },
      ...{ buckets: bodyBytes, stability: 'ALPHA', help: 'Bytes of the bodies of writes.' },
    }),
    validated: metrics.histogram({
      name: 'field_validation_request_duration_seconds',
      ...{ labels: ['field_validation'], buckets: promiseSeconds, stability: 'ALPHA' },
      help: 'Time of writes, by how strictly unknown fields are taken.',
    }),
    deprecated: metrics.gauge({
      ...{ name: 'apiserver_requested_deprecated_apis', stability: 'STABLE' },
      labels: ['group', 'version', 'resource', 'subresource', 'removed_release'],
      help: 'Deprecated APIs that were asked for.',
    }),
    self: metrics.counter({
      ...{ name: 'apiserver_selfrequest_total', stability: 'ALPHA' },
      labels: ['verb', 'group', 'resource', 'subresource'],
      help: 'Requests of the server to itself.',
    }),
  };
}

const names = (labels: RequestLabels): [string, string, string, string, string, string] => [
  ...([labels.group, labels.version, labels.resource] as const),
  ...([labels.subresource, labels.scope, labels.component] as const),
];

/** Sets of labels that are remembered with where their figures are. */
const boundMax = 5_000;

/** The figures of one set of labels, looked up once for all its requests. */
interface Bound {
  readonly total: Map<number, (amount: number) => void>; // by code
  readonly observe: (seconds: number) => void;
  readonly promise: (seconds: number) => void;
  readonly size: (bytes: number) => void;
}

const boundTo = (figures: Figures, labels: RequestLabels): Bound => {
  const rest = names(labels);
  return {
    total: new Map(),
    observe: figures.seconds.of(labels.verb, labels.dryRun, ...rest),
    promise: figures.promised.of(labels.verb, ...rest),
    size: figures.sizes.of(labels.verb, ...rest),
  };
};

const keyOf = (labels: RequestLabels): string =>
  `${labels.verb} ${labels.dryRun} ${labels.scope} ${labels.group} ${labels.version} ${labels.resource} ${labels.subresource}`;

function binder(figures: Figures): (labels: RequestLabels) => Bound {
  const bound = new Map<string, Bound>();
  return (labels) => {
    const key = keyOf(labels);
    let found = bound.get(key);
    if (!found) {
      found = boundTo(figures, labels);
      if (bound.size < boundMax) bound.set(key, found);
    }
    return found;
  };
}

async function* counted(
  figure: Figure,
  events: AsyncIterable<readonly WatchEvent[]>,
  labels: RequestLabels,
  end: () => void,
): AsyncGenerator<readonly WatchEvent[], void> {
  try {
    for await (const batch of events) {
      figure.add(batch.length, labels.group, labels.version, labels.resource);
      yield batch;
    }
  } finally {
    end();
  }
}

const writeVerbs = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** What is counted of writes by what they bring. */
function countWrite(figures: Figures, { info, headers, query }: Request, seconds: number): void {
  const bytes = Number(headers['content-length'] ?? Number.NaN);
  if (bytes >= 0) figures.bodies.observe(bytes, info.group, info.resource, info.verb);
  if (info.verb.startsWith('delete')) return;
  figures.validated.observe(seconds, query.get('fieldValidation') ?? '');
}

/** Counts requests in the metrics of `world`; `isDeprecated` tells of those that should not be made any more. */
export function requestFigures(
  world: World,
  isDeprecated: (request: Request) => boolean = () => false,
): RequestFigures {
  const figures = figuresOf(world);
  const { clock } = world;
  const boundOf = binder(figures);
  const done = (request: Request, labels: RequestLabels, sinceMs: number, code: number): void => {
    const { verb, dryRun, group, resource, subresource } = labels;
    const seconds = (clock.now() - sinceMs) / 1000;
    const { total, observe, promise } = boundOf(labels);
    let count = total.get(code);
    if (!count) {
      count = figures.total.of(verb, dryRun, ...names(labels), String(code));
      total.set(code, count);
    }
    count(1);
    observe(seconds);
    if (dryRun === '') promise(seconds);
    if (writeVerbs.has(request.info.verb)) countWrite(figures, request, seconds);
    if (request.info.isResource && isDeprecated(request))
      figures.deprecated.set(1, group, labels.version, resource, subresource, '');
    if (request.user?.name === 'system:apiserver')
      figures.self.add(1, verb, group, resource, subresource);
    if (code === 429 || code === 504) figures.ended.add(1, verb, ...names(labels), String(code));
  };
  const running = (labels: RequestLabels, change: number): void =>
    figures.running.add(change, labels.verb, ...names(labels));
  return {
    answered(request, bytes) {
      const labels = labelsOf(request);
      if (labels && (labels.verb === 'GET' || labels.verb === 'LIST')) boundOf(labels).size(bytes);
    },
    station: {
      name: 'metrics',
      async pass(request, next) {
        const labels = labelsOf(request);
        if (!labels) return next(request);
        const sinceMs = clock.now();
        const isLong = isLongRunning(request);
        if (isLong) running(labels, 1);
        const end = (code: number): void => {
          if (isLong) running(labels, -1);
          done(request, labels, sinceMs, code);
        };
        let response: Response;
        try {
          response = await next(request);
        } catch (error) {
          end(error instanceof ApiError ? error.code : 500);
          throw error;
        }
        switch (response.as) {
          case 'watch':
            return {
              ...response,
              events: counted(figures.events, response.events, labels, () => end(200)),
            };
          case 'upgrade': {
            const { accept } = response;
            return { ...response, accept: (to) => accept(to).finally(() => end(101)) };
          }
          default:
            end(response.code);
            return response;
        }
      },
    },
  };
}
