/**
 * The failure of zones in virtual time, and how quickly its nodes are given up: 0.1 a second in a zone, 0.01 where at least 55 %
 * of more than 50 nodes are down, none while no node of any zone answers; pods leave five minutes after their node.
 */
import assert from 'node:assert/strict';
import { Deployments, Nodes, Pods } from '@coxswain/api';
import { type Cluster, startCluster } from '../../packages/cluster/src/in-process/index.ts';
import { fleetDeployment } from './fleet-bodies.ts';
import type { Row } from './table.ts';

const zones = ['a', 'b', 'c'];
/** Of these seconds without a heartbeat, and one slot of heartbeats more, a node is silent. */
const silentMs = 60_000;

/** How long pods bear it that their node is given up. */
const toleratedMs = 300_000;

/** Nodes that are given up, and pods that are to leave them: all of those whose node is so for long enough, and no other. */
async function givenUp({
  client,
  clock,
  signal,
}: Cluster): Promise<{ nodes: number; pods: number }> {
  const sinceMs = new Map<string, number>();
  for (const { metadata, spec } of (await client.list(Nodes, { signal })).items)
    for (const { key, effect, timeAdded } of spec?.taints ?? [])
      if (key === 'node.kubernetes.io/unreachable' && effect === 'NoExecute')
        sinceMs.set(metadata.name, Date.parse(timeAdded!));
  let leaving = 0;
  for (const { metadata, spec } of (await client.list(Pods, { signal })).items) {
    const forMs = clock.now() - (sinceMs.get(spec?.nodeName ?? '') ?? Infinity);
    if (Math.abs(forMs - toleratedMs) > 1_000)
      // stamps are whole seconds
      assert.equal(metadata.deletionTimestamp !== undefined, forMs > toleratedMs, metadata.name);
    if (metadata.deletionTimestamp) leaving++;
  }
  return { nodes: sinceMs.size, pods: leaving };
}

/** A row for each failure as it ends: what was given up in so many minutes after the first node was, and by the rules. */
export async function* zoneFailure(count: number, pods: number): AsyncGenerator<Row> {
  const wanted = Array.from({ length: count }, (_, at) => ({
    name: `node-${at}`,
    labels: { 'topology.kubernetes.io/zone': zones[at % zones.length]! },
  }));
  await using cluster = await startCluster({ nodes: wanted });
  const { client, signal } = cluster;
  await client.create(Deployments, fleetDeployment('web', 'default', pods), { signal });
  await cluster.advance('2m');
  const inZone = (zone: number): readonly string[] =>
    wanted.filter((_, at) => at % zones.length === zone).map(({ name }) => name);
  const fail = async (names: readonly string[], fault?: string): Promise<void> => {
    for (const name of names) await cluster.fault('Node', name, fault);
  };
  const measure = async (
    what: string,
    names: readonly string[],
    perSecond: number,
    minutes: number,
  ): Promise<Row> => {
    const [cpu, from] = [process.cpuUsage(), performance.now()];
    await fail(names, 'partition');
    await cluster.advance(`${silentMs / 1000}s`);
    const { nodes: first } = await givenUp(cluster);
    await cluster.advance(`${minutes}m`);
    const { nodes, pods: leaving } = await givenUp(cluster);
    const expected = Math.min(perSecond * minutes * 60, names.length - first);
    assert.ok(
      Math.abs(nodes - first - expected) <= 1,
      `${what}: ${nodes - first}, not ${expected}`,
    );
    await fail(names);
    await cluster.advance('2m');
    assert.equal((await givenUp(cluster)).nodes, 0, `${what}: healed`);
    const { user, system } = process.cpuUsage(cpu);
    return {
      measure: `${what}: ${names.length} nodes, ${minutes} min`,
      ours: `${nodes - first} given up, ${leaving} pods leave; ${((performance.now() - from) / 1000).toFixed(0)} s (cpu ${((user + system) / 1e6).toFixed(0)} s)`,
      comparedTo: `by the rules ${expected}`,
      ratio: '',
    };
  };
  const [whole, other] = [inZone(0), inZone(1)];
  yield await measure('a whole zone', whole, 0.1, 10);
  const most = other.slice(0, Math.ceil(other.length * 0.6));
  yield await measure('60 % of a zone', most, other.length > 50 ? 0.01 : 0, 10);
  yield await measure('40 % of a zone', other.slice(0, Math.floor(other.length * 0.4)), 0.1, 5);
  yield await measure(
    'all zones',
    wanted.map(({ name }) => name),
    0,
    3,
  );
}
