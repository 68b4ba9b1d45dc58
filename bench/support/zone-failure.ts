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

/** Nodes that are given up, and pods that are to leave them. */
async function givenUp({ client, signal }: Cluster): Promise<{ nodes: number; pods: number }> {
  const nodes = (await client.list(Nodes, { signal })).items.filter(({ spec }) =>
    spec?.taints?.some(
      ({ key, effect }) => key === 'node.kubernetes.io/unreachable' && effect === 'NoExecute',
    ),
  );
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  const pods = (await client.list(Pods, { signal })).items.filter(
    ({ metadata, spec }) => metadata.deletionTimestamp && names.has(spec?.nodeName ?? ''),
  );
  return { nodes: names.size, pods: pods.length };
}

/** One row for each failure: what was given up in so many minutes after the first node was, and by the rules. */
export async function zoneFailure(count: number, pods: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
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
  ): Promise<void> => {
    const [cpu, from] = [process.cpuUsage(), performance.now()];
    await fail(names, 'partition');
    await cluster.advance(`${silentMs / 1000}s`);
    const { nodes: first } = await givenUp(cluster);
    await cluster.advance(`${minutes}m`);
    const { nodes, pods: leaving } = await givenUp(cluster);
    const expected = perSecond * minutes * 60;
    assert.ok(
      Math.abs(nodes - first - expected) <= 1,
      `${what}: ${nodes - first}, not ${expected}`,
    );
    // Those that were given up five minutes ago, and no others, have lost their pods.
    if (minutes <= 5) assert.equal(leaving, 0, what);
    else if (perSecond > 0) assert.ok(leaving > 0, what);
    await fail(names);
    await cluster.advance('2m');
    assert.equal((await givenUp(cluster)).nodes, 0, `${what}: healed`);
    const { user, system } = process.cpuUsage(cpu);
    rows.push({
      measure: `${what}: ${names.length} nodes, ${minutes} min`,
      ours: `${nodes - first} given up, ${leaving} pods leave; ${((performance.now() - from) / 1000).toFixed(0)} s (cpu ${((user + system) / 1e6).toFixed(0)} s)`,
      comparedTo: `by the rules ${expected}`,
      ratio: '',
    });
  };
  const [whole, other] = [inZone(0), inZone(1)];
  await measure('a whole zone', whole, 0.1, 10);
  const most = other.slice(0, Math.ceil(other.length * 0.6));
  await measure('60 % of a zone', most, most.length > 50 ? 0.01 : 0, 10);
  await measure('40 % of a zone', other.slice(0, Math.floor(other.length * 0.4)), 0.1, 5);
  await measure(
    'all zones',
    wanted.map(({ name }) => name),
    0,
    3,
  );
  return rows;
}
