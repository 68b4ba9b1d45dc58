/**
 * The API server under load, as a table: `node bench/apiserver.ts [objects] [measure,...]`. Where BENCH_KUBECONFIG
 * names a server that runs, that one is measured. Where UPSTREAM names a folder with kube-apiserver
 * (and etcd, where none is on the path), they get the same load; BENCH_ETCD=1 puts ours on an etcd too. Else figures measured on such a machine (2 cores, 24 GiB) on 2026-11-21 stand beside.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { configMap, pod } from './support/bodies.ts';
import type { LoadResult, LoadSpec, Target } from './support/load.ts';
import { type BenchServer, ourServer, runningServer, upstreamServer } from './support/servers.ts';
import { ratio, type Row, tableText } from './support/table.ts';

const objects = Number(process.argv[2] ?? 10_000);
const only = process.argv[3]?.split(',');
const inFlight = 64;
const loader = new URL('support/load.ts', import.meta.url).pathname;

interface Measure {
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
  /** Issue 4's goal for the ratio. */
  readonly goal?: number;
}

const json = { 'content-type': 'application/json' };
const merge = { 'content-type': 'application/merge-patch+json' };
const apply = { 'content-type': 'application/apply-patch+yaml' };
const configMaps = '/api/v1/namespaces/bench-cm/configmaps';
const pods = '/api/v1/namespaces/bench-pods/pods';
const done = ({ perSecond, statuses }: LoadResult): number =>
  (perSecond * (statuses['200'] ?? 0)) / Object.values(statuses).reduce((sum, n) => sum + n, 0);
const events = ({ eventsPerSecond = Number.NaN }: LoadResult): number => eventsPerSecond;

const post = (path: string, body: string, requests = objects): Measure['load'] => ({
  ...{ method: 'POST', path, body, requests, headers: json },
});
const get = (path: string, requests: number, accept = 'application/json'): Measure['load'] => ({
  ...{ method: 'GET', path, requests, headers: { accept } },
});
const patch = (
  path: string,
  body: string,
  headers: Record<string, string>,
  requests = objects,
) => ({
  ...{ method: 'PATCH', path, body, headers, requests },
});
const protobuf = 'application/vnd.kubernetes.protobuf';
const label = JSON.stringify({ metadata: { labels: { 'bench/phase': 'two' } } });
const numbered = JSON.stringify({ metadata: { labels: { 'bench/phase': 'p@I@' } } });
const again = JSON.stringify({ metadata: { labels: { 'bench/phase': 'q@I@' } } });
const applied = configMap({ name: 's-@I@' }, 2, 100);
const changed = configMap({ name: 's-@I@', labels: { round: 'two' } }, 2, 100);
const applyPath = `${configMaps}/s-@I@?fieldManager=bench&force=true`;
const lists = Math.ceil(400_000 / objects);

const measures: readonly Measure[] = [
  {
    name: 'create ConfigMap, 2 kB',
    upstream: 1700,
    goal: 5,
    load: post(configMaps, configMap({ generateName: 'cm-' })),
  },
  { name: 'create Pod, 2.9 kB', upstream: 700, goal: 5, load: post(pods, pod()) },
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
  { name: 'numbered', isSetUp: true, load: post(configMaps, configMap({ name: 'c-@I@' })) },
  {
    name: 'merge patch, distinct objects',
    upstream: 1520,
    goal: 5,
    load: patch(`${configMaps}/c-@I@`, label, merge),
  },
  { name: 'merge patch, no-op', upstream: 1740, load: patch(`${configMaps}/one`, label, merge) },
  {
    name: 'merge patch, one object, 64 at once',
    upstream: 62,
    goal: 20,
    isContended: true,
    figure: done,
    load: patch(`${configMaps}/one`, numbered, merge, objects / 10),
  },
  {
    name: 'merge patch, one object, one at once',
    upstream: 350,
    load: { ...patch(`${configMaps}/one`, again, merge, objects / 10), inFlight: 1 },
  },
  {
    name: 'server-side apply, create',
    upstream: 1530,
    goal: 5,
    load: patch(applyPath, applied, apply, objects / 2),
  },
  {
    name: 'server-side apply, no-op',
    upstream: 1500,
    goal: 5,
    load: patch(applyPath, applied, apply, objects / 2),
  },
  {
    name: 'server-side apply, update',
    upstream: 1220,
    goal: 5,
    load: patch(applyPath, changed, apply, objects / 2),
  },
  ...[100, 1000].map((watchers): Measure => ({
    name: `${watchers} watchers, 1,000 creates: events/s`,
    upstream: watchers === 100 ? 118_000 : 145_000,
    ...(watchers === 1000 && { goal: 2 }),
    figure: events,
    load: {
      ...post(
        `/api/v1/namespaces/bench-w${watchers}/configmaps`,
        configMap({ name: 'w-@I@' }, 1, 64),
        1000,
      ),
      watchers,
      watchPath: `/api/v1/namespaces/bench-w${watchers}/configmaps?watch=1&resourceVersion=0`,
    },
  })),
];

