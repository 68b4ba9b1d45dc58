import { containerLogs } from './container-logs.ts';
import { attach, exec, portForward } from './sessions.ts';
import { pods, run, runningPods } from './pods.ts';
import { jsonAnswer, type KubeletAnswer, type KubeletHandler, textAnswer } from './request.ts';
import { cadvisorMetrics, kubeletMetrics, resourceMetrics } from './stats/metrics.ts';
import { summary } from './stats/summary.ts';
import { systemLogs } from './system-logs.ts';

interface Route {
  readonly methods: readonly string[];
  /** How many segments may follow the first. */
  readonly parts: readonly number[];
  readonly handle: KubeletHandler;
}

const get = ['GET'];
const any: readonly number[] = [];
const route = (
  methods: readonly string[],
  parts: readonly number[],
  handle: KubeletHandler,
): Route => ({ methods, parts, handle });

const health: KubeletHandler = (_request, _parts, node) => {
  const trouble = node.trouble?.();
  return trouble === undefined
    ? textAnswer(200, 'ok')
    : textAnswer(
        500,
        `[+]ping ok\n[+]log ok\n[-]syncloop failed: ${trouble}\nhealthz check failed\n`,
      );
};

const configz: KubeletHandler = (_request, _parts, node) =>
  jsonAnswer({ kubeletconfig: node.configuration() });

const metrics: KubeletHandler = (request, parts, node) => {
  const handle = { '': kubeletMetrics, resource: resourceMetrics, cadvisor: cadvisorMetrics };
  const found = handle[(parts[0] ?? '') as keyof typeof handle];
  return found ? found(request, parts, node) : notFound();
};

const routes: Readonly<Record<string, Route>> = {
  containerLogs: route(get, [3], containerLogs),
  exec: route(['GET', 'POST'], [3, 4], exec),
  attach: route(['GET', 'POST'], [3, 4], attach),
  portForward: route(['GET', 'POST'], [2, 3], portForward),
  run: route(['POST'], [3, 4], run),
  pods: route(get, [0], pods),
  runningpods: route(get, [0], runningPods),
  healthz: route(['GET', 'HEAD'], [0, 1], health),
  configz: route(get, [0], configz),
  stats: route(['GET', 'POST'], [1], summary),
  metrics: route(get, [0, 1], metrics),
  logs: route(get, any, systemLogs),
};

const notFound = (): KubeletAnswer => textAnswer(404, '404 page not found\n');

/** Who answers a request, with the segments of its path after the first. */
export function routeOf(
  method: string,
  path: string,
): { readonly handle: KubeletHandler; readonly parts: readonly string[] } {
  const [first = '', ...rest] = path.replace(/^\//, '').split('/');
  const parts = rest.at(-1) === '' ? rest.slice(0, -1) : rest;
  const found = Object.hasOwn(routes, first) ? routes[first] : undefined;
  if (!found || (found.parts !== any && !found.parts.includes(parts.length)))
    return { handle: notFound, parts };
  if (!found.methods.includes(method)) return { handle: notAllowed(found.methods), parts };
  return { handle: found.handle, parts };
}

const notAllowed =
  (methods: readonly string[]): KubeletHandler =>
  () => ({
    as: 'answer',
    status: 405,
    headers: [
      ['Allow', methods.join(', ')],
      ['Content-Type', 'text/plain; charset=utf-8'],
    ],
    body: new TextEncoder().encode('Method Not Allowed'),
  });
