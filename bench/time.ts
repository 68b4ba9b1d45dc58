/**
 * What a cluster in a test costs, and how fast its time goes: `node bench/time.ts [WORD ...]`, where words name measurements. Each
 * is a process of its own; both wall time and processor time are told, since only the latter holds on a machine that others use.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type StartCluster = typeof import('../packages/cluster/src/index.ts').startCluster;
type Cluster = Awaited<ReturnType<StartCluster>>;

const bundle = new URL(process.env.DIST ?? '../dist/coxswain.mjs', import.meta.url);
const sources = new URL('../packages/cluster/src/index.ts', import.meta.url);
const from = existsSync(bundle) && !process.env['BENCH_SOURCES'] ? bundle : sources;

const figures: Record<string, string>[] = [];
/** Runs `job` and keeps what it took. */
async function measured<T>(what: string, goalMs: string, job: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const before = process.cpuUsage();
  const value = await job();
  const { user, system } = process.cpuUsage(before);
  const wallMs = performance.now() - startMs;
  figures.push({
    what,
    wall: `${wallMs.toFixed(0)} ms`,
    processor: `${((user + system) / 1000).toFixed(0)} ms`,
    goal: goalMs,
  });
  return value;
}

const deployment = (replicas: number): object => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx:1' }] },
    },
  },
});
const cron = {
  ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'tick' } },
  spec: {
    schedule: '*/5 * * * *',
    jobTemplate: {
      spec: {
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [{ name: 'c', image: 'i', command: ['true'] }],
          },
        },
      },
    },
  },
};

/** Counts how often each Job was added. The server ends each watch after a while; the next goes on where it stood. */
async function followJobs({ client, signal }: Cluster, seen: Map<string, number>): Promise<void> {
  const { Jobs } = await import('@coxswain/api');
  for (let resourceVersion = '0'; ;)
    for await (const events of client.watch(Jobs, { resourceVersion, signal }))
      for (const { type, object } of events) {
        resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
        const { name } = object.metadata;
        if (type === 'ADDED') seen.set(name, (seen.get(name) ?? 0) + 1);
      }
}

async function day(cluster: Cluster, nodes: number, goal: string): Promise<void> {
  await measured(`a day of ${nodes} nodes, idle`, goal, () => cluster.advance('24h'));
  const leases = await cluster.list('Lease', { namespace: 'kube-node-lease' });
  const renewed = leases.map(({ spec }) => Date.parse(String(spec?.renewTime)));
  if (renewed.length !== nodes || cluster.clock.now() - Math.min(...renewed) > 20_000)
    throw new Error('leases were not renewed');
}

/** What is still held once everything has been collected that can be. */
function memoryHeld(): Omit<(typeof figures)[number], 'what'> {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external, rss } = process.memoryUsage();
  const [heap, bytes, resident] = [heapUsed, external, rss].map((n) => (n / 2 ** 20).toFixed(0));
  return {
    wall: `${heap} MiB`,
    processor: `+${bytes} MiB`,
    goal: `heap, bytes beside it; ${resident} MiB resident`,
  };
}

const measurements: Readonly<Record<string, (start: StartCluster) => Promise<void>>> = {
  async start(startCluster) {
    await using _first = await measured(
      'first cluster of the process ready, 3 nodes',
      '150 ms',
      () => startCluster({ nodes: 3 }),
    );
    for (let round = 2; round <= 10; round++) {
      const what = round === 10 ? 'the tenth' : `the ${round}th`;
      const cluster =
        round === 2 || round === 10
          ? await measured(`${what} ready`, '50 ms', () => startCluster({ nodes: 3 }))
          : await startCluster({ nodes: 3 });
      await cluster[Symbol.asyncDispose]();
    }
  },
  async pods(startCluster) {
    for (const what of ['', ', again']) {
      await using cluster = await startCluster({ nodes: 10 });
      await measured(`a Deployment of 300 pods Ready${what}`, '300 ms', async () => {
        await cluster.apply(deployment(300) as never);
        await cluster.waitFor('Deployment', 'web', ({ status }) => status?.readyReplicas === 300);
      });
    }
  },
  async day3(startCluster) {
    await using cluster = await startCluster({ nodes: 3 });
    await day(cluster, 3, '1 s (floor 3 s)');
  },
  async day100(startCluster) {
    await using cluster = await startCluster({ nodes: 100 });
    await day(cluster, 100, '30 s (floor 60 s)');
  },
  async month(startCluster) {
    await using cluster = await startCluster({ nodes: 3 });
    await cluster.apply(cron as never);
    const seen = new Map<string, number>();
    const sinceMs = cluster.clock.now();
    let passed = 0;
    void followJobs(cluster, seen).catch(() => {});
    await measured('a month of 3 nodes and a CronJob every 5 minutes', '', async () => {
      for (const until of [1, 5, 10, 20, 30]) {
        await cluster.advance(`${until - passed}d`);
        passed = until;
        figures.push({ what: `memory after day ${until}`, ...memoryHeld() });
      }
    });
    await cluster.advance('1s'); // the last one is due a tenth of a second later
    const runs = (30 * 24 * 60) / 5;
    const firstMinute = Math.floor(sinceMs / 60_000);
    const names = Array.from({ length: runs }, (_, at) => `tick-${firstMinute + 5 * (at + 1)}`);
    const wrong = names.filter((name) => seen.get(name) !== 1);
    if (wrong.length > 0 || seen.size !== runs)
      throw new Error(`${seen.size} runs, not ${runs}; not once: ${wrong.join(', ')}`);
    figures.push({
      what: 'its runs, each exactly once',
      wall: String(seen.size),
      processor: '',
      goal: String(runs),
    });
  },
};

const [first, ...words] = process.argv.slice(2);
if (first === '--one') {
  const { startCluster } = await measured(
    `import (${from === bundle ? 'bundle' : 'sources'})`,
    '300 ms',
    () => import(from.href),
  );
  if (words[0] !== 'start') figures.length = 0;
  await measurements[words[0]!]!(startCluster);
  console.log(JSON.stringify(figures));
} else {
  const wanted = Object.keys(measurements).filter(
    (name) => !first || [first, ...words].includes(name),
  );
  const rows = wanted.flatMap((name) => {
    const args = [...process.execArgv, new URL(import.meta.url).pathname, '--one', name];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as typeof figures;
  });
  const width = Math.max(...rows.map(({ what }) => what!.length));
  for (const { what, wall, processor, goal } of rows)
    console.log(`${what!.padEnd(width)}  ${wall!.padStart(9)}  ${processor!.padStart(9)}  ${goal}`);
}
