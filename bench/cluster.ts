/** Start, memory, idle processor time and pods of a real cluster, as a table: `node bench/cluster.ts [starts]`. Needs root. */
import { loadavg } from 'node:os';
import { Deployments, Pods } from '@coxswain/api';
import type { Deployment } from '@coxswain/api/types/apps-v1';
import type { Pod } from '@coxswain/api/types/core-v1';
import { systemClock, systemWorld } from '@coxswain/base';
import type { Client } from '@coxswain/client';
import { httpClient, loadKubeconfig } from '@coxswain/client/http';
import { CriRuntime } from '@coxswain/kubelet';
import { BenchCluster, type Start } from './support/cluster.ts';
import { runtimeAlone } from './support/runtime-alone.ts';
import { median, quantile, ratio, type Row, tableText } from './support/table.ts';

const starts = Number(process.argv[2] ?? 7);
const idleMs = Number(process.argv[3] ?? 60_000);
const podCount = 20;
const image = 'coxswain.local/hello:1';
const namespace = 'default';
const world = systemWorld();
const { signal } = new AbortController();

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const note = (text: string): void => void process.stderr.write(`${text}\n`);
const rows: Row[] = [];

function against(measure: string, ms: number, otherMs: number, what: string): void {
  const comparedTo = `${what} ${seconds(otherMs)}`;
  rows.push({ measure, ours: seconds(ms), comparedTo, ratio: ratio(ms, otherMs) });
}

/** First boots, each of a new cluster, or later ones of the same. */
async function measureStarts(): Promise<{ first: Start[]; later: Start[] }> {
  const first: Start[] = [];
  const later: Start[] = [];
  for (let run = 0; run <= starts; run++) {
    await using cluster = await BenchCluster.open();
    const booted = await cluster.up();
    if (run === 0) continue; // makes the bundle and fills its compile cache
    first.push(booted);
    await cluster.down();
    later.push(await cluster.up());
    note(`start ${run}: ${JSON.stringify([first.at(-1), later.at(-1)])}`);
  }
  return { first, later };
}

function tellStarts(name: string, measured: readonly Start[]): void {
  const api = median(measured.map(({ apiMs }) => apiMs));
  const ready = median(measured.map(({ readyMs }) => readyMs));
  against(`API ready, ${name}`, api, 2600, 'kube-apiserver + etcd');
  against(`node Ready, ${name}`, ready, 2000, 'floor');
}

const podOf = (name: string): Pod => ({
  metadata: { name, namespace },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'c', image, imagePullPolicy: 'Never' }],
  },
});

/** When each pod was first seen Running, by name. */
class Sightings implements Disposable {
  readonly #seen = new Map<string, number>();
  readonly #waiting = new Map<string, () => void>();
  readonly #end = new AbortController();
  readonly done: Promise<void>;

  constructor(client: Client) {
    this.done = this.#follow(client);
  }

