/**
 * The API server under load, as a table: `node bench/apiserver.ts [objects] [measure,...]`: what it does a second, the processor time
 * of the server's processes a request, and how long requests take. Where BENCH_KUBECONFIG names a server that runs, that one is
 * measured. Where UPSTREAM names a folder with kube-apiserver (and etcd, where none is on the path), they get the same load;
 * BENCH_ETCD=1 puts ours on an etcd too. Else figures of such a machine (2 cores, 24 GiB) stand beside. BENCH_PASSES=2 goes through
 * all of it again on the warm server, BENCH_RUNS=3 takes the middle of three servers.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { LoadResult, LoadSpec, Target } from './support/load.ts';
import { json, type Measure, measuresOf, namespacesOf } from './support/measures.ts';
import { type BenchServer, ourServer, runningServer, upstreamServer } from './support/servers.ts';
import { ratio, type Row, tableText } from './support/table.ts';

const objects = Number(process.argv[2] ?? 10_000);
const only = process.argv[3]?.split(',');
/** Each server is measured so many times over, and so many servers one after the other. */
const passes = Number(process.env['BENCH_PASSES'] ?? 1);
const runs = Number(process.env['BENCH_RUNS'] ?? 1);
const inFlight = 64;
const loader = new URL('support/load.ts', import.meta.url).pathname;

/** What one server came to, by measure. */
interface Measured {
  readonly results: ReadonlyMap<string, Result>;
  readonly memoryMiB: number;
  readonly readyMs: number;
}

interface Result extends LoadResult {
  /** Processor time of the server's processes, microseconds a request. */
  readonly cpuUs: number;
}

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

async function prepare(target: Target, pass: number): Promise<void> {
  for (const name of namespacesOf(pass)) {
    const one = { target, requests: 1, inFlight: 1, connections: 1, headers: json, method: 'POST' };
    const body = (kind: string, name: string): string =>
      JSON.stringify({ apiVersion: 'v1', kind, metadata: { name } });
    await loadBy({ ...one, path: '/api/v1/namespaces', body: body('Namespace', name) });
    const path = `/api/v1/namespaces/${name}/serviceaccounts`;
    await loadBy({ ...one, path, body: body('ServiceAccount', 'default') });
  }
}

/** What the processes have used of the processors, in hundredths of a second. */
const ticks = (pids: readonly number[]): number =>
  pids
    .map((pid) =>
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' '),
    )
    .reduce((sum, fields) => sum + Number(fields[11]) + Number(fields[12]), 0);

/** A warm pass has its own names. */
const nameIn = (pass: number, name: string): string => (pass === 1 ? name : `${name}, warm`);

async function measurePass(
  { target, pids }: BenchServer,
  pass: number,
  results: Map<string, Result>,
): Promise<void> {
  await prepare(target, pass);
  for (const { name, load, isSetUp, isContended } of measuresOf(objects, pass)) {
    if (only && !isSetUp && !only.some((part) => name.includes(part))) continue;
    const before = ticks(pids);
    const result = await loadBy({ target, connections: 8, inFlight, ...load }, isContended);
    const cpuUs = ((ticks(pids) - before) * 10_000) / load.requests;
    results.set(nameIn(pass, name), { ...result, cpuUs });
    const label = nameIn(pass, name);
    if (!isSetUp) process.stderr.write(`${label}: ${JSON.stringify({ ...result, cpuUs })}\n`);
  }
}

const residentMiB = (pids: readonly number[]): number =>
  pids
    .map((pid) => /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
    .reduce((sum, kb) => sum + Number(kb) / 1024, 0);

const count = (perSecond: number): string =>
  perSecond.toLocaleString('en', { maximumFractionDigits: perSecond < 100 ? 1 : 0 });

const tailOf = ({ p50Ms, p99Ms, eventP99Ms, streamsClosed, cpuUs }: Result): string =>
  `${Number.isNaN(cpuUs) ? '' : `${count(cpuUs)} us, `}${
    eventP99Ms === undefined
      ? `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`
      : `event p99 ${eventP99Ms.toFixed(0)} ms, ${streamsClosed} streams closed`
  }`;

async function measured(open: () => Promise<BenchServer>): Promise<Measured> {
  await using server = await open();
  const results = new Map<string, Result>();
  await measurePass(server, 1, results);
  const memoryMiB = residentMiB(server.pids);
  for (let pass = 2; pass <= passes; pass++) await measurePass(server, pass, results);
  return { results, memoryMiB, readyMs: server.readyMs };
}

/** Of several runs, each on a fresh server, the middle one of each measure. */
async function medianOf(
  open: () => Promise<BenchServer>,
  value: (name: string, result: Result) => number,
): Promise<Measured> {
  const all: Measured[] = [];
  for (let run = 0; run < runs; run++) all.push(await measured(open));
  const middle = <T>(values: readonly T[], figure: (one: T) => number): T =>
    values.toSorted((a, b) => figure(a) - figure(b))[values.length >>> 1]!;
  const names = [...all[0]!.results.keys()];
  return {
    results: new Map(
      names.map((name) => [
        name,
        middle(
          all.map(({ results }) => results.get(name)!),
          (result) => value(name, result),
        ),
      ]),
    ),
    memoryMiB: middle(all, (one) => one.memoryMiB).memoryMiB,
    readyMs: middle(all, (one) => one.readyMs).readyMs,
  };
}

process.stderr.write(`load at the start: ${loadavg()[0]!.toFixed(1)}\n`);
const running = process.env['BENCH_KUBECONFIG'];
const onEtcd = process.env['BENCH_ETCD'] !== undefined;
const binaries = process.env['UPSTREAM'];
const measures = measuresOf(objects, 1).filter(({ isSetUp }) => !isSetUp);
const valueOf = (measure: Measure | undefined, result: Result): number =>
  measure?.figure?.(result) ?? result.perSecond;
const valueIn = (name: string, result: Result): number =>
  valueOf(
    measures.find((measure) => name.startsWith(measure.name)),
    result,
  );
const ours = await medianOf(
  running ? () => runningServer(running) : () => ourServer(onEtcd ? (binaries ?? '') : undefined),
  valueIn,
);
const theirs = binaries ? await medianOf(() => upstreamServer(binaries), valueIn) : undefined;
const rows: Row[] = [];
for (let pass = 1; pass <= passes; pass++)
  for (const measure of measures) {
    const { upstream = Number.NaN, goal, isDelay } = measure;
    const name = nameIn(pass, measure.name);
    const result = ours.results.get(name);
    if (!result) continue;
    const value = valueOf(measure, result);
    const peer = theirs?.results.get(name);
    const other = peer ? valueOf(measure, peer) : upstream;
    const unit = isDelay ? ' ms' : '/s';
    rows.push({
      measure: name,
      ours: `${count(value)}${unit}, ${tailOf(result)}`,
      comparedTo: `${count(other)}${unit}${peer ? `, ${tailOf(peer)}` : ''}`,
      ratio: `${ratio(value, other)}${goal ? ` (goal ${goal}x)` : ''}`,
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
