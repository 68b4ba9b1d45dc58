/**
 * A whole cluster under the load of a large one, counted by a watch from outside over HTTPS:
 * `node bench/fleet.ts [nodes] [pods] [deployments] [steps]`. Wants no root. Without figures: 5,000 nodes, 150,000 pods, 1,000
 * Deployments. Steps: `nodes,pods,slow,steady,lists,roll,delete`.
 */
import { ApiError, Deployments, type KubeObject, Nodes, Pods, type Resource } from '@coxswain/api';
import type { Deployment } from '@coxswain/api/types/apps-v1';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import { systemClock, systemWorld } from '@coxswain/base';
import { type Client, runWatch } from '@coxswain/client';
import { httpClient, loadKubeconfig } from '@coxswain/client/http';
import { ensureDefinition, resizeGroup } from '../packages/cluster/src/fleet/start-group.ts';
import { BenchCluster } from './support/cluster.ts';
import { fleetDeployment } from './support/fleet-bodies.ts';
import { pagedList, sloTable } from './support/fleet-measures.ts';
import { quantile, ratio, type Row, tableText } from './support/table.ts';

const [nodes = 5_000, pods = 150_000, deployments = 1_000] = process.argv.slice(2, 5).map(Number);
const steps = new Set((process.argv[5] ?? 'nodes,pods,slow,steady,lists,roll,delete').split(','));
const rolled = Math.min(10_000, Math.ceil(pods / 10));
const steadyMs = 60_000;
const namespaces = 20;
const { signal } = new AbortController();
const rows: Row[] = [];
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

await using cluster = await BenchCluster.open('--nodes', '0', '--threads', '2');
const started = await cluster.up();
process.stderr.write(`up in ${seconds(started.readyMs)}\n`);
const world = systemWorld();
const target = await loadKubeconfig(cluster.kubeconfig, { clock: world.clock });
using client = httpClient(target, { world, agent: 'bench-fleet' });

/** What a step took: wall and processor time of the cluster, and its memory after. */
async function measure(
  name: string,
  goalMs: number,
  floorMs: number,
  run: () => Promise<void>,
): Promise<void> {
  const [from, cpuFrom] = [performance.now(), cluster.cpuMs()];
  await run();
  const [ms, cpuMs] = [performance.now() - from, cluster.cpuMs() - cpuFrom];
  const ours = `${seconds(ms)} (cpu ${seconds(cpuMs)}, ${(cluster.memoryMiB() / 1024).toFixed(2)} GiB)`;
  tell(name, ours, `goal ${seconds(goalMs)}, floor ${seconds(floorMs)}`, ratio(ms, goalMs));
}

function tell(name: string, ours: string, comparedTo = '', share = ''): void {
  rows.push({ measure: name, ours, comparedTo, ratio: share });
  process.stderr.write(`${name}: ${ours} ${comparedTo}\n`);
}

/** Follows a resource, through broken connections too, and resolves when `see` says that it has seen enough. */
async function until<T extends KubeObject>(
  resource: Resource<T>,
  fields: string | undefined,
  see: (type: string, object: T) => boolean,
  begin: () => Promise<void>,
): Promise<void> {
  const end = new AbortController();
  const enough = Promise.withResolvers<void>();
  const look = (type: string, object: T): void => {
    if (type !== 'BOOKMARK' && see(type, object)) enough.resolve();
  };
  const present = Promise.withResolvers<void>();
  const sink = {
    replace: (objects: readonly T[]): void => {
      for (const object of objects) look('ADDED', object);
      present.resolve();
    },
    apply: (events: readonly { readonly type: string; readonly object: T }[]): void => {
      for (const { type, object } of events) look(type, object);
    },
  };
  const selection = fields === undefined ? {} : { fields };
  const running = runWatch(client, resource, selection, sink, world, end.signal);
  await present.promise;
  await Promise.all([begin(), enough.promise]);
  end.abort();
  await running;
}

const isTrue = (object: Node | Pod, condition: string): boolean =>
  (object.status?.conditions as { type: string; status: string }[] | undefined)?.some(
    ({ type, status }) => type === condition && status === 'True',
  ) ?? false;

/** Every pod's time from its making to being seen Ready, in ms. */
const starts: number[] = [];

/** So many pods whose names begin so are Ready: others may have been before. */
const untilReady = (wanted: number, prefix: string, begin: () => Promise<void>): Promise<void> => {
  const ready = new Set<string>();
  return until(
    Pods,
    'status.phase=Running',
    (type, pod) => {
      const { name, uid } = pod.metadata;
      if (
        type === 'DELETED' ||
        !name.startsWith(prefix) ||
        ready.has(uid!) ||
        !isTrue(pod, 'Ready')
      )
        return false;
      ready.add(uid!);
      starts.push(world.clock.now() - Date.parse(pod.metadata.creationTimestamp!));
      if (ready.size % 5000 === 0) process.stderr.write(`  ${ready.size} Ready\n`);
      return ready.size >= wanted;
    },
    begin,
  );
};

