/** What is asked of API servers, in this order: later ones stand on what earlier ones made. */
import { configMap, pod } from './bodies.ts';
import type { LoadResult, LoadSpec } from './load.ts';

export interface Measure {
  readonly name: string;
  /** What upstream's did a second on such a machine; the middle of three runs. */
  readonly upstream?: number;
  /** Only fills the server for what follows. */
  readonly isSetUp?: boolean;
  readonly load: Omit<LoadSpec, 'target' | 'connections' | 'inFlight'> & {
    readonly inFlight?: number;
  };
  /** What counts, where it is not requests a second. */
  readonly figure?: (result: LoadResult) => number;
  /** Writers of one object: some may be refused, and only the others count. */
  readonly isContended?: boolean;
  /** Smaller is better, and it is milliseconds. */
  readonly isDelay?: boolean;
  /** Issue 4's goal for the ratio. */
  readonly goal?: number;
}

export const json: Readonly<Record<string, string>> = { 'content-type': 'application/json' };
const merge = { 'content-type': 'application/merge-patch+json' };
const apply = { 'content-type': 'application/apply-patch+yaml' };
const done = ({ perSecond, statuses }: LoadResult): number =>
  (perSecond * (statuses['200'] ?? 0)) / Object.values(statuses).reduce((sum, n) => sum + n, 0);
const delay = ({ eventP99Ms = Number.NaN }: LoadResult): number => eventP99Ms;
const events = ({ eventsPerSecond = Number.NaN }: LoadResult): number => eventsPerSecond;

const post = (path: string, body: string, requests: number): Measure['load'] => ({
  ...{ method: 'POST', path, body, requests, headers: json },
});
const get = (path: string, requests: number, accept = 'application/json'): Measure['load'] => ({
  ...{ method: 'GET', path, requests, headers: { accept } },
});
const patch = (
  path: string,
  body: string,
  headers: Record<string, string>,
  requests: number,
): Measure['load'] => ({
  ...{ method: 'PATCH', path, body, headers, requests },
});
const protobuf = 'application/vnd.kubernetes.protobuf';
const label = JSON.stringify({ metadata: { labels: { 'bench/phase': 'two' } } });
const numbered = JSON.stringify({ metadata: { labels: { 'bench/phase': 'p@I@' } } });
const again = JSON.stringify({ metadata: { labels: { 'bench/phase': 'q@I@' } } });
const applied = configMap({ name: 's-@I@' }, 2, 100);
const changed = configMap({ name: 's-@I@', labels: { round: 'two' } }, 2, 100);
/** Namespaces of one pass. */
export const namespacesOf = (pass: number): readonly string[] =>
  ['bench-cm', 'bench-pods', 'bench-w100', 'bench-w1000', 'bench-slow'].map(
    (name) => `${name}-${pass}`,
  );

/** `pass` names the namespaces, so that a server can be measured again while it is warm. */
export function measuresOf(objects: number, pass: number): readonly Measure[] {
  const [inCm, inPods, ...inWatched] = namespacesOf(pass).map(
    (name) => `/api/v1/namespaces/${name}`,
  );
  const configMaps = `${inCm}/configmaps`;
  const pods = `${inPods}/pods`;
  const applyPath = `${configMaps}/s-@I@?fieldManager=bench&force=true`;
  const lists = Math.ceil(400_000 / objects);
  const half = Math.ceil(objects / 2);
  const tenth = Math.ceil(objects / 10);
  return [
    {
      name: 'create ConfigMap, 2 kB',
      upstream: 1700,
      goal: 5,
      load: post(configMaps, configMap({ generateName: 'cm-' }), objects),
    },
    { name: 'create Pod, 2.9 kB', upstream: 700, goal: 5, load: post(pods, pod(), objects) },
    { name: 'one', isSetUp: true, load: post(configMaps, configMap({ name: 'one' }), 1) },
    { name: 'get ConfigMap', upstream: 3700, goal: 5, load: get(`${configMaps}/one`, objects * 3) },
    {
      name: 'get ConfigMap, rv=0',
      upstream: 6800,
      load: get(`${configMaps}/one?resourceVersion=0`, objects * 3),
    },
    {
      name: 'list 10,000 pods, JSON',
      upstream: 1.68,
      goal: 5,
      load: { ...get(`${pods}?resourceVersion=0`, lists), inFlight: 4 },
    },
    {
      name: 'list 10,000 pods, JSON by gzip',
      upstream: 2.05,
      goal: 3,
      load: {
        ...get(`${pods}?resourceVersion=0`, lists),
        headers: { accept: 'application/json', 'accept-encoding': 'gzip' },
        inFlight: 4,
      },
    },
    {
      name: 'list 10,000 pods, protobuf',
      upstream: 3.05,
      goal: 3,
      load: { ...get(`${pods}?resourceVersion=0`, lists, protobuf), inFlight: 4 },
    },
    {
      name: 'list 500 pods, first page',
      upstream: 33,
      goal: 4,
      load: { ...get(`${pods}?limit=500`, lists * 10), inFlight: 4 },
    },
    {
      name: 'numbered',
      isSetUp: true,
      load: post(configMaps, configMap({ name: 'c-@I@' }), objects),
    },
    {
      name: 'merge patch, distinct objects',
      upstream: 1520,
      goal: 5,
      load: patch(`${configMaps}/c-@I@`, label, merge, objects),
    },
    {
      name: 'merge patch, no-op',
      upstream: 1740,
      load: patch(`${configMaps}/one`, label, merge, objects),
    },
    {
      name: 'merge patch, one object, 64 at once',
      upstream: 62,
      goal: 20,
      isContended: true,
      figure: done,
      load: patch(`${configMaps}/one`, numbered, merge, tenth),
    },
    {
      name: 'merge patch, one object, one at once',
      upstream: 350,
      load: { ...patch(`${configMaps}/one`, again, merge, tenth), inFlight: 1 },
    },
    {
      name: 'server-side apply, create',
      upstream: 1530,
      goal: 5,
      load: patch(applyPath, applied, apply, half),
    },
    {
      name: 'server-side apply, no-op',
      upstream: 1500,
      goal: 5,
      load: patch(applyPath, applied, apply, half),
    },
    {
      name: 'server-side apply, update',
      upstream: 1220,
      goal: 5,
      load: patch(applyPath, changed, apply, half),
    },
    ...[
      { watchers: 100, upstream: 118_000 },
      { watchers: 1000, upstream: 145_000, goal: 2 },
      { watchers: 1000, rate: 50, upstream: 29, isDelay: true },
    ].map(({ watchers, rate, ...rest }, at): Measure => {
      const path = `${inWatched[at]}/configmaps`;
      const requests = rate ? rate * 10 : 1000;
      return {
        ...rest,
        name: `${watchers} watchers, ${rate ? '50 creates/s: p99, ms' : '1,000 creates: events/s'}`,
        figure: rate ? delay : events,
        load: {
          ...post(path, configMap({ name: 'w-@I@' }, 1, 64), requests),
          ...{ rate, watchers, watchPath: `${path}?watch=1&resourceVersion=0` },
        },
      };
    }),
  ];
}
