import { Metrics } from '@coxswain/base';
import type { Response, Station } from '../chain/station.ts';
import { dump, type Fairness, isDump } from '../flow-control/index.ts';
import type { Engine } from '../rest/engine.ts';
import { pageNotFound, textResponse } from '../rest/not-found.ts';
import { outcomes } from './health.ts';
import { version } from './version.ts';

const encoder = new TextEncoder();

/** Text as metrics are scraped. */
const exposition = (text: string): Response => ({
  as: 'bytes',
  code: 200,
  headers: {
    'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
    'cache-control': 'no-cache, private',
  },
  body: encoder.encode(text),
});

/** The paths that are answered here, for the list of paths. */
export const pagePaths: readonly string[] = ['/flagz', '/metrics', '/metrics/slis', '/statusz'];

/** Pages for those who run the server: metrics, what it was started with, what it is busy with. */
export function pages(
  engine: Engine,
  fairness: Fairness | undefined,
  flags: Readonly<Record<string, string>>,
): Station {
  const startedMs = engine.world.clock.now();
  const levels = levelsOf(engine);
  return {
    name: 'pages',
    skips: ({ info, method }) => info.isResource || method !== 'GET',
    async pass(request, next) {
      switch (request.path) {
        case '/metrics':
          return exposition(await engine.world.metrics.whole());
        case '/metrics/slis':
          return exposition(await levels());
        case '/statusz':
          return page('statusz', status(startedMs, engine.world.clock.now()));
        case '/flagz':
          return page('flagz', flagLines(flags));
        default:
          return busy(request.path, request.query, fairness) ?? next(request);
      }
    },
  };
}

const debugPath = '/debug/api_priority_and_fairness/';

function busy(
  path: string,
  query: URLSearchParams,
  fairness: Fairness | undefined,
): Response | undefined {
  if (!path.startsWith(debugPath)) return undefined;
  const name = path.slice(debugPath.length);
  if (!fairness || !isDump(name)) return pageNotFound();
  return textResponse(200, dump(fairness, name, Boolean(query.get('includeRequestDetails'))));
}

/** Each check's last outcome, and how often it came out so. */
function levelsOf(engine: Engine): () => Promise<string> {
  const metrics = new Metrics();
  const one = metrics.gauge({
    ...{ name: 'kubernetes_healthcheck', labels: ['name', 'type'], stability: 'STABLE' },
    help: 'Whether a check was well when it was last made.',
  });
  const all = metrics.counter({
    ...{ name: 'kubernetes_healthchecks_total', stability: 'STABLE' },
    ...{ labels: ['name', 'status', 'type'], help: 'Checks made, by their outcome.' },
  });
  return async () => {
    for (const { name, type, ok } of await outcomes(engine)) {
      one.set(ok ? 1 : 0, name, type);
      all.add(1, name, ok ? 'success' : 'error', type);
    }
    return metrics.text();
  };
}

const page = (name: string, lines: readonly string[]): Response =>
  textResponse(
    200,
    [
      `\napiserver ${name}`,
      'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.',
      ...lines,
      '',
    ].join('\n'),
  );

function status(startedMs: number, nowMs: number): readonly string[] {
  const seconds = Math.floor((nowMs - startedMs) / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const up = `${Math.floor(seconds / 3600)} hr ${two(Math.floor(seconds / 60) % 60)} min ${two(seconds % 60)} sec`;
  const [day, date, month, year, time] = new Date(startedMs).toUTCString().split(/,? /);
  return [
    '',
    `Started: ${day} ${month} ${date!.replace(/^0/, ' ')} ${time} UTC ${year}`,
    `Up: ${up}`,
    `Go version: ${version.goVersion}`,
    `Binary version: ${version.gitVersion!.slice(1)}`,
    `Emulation version: ${version.emulationMajor}.${version.emulationMinor}`,
    'Paths: /flagz /healthz /livez /metrics /readyz /statusz /version',
  ];
}

const flagLines = (flags: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(flags)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${value}`);
