/**
 * Pods bound a second through an API server, each binding and its Event on disk: `node bench/binding.ts [nodes] [pods]`.
 * All pods wait before the scheduler starts; time runs from the first binding to the last, as a watch from outside sees
 * them. With `UPSTREAM=FOLDER` kube-scheduler on kube-apiserver does the same in the same run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Events, Nodes, Pods, ServiceAccounts } from '@coxswain/api';
import { systemWorld } from '@coxswain/base';
import { type Client, runWatch } from '@coxswain/client';
import { httpClient } from '@coxswain/client/http';
import type { Target } from './support/load.ts';
import { nodeOf, podOf } from './support/scheduler-loads.ts';
import { type BenchServer, ourServer, upstreamServer } from './support/servers.ts';
import { ratio, tableText } from './support/table.ts';

const nodes = Number(process.argv[2] ?? 5_000);
const pods = Number(process.argv[3] ?? 10_000);
const inFlight = 64;
const namespace = 'default';
const world = systemWorld();
const { signal } = new AbortController();
const cox = new URL('../cox', import.meta.url).pathname;

/** Does `count` jobs, many at once. */
async function many(count: number, job: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await job(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function fill(client: Client): Promise<void> {
  await many(nodes, async (at) => {
    const { status, ...node } = nodeOf(at);
    const { name } = node.metadata;
    await client.create(Nodes, node, { signal });
    await client.patch(Nodes, name, 'merge', { status }, { signal, subresource: 'status' });
    await client.patch(Nodes, name, 'merge', { spec: { taints: null } }, { signal });
  });
  const account = { metadata: { name: 'default', namespace } };
  await client.create(ServiceAccounts, account, { signal }).catch(() => {}); // it may be there
  await many(pods, async (at) => {
    const { metadata, ...pod } = podOf(`pod-${at}`, { namespace });
    const { uid: _, ...fresh } = metadata;
    await client.create(Pods, { ...pod, metadata: fresh }, { signal });
  });
}

const kubeconfigOf = ({ url, ca, certificate, key, token }: Target): string => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'bench' },
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    clusters: [
      {
        name: 'bench',
        cluster: {
          server: url,
          ...(ca
            ? { 'certificate-authority-data': base64(ca) }
            : { 'insecure-skip-tls-verify': true }),
        },
      },
    ],
    users: [
      {
        name: 'bench',
        user: {
          ...(token && { token }),
          ...(certificate && { 'client-certificate-data': base64(certificate) }),
          ...(key && { 'client-key-data': base64(key) }),
        },
      },
    ],
  });
};

/** Processor time of these processes so far. */
const cpuMs = (pids: readonly number[]): number =>
  pids
    .map((pid) =>
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' '),
    )
    .reduce((sum, fields) => sum + 10 * (Number(fields[11]) + Number(fields[12])), 0);

/** Pods a second, and processor time of server and scheduler a pod. */
async function measure(
  server: BenchServer,
  scheduler: (kubeconfig: string, folder: string) => Promise<ChildProcess>,
): Promise<{ readonly rate: number; readonly cpuUs: number }> {
  const { token, ...target } = server.target;
  const asked = token === undefined ? {} : { token: () => Promise.resolve(token) };
  using client = httpClient({ ...target, ...asked }, { world, agent: 'bench-binding' });
  await fill(client);
  const folder = await mkdtemp(join(tmpdir(), 'cox-bench-binding-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(server.target), { mode: 0o600 });
  const end = new AbortController();
  const bound = Promise.withResolvers<number>();
  let [first, seen] = [0, 0];
  const sink = {
    replace(): void {},
    apply(events: readonly { readonly type: string }[]): void {
      first ||= performance.now();
      seen += events.filter(({ type }) => type === 'ADDED').length;
      if (seen >= pods) bound.resolve(performance.now());
    },
  };
  const watching = runWatch(client, Pods, { fields: 'spec.nodeName!=' }, sink, world, end.signal);
  const before = cpuMs(server.pids);
  const child = await scheduler(kubeconfig, folder);
  const last = await bound.promise;
  const cpu = cpuMs([...server.pids, child.pid!]) - before;
  end.abort();
  await watching.catch(() => {});
  await world.clock.sleep(5_000); // the last Events
  const { items } = await client.list(Events, { namespace, signal });
  const told = items.filter(({ reason }) => reason === 'Scheduled').length;
  if (told < pods) process.stderr.write(`${told} of ${pods} pods have their Event\n`);
  child.kill('SIGTERM');
  await once(child, 'exit');
  await rm(folder, { recursive: true, force: true });
  return { rate: (1000 * pods) / (last - first), cpuUs: (1000 * cpu) / pods };
}

async function ours(): ReturnType<typeof measure> {
  await using server = await ourServer();
  return await measure(server, async (kubeconfig) =>
    spawn(cox, ['serve', 'scheduler', '--kubeconfig', kubeconfig], { stdio: 'ignore' }),
  );
}

async function upstreams(binaries: string): ReturnType<typeof measure> {
  await using server = await upstreamServer(binaries);
  return await measure(server, async (kubeconfig, folder) => {
    const file = join(folder, 'configuration');
    const clientConnection = { kubeconfig, qps: 5_000, burst: 5_000 };
    const kind = 'KubeSchedulerConfiguration';
    const apiVersion = 'kubescheduler.config.k8s.io/v1';
    const leaderElection = { leaderElect: false };
    await writeFile(file, JSON.stringify({ apiVersion, kind, clientConnection, leaderElection }));
    return spawn(join(binaries, 'kube-scheduler'), ['--config', file, '--secure-port', '0'], {
      stdio: 'ignore',
    });
  });
}

const mine = await ours();
const binaries = process.env['UPSTREAM'];
/** On such a machine, little else running, 2026-11-21. */
const other = binaries ? await upstreams(binaries) : { rate: 325, cpuUs: 6_150 };
process.stdout.write(
  tableText([
    {
      measure: `${pods} pods bound, ${nodes} nodes`,
      ours: `${mine.rate.toFixed(0)}/s, ${mine.cpuUs.toFixed(0)} us`,
      comparedTo: `upstream ${other.rate.toFixed(0)}/s, ${other.cpuUs.toFixed(0)} us`,
      ratio: `${ratio(mine.rate, other.rate)}, processor ${ratio(other.cpuUs, mine.cpuUs)}`,
    },
  ]),
);