  async of(name: string): Promise<number> {
    if (!this.#seen.has(name))
      await new Promise<void>((resolve) => this.#waiting.set(name, resolve));
    return this.#seen.get(name)!;
  }

  [Symbol.dispose](): void {
    this.#end.abort();
  }

  async #follow(client: Client): Promise<void> {
    try {
      for await (const events of client.watch(Pods, { namespace, signal: this.#end.signal }))
        for (const event of events)
          if (event.type === 'ADDED' || event.type === 'MODIFIED') this.#look(event.object);
    } catch (error) {
      if (!this.#end.signal.aborted) throw error;
    }
  }

  #look({ metadata: { name }, status }: Pod): void {
    if (status?.phase !== 'Running' || this.#seen.has(name)) return;
    this.#seen.set(name, performance.now());
    this.#waiting.get(name)?.();
  }
}

async function startOne(client: Client, sightings: Sightings, name: string): Promise<number> {
  const from = performance.now();
  await client.create(Pods, podOf(name), { signal });
  return (await sightings.of(name)) - from;
}

async function removePods(client: Client): Promise<void> {
  await client.removeAll(Pods, { namespace, signal, graceSeconds: 0 });
  while ((await client.list(Pods, { namespace, signal })).items.length > 0)
    await systemClock.sleep(50);
}

/** Ready replicas as the Deployment's own status tells them. */
async function rollOut(client: Client): Promise<number> {
  const labels = { app: 'bench' };
  const deployment: Deployment = {
    metadata: { name: 'bench', namespace },
    spec: {
      replicas: podCount,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podOf('').spec! },
    },
  };
  const from = performance.now();
  await client.create(Deployments, deployment, { signal });
  for await (const events of client.watch(Deployments, { namespace, signal }))
    for (const event of events)
      if (
        (event.type === 'ADDED' || event.type === 'MODIFIED') &&
        event.object.status?.availableReplicas === podCount
      ) {
        const tookMs = performance.now() - from;
        await client.remove(Deployments, 'bench', { namespace, signal });
        return tookMs;
      }
  throw new Error('the watch of the roll-out ended');
}

async function measureIdle(cluster: BenchCluster): Promise<void> {
  note(`idle for ${seconds(idleMs)}`);
  const before = cluster.cpuMs();
  await systemClock.sleep(idleMs);
  const share = ((cluster.cpuMs() - before) / idleMs) * 100;
  const memory = cluster.memoryMiB();
  rows.push({
    measure: `idle memory (PSS) of ${cluster.processes().length} process, one node`,
    ours: `${memory.toFixed(0)} MiB`,
    comparedTo: 'upstream: server, etcd, managers, kubelet, proxy, DNS (RSS) 708 MiB',
    ratio: ratio(memory, 708),
  });
  rows.push({
    measure: 'idle processor time, of one core',
    ours: `${share.toFixed(2)} %`,
    comparedTo: 'upstream: server, etcd, managers 3.8 %',
    ratio: ratio(share, 3.8),
  });
}

async function measurePods(cluster: BenchCluster): Promise<void> {
  const target = await loadKubeconfig(cluster.kubeconfig, { clock: world.clock });
  using client = httpClient(target, { world, agent: 'coxswain-bench' });
  await using runtime = await CriRuntime.connect(world, cluster.containerdSocket(), signal);
  while (!(await runtime.imageStatus(image, signal))) await systemClock.sleep(50);
  using sightings = new Sightings(client);

  await startOne(client, sightings, 'warm');
  const alone: number[] = [];
  const ours: number[] = [];
  for (let at = 0; at < podCount; at++) {
    alone.push(...(await runtimeAlone(runtime, image, [`alone-${at}`], signal)));
    ours.push(await startOne(client, sightings, `one-${at}`));
  }
  against(
    `pod start, ${podCount} one after another: p50`,
    median(ours),
    median(alone),
    'runtime alone',
  );
  against(`pod start, one after another: p90`, quantile(ours, 0.9), 520, 'upstream');
  await removePods(client);

  const names = Array.from({ length: podCount }, (_, at) => `all-${at}`);
  const aloneAtOnce = await runtimeAlone(runtime, image, names, signal);
  const atOnce = await Promise.all(names.map((name) => startOne(client, sightings, name)));
  against(`pod start, ${podCount} at once: p50`, median(atOnce), median(aloneAtOnce), 'runtime');
  against(
    `pod start, ${podCount} at once: last`,
    Math.max(...atOnce),
    Math.max(...aloneAtOnce),
    'runtime',
  );
  await removePods(client);
  against(
    `roll-out of ${podCount} pods`,
    await rollOut(client),
    Math.max(...aloneAtOnce),
    'runtime',
  );
}

note(`load at the start: ${loadavg()[0]!.toFixed(1)}`);
const { first, later } = await measureStarts();
tellStarts('first boot', first);
tellStarts('later boot', later);
{
  await using cluster = await BenchCluster.open();
  await cluster.up();
  await measureIdle(cluster);
  await measurePods(cluster);
}
process.stdout.write(tableText(rows));
note(`load at the end: ${loadavg()[0]!.toFixed(1)}`);
