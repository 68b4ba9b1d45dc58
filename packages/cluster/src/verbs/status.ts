import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Nodes, Pods } from '@coxswain/api';
import { padded, systemClock, widthOf } from '@coxswain/base';
import { choice, text, UsageError } from '../command/flags.ts';
import { duration } from '../command/progress.ts';
import { verb, type Verb } from '../command/verb.ts';
import { adminClient } from '../boot/admin-client.ts';
import { type Cluster, findCluster } from '../home/clusters.ts';
import { type Daemon, runningDaemon } from '../home/daemon.ts';
import type { Words } from '../messages/index.ts';
import { coxswainVersion, kubernetesVersion } from '../version.ts';

/** What `cox status -o json` prints; sizes in bytes, times in seconds. */
interface StatusReport {
  readonly name: string;
  readonly running: boolean;
  readonly endpoint: string | null;
  readonly pid: number | null;
  readonly uptimeSeconds: number | null;
  readonly version: { readonly coxswain: string; readonly kubernetes: string };
  readonly nodes: { readonly total: number; readonly ready: number } | null;
  readonly pods: { readonly total: number; readonly running: number } | null;
  readonly memoryBytes: number | null; // proportional set size of the cluster's process
  readonly storeBytes: number;
  readonly data: string;
}

export const status: Verb = verb({
  name: 'status',
  usage: 'status [--name NAME] [-o json]',
  summary: 'Show where a cluster is, how it does and what it takes',
  flags: {
    name: text('NAME', 'Cluster to look at', 'coxswain'),
    o: choice(['text', 'json'], 'Output format', 'text'),
    output: choice(['text', 'json'], 'The same as -o', 'text'),
  },
  complete(given, args) {
    if (args.length > 0) throw new UsageError(`unexpected argument "${args[0]}"`);
    return { name: given.name ?? 'coxswain', format: given.o ?? given.output ?? 'text' };
  },
  async run({ name, format }, { terminal, env, signal }) {
    const report = await observe(await findCluster(name, env), signal);
    const json = format === 'json';
    terminal.out(json ? `${JSON.stringify(report, null, 2)}\n` : rendered(report, terminal.words));
  },
});

async function observe(cluster: Cluster, signal: AbortSignal): Promise<StatusReport> {
  const { name, paths } = cluster;
  const daemon = await runningDaemon(paths);
  const objects = daemon && (await countObjects(cluster, signal));
  return {
    name,
    running: daemon !== undefined,
    endpoint: daemon?.server ?? null,
    pid: daemon?.pid ?? null,
    uptimeSeconds: daemon ? Math.round((systemClock.now() - daemon.startedMs) / 1000) : null,
    version: { coxswain: coxswainVersion, kubernetes: kubernetesVersion },
    nodes: objects?.nodes ?? null,
    pods: objects?.pods ?? null,
    memoryBytes: daemon ? await memoryOf(daemon) : null,
    storeBytes: await folderBytes(paths.store),
    data: paths.data,
  };
}

type Objects = Pick<StatusReport, 'nodes' | 'pods'>;

async function countObjects(cluster: Cluster, signal: AbortSignal): Promise<Objects> {
  using client = await adminClient(cluster.paths);
  const [nodes, pods] = await Promise.all([
    client.list(Nodes, { signal }),
    client.list(Pods, { signal }),
  ]);
  const ready = nodes.items.filter((node) =>
    node.status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
  const running = pods.items.filter((pod) => pod.status?.phase === 'Running');
  return {
    nodes: { total: nodes.items.length, ready: ready.length },
    pods: { total: pods.items.length, running: running.length },
  };
}

async function memoryOf({ pid }: Daemon): Promise<number | null> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const kilobytes = /^Pss:\s+(\d+) kB/m.exec(rollup)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function rendered(report: StatusReport, words: Words): string {
  const size = (bytes: number | null): string =>
    bytes === null ? '-' : `${(bytes / 1e6).toFixed(1)} MB`;
  const rows: readonly (readonly [string, string])[] = [
    ['cluster', report.running ? `${report.name} (running)` : `${report.name} (stopped)`],
    ['endpoint', report.endpoint ?? '-'],
    ['pid', report.pid === null ? '-' : String(report.pid)],
    ['uptime', report.uptimeSeconds === null ? '-' : duration(report.uptimeSeconds * 1000)],
    ['version', `Coxswain ${report.version.coxswain}, Kubernetes ${report.version.kubernetes}`],
    ['nodes', report.nodes ? `${report.nodes.ready} of ${report.nodes.total} ready` : '-'],
    ['pods', report.pods ? `${report.pods.running} of ${report.pods.total} running` : '-'],
    ['memory', size(report.memoryBytes)],
    ['store', size(report.storeBytes)],
    ['data', report.data],
  ];
  const told = rows.map(([label, value]) => [words(label), words(value)] as const);
  const width = Math.max(...told.map(([label]) => widthOf(label))) + 2;
  return told.map(([label, value]) => `${padded(label, width)}${value}\n`).join('');
}