/** Runs one load in a process of its own. */
async function loadBy(spec: LoadSpec, isContended = false): Promise<LoadResult> {
  const child = spawn(process.execPath, [loader, JSON.stringify(spec)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`the load of ${spec.path} ended with ${code}`);
  const result = JSON.parse(text) as LoadResult;
  const failed = Object.keys(result.statuses).filter(
    (status) => !status.startsWith('2') && !(isContended && status === '409'),
  );
  if (failed.length > 0) throw new Error(`${spec.path}: ${JSON.stringify(result.statuses)}`);
  return result;
}

async function prepare(target: Target): Promise<void> {
  for (const name of ['bench-cm', 'bench-pods', 'bench-w100', 'bench-w1000']) {
    const one = { target, requests: 1, inFlight: 1, connections: 1, headers: json, method: 'POST' };
    const body = (kind: string, name: string): string =>
      JSON.stringify({ apiVersion: 'v1', kind, metadata: { name } });
    await loadBy({ ...one, path: '/api/v1/namespaces', body: body('Namespace', name) });
    const path = `/api/v1/namespaces/${name}/serviceaccounts`;
    await loadBy({ ...one, path, body: body('ServiceAccount', 'default') });
  }
}

async function measureAll(target: Target): Promise<Map<string, LoadResult>> {
  const results = new Map<string, LoadResult>();
  await prepare(target);
  for (const { name, load, isSetUp, isContended } of measures) {
    if (only && !isSetUp && !only.some((part) => name.includes(part))) continue;
    const result = await loadBy({ target, connections: 8, inFlight, ...load }, isContended);
    results.set(name, result);
    if (!isSetUp) process.stderr.write(`${name}: ${JSON.stringify(result)}\n`);
  }
  return results;
}

const residentMiB = (pids: readonly number[]): number =>
  pids
    .map((pid) => /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
    .reduce((sum, kb) => sum + Number(kb) / 1024, 0);

const count = (perSecond: number): string =>
  perSecond.toLocaleString('en', { maximumFractionDigits: perSecond < 100 ? 1 : 0 });

const tailOf = ({ p50Ms, p99Ms, eventP99Ms, streamsClosed }: LoadResult): string =>
  eventP99Ms === undefined
    ? `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`
    : `event p99 ${eventP99Ms.toFixed(0)} ms, ${streamsClosed} streams closed`;

async function measured(
  open: () => Promise<BenchServer>,
): Promise<{ results: Map<string, LoadResult>; memoryMiB: number; readyMs: number }> {
  await using server = await open();
  const results = await measureAll(server.target);
  return { results, memoryMiB: residentMiB(server.pids), readyMs: server.readyMs };
}

process.stderr.write(`load at the start: ${loadavg()[0]!.toFixed(1)}\n`);
const running = process.env['BENCH_KUBECONFIG'];
const onEtcd = process.env['BENCH_ETCD'] !== undefined;
const binaries = process.env['UPSTREAM'];
const ours = await measured(
  running ? () => runningServer(running) : () => ourServer(onEtcd ? (binaries ?? '') : undefined),
);
const theirs = binaries ? await measured(() => upstreamServer(binaries)) : undefined;
const rows: Row[] = [];
for (const { name, isSetUp, upstream = Number.NaN, figure, goal } of measures) {
  const result = ours.results.get(name);
  if (isSetUp || !result) continue;
  const value = figure ?? (({ perSecond }: LoadResult) => perSecond);
  const peer = theirs?.results.get(name);
  const other = peer ? value(peer) : upstream;
  rows.push({
    measure: name,
    ours: `${count(value(result))}/s, ${tailOf(result)}`,
    comparedTo: peer ? `${count(other)}/s, ${tailOf(peer)}` : `${count(other)}/s`,
    ratio: `${ratio(value(result), other)}${goal ? ` (goal ${goal}x)` : ''}`,
  });
}
rows.push({
  measure: 'resident memory at the end',
  ours: `${ours.memoryMiB.toFixed(0)} MiB`,
  comparedTo: `${(theirs?.memoryMiB ?? 2543).toFixed(0)} MiB`,
  ratio: `${ratio(ours.memoryMiB, theirs?.memoryMiB ?? 2543)} (goal 0.2x)`,
});
rows.push({
  measure: 'ready after the start, database empty',
  ours: `${ours.readyMs.toFixed(0)} ms`,
  comparedTo: `${(theirs?.readyMs ?? 2600).toFixed(0)} ms`,
  ratio: `${ratio(ours.readyMs, theirs?.readyMs ?? 2600)} (goal 0.25x)`,
});
process.stdout.write(tableText(rows));
process.stdout.write(
  theirs
    ? 'Compared to kube-apiserver and etcd in the same run.\n'
    : 'Compared to kube-apiserver 1.36.2 and etcd 3.5.30 on 2 cores and 24 GiB, 2026-11-21.\n',
);
process.stderr.write(`load at the end: ${loadavg()[0]!.toFixed(1)}\n`);