/** Runs `job` for each of `count` numbers, so many at a time. */
async function each(
  count: number,
  atOnce: number,
  job: (number: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await job(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Tried again when the connection broke: the server may have been too busy to answer. */
async function created(client: Client, object: Deployment): Promise<void> {
  for (;;)
    try {
      return void (await client.create(Deployments, object, { signal }));
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'AlreadyExists') return;
      if (error instanceof ApiError) throw error;
      await systemClock.sleep(1_000);
    }
}
const spaceOf = (number: number): string => `bench-${number % namespaces}`;

if (steps.has('nodes'))
  await measure(`${nodes} nodes Ready`, 5_000, 10_000, async () => {
    const ready = new Set<string>();
    await until(
      Nodes,
      undefined,
      (_type, node) => isTrue(node, 'Ready') && ready.add(node.metadata.name).size >= nodes,
      async () => {
        await ensureDefinition(client, signal);
        const zones = ['zone-a', 'zone-b', 'zone-c'];
        await resizeGroup(
          client,
          'bench',
          () => nodes,
          { zones, capacity: { pods: '110' } },
          signal,
        );
      },
    );
  });
await each(namespaces, 5, (number) =>
  client.raw({
    ...{ method: 'POST', path: '/api/v1/namespaces', signal },
    body: { metadata: { name: spaceOf(number) } },
  }),
);
await systemClock.sleep(5_000); // ranges, leases, taints

if (steps.has('pods')) {
  await measure(`${pods} pods of ${deployments} Deployments Ready`, 120_000, 200_000, () =>
    untilReady(pods, 'd-', () =>
      each(deployments, 10, (number) =>
        created(client, fleetDeployment(`d-${number}`, spaceOf(number), pods / deployments)),
      ),
    ),
  );
  tell(
    'pod start while loading, p50 / p99',
    `${seconds(quantile(starts, 0.5))} / ${seconds(quantile(starts, 0.99))}`,
  );
}

if (steps.has('slow')) {
  await systemClock.sleep(15_000);
  starts.length = 0;
  const count = 200;
  await untilReady(count, 's-', () =>
    each(count, 1, async (number) => {
      await created(client, fleetDeployment(`s-${number}`, spaceOf(number), 1));
      await systemClock.sleep(50);
    }),
  );
  tell(
    'pod start at 20 a second, p99 (stamps are whole seconds)',
    seconds(quantile(starts, 0.99)),
    'SLO 5.0 s',
  );
}

if (steps.has('steady')) {
  await systemClock.sleep(30_000);
  const from = cluster.cpuMs();
  await systemClock.sleep(steadyMs);
  const share = (cluster.cpuMs() - from) / steadyMs;
  tell('steady state', `${share.toFixed(2)} cores`, 'goal under 1.00', share.toFixed(2));
}

if (steps.has('lists')) {
  const { firstMs, allMs, cpuMs, items } = await pagedList(target, world.clock, () =>
    cluster.cpuMs(),
  );
  tell(
    'first page of 500 pods as a table',
    `${firstMs.toFixed(0)} ms`,
    'goal 100 ms',
    ratio(firstMs, 100),
  );
  const ours = `${seconds(allMs)} (server cpu ${seconds(cpuMs)}), ${items} rows`;
  tell('all pages of kubectl get pods -A', ours, 'goal 5.0 s', ratio(allMs, 5_000));
}

if (steps.has('roll')) {
  const big = fleetDeployment('big', spaceOf(0), rolled);
  await untilReady(rolled, 'big-', () => created(client, big));
  await measure(`rolling update of ${rolled} pods`, 30_000, 30_000, () =>
    until(
      Deployments,
      'metadata.name=big',
      (_type, { metadata, status }) =>
        (metadata.generation ?? 0) > 1 &&
        status?.observedGeneration === metadata.generation &&
        status?.updatedReplicas === rolled &&
        status.availableReplicas === rolled &&
        status.replicas === rolled,
      async () => {
        const patch = { spec: { template: { metadata: { annotations: { roll: '1' } } } } };
        await client.patch(Deployments, 'big', 'merge', patch, { namespace: spaceOf(0), signal });
      },
    ),
  );
}

if (steps.has('delete')) {
  const left = new Set<string>();
  for (let next: string | undefined, first = true; first || next; first = false) {
    const at = { metadataOnly: true, limit: 5000, continue: next, signal };
    const page = await client.list(Pods, at);
    for (const { metadata } of page.items) left.add(metadata.uid!);
    next = page.next;
  }
  await measure(`deletion of ${left.size} pods`, 120_000, 120_000, () =>
    until(
      Pods,
      undefined,
      (type, { metadata }) => type === 'DELETED' && left.delete(metadata.uid!) && left.size === 0,
      () =>
        each(namespaces, 4, (number) =>
          client.removeAll(Deployments, {
            namespace: spaceOf(number),
            propagation: 'Background',
            signal,
          }),
        ),
    ),
  );
}

process.stdout.write(`${tableText(rows)}\n${await sloTable(client)}`);
