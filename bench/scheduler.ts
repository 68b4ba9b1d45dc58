/** Pods placed a second by the scheduling cycle alone, as a table: `node bench/scheduler.ts`. */
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import { seededRandom } from '@coxswain/base';
import { schedulePod } from '../packages/scheduler/src/cycle/schedule-pod.ts';
import { ClusterNodes } from '../packages/scheduler/src/nodes/cluster-nodes.ts';
import { defaultPlugins } from '../packages/scheduler/src/plugins/index.ts';

interface Load {
  readonly name: string;
  readonly nodes: number;
  readonly pods: number;
  readonly spec?: Partial<Pod['spec']>;
}

/**
 * What upstream's performance test asks of itself for SchedulingBasic at 5,000 nodes and 10,000 pods (v1.36). It counts
 * the API server's part too, which is not measured here: a mark, not a like for like.
 */
const upstreamFloor = 680;

const requests = { cpu: '100m', memory: '500Mi' };
const loads: readonly Load[] = [
  { name: 'basic', nodes: 1_000, pods: 5_000 },
  { name: 'basic', nodes: 5_000, pods: 10_000 },
  {
    name: 'node affinity',
    nodes: 5_000,
    pods: 5_000,
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] },
            ],
          },
        },
      },
    },
  },
  { name: 'unschedulable', nodes: 5_000, pods: 500, spec: { nodeSelector: { disk: 'none' } } },
];

const nodeOf = (at: number): Node => ({
  metadata: {
    name: `node-${at}`,
    labels: {
      'kubernetes.io/hostname': `node-${at}`,
      'topology.kubernetes.io/zone': `zone-${at % 3}`,
      disk: at % 2 === 0 ? 'ssd' : 'hdd',
    },
  },
  spec: {},
  status: { allocatable: { cpu: '4', memory: '32Gi', pods: '110' } },
});

const podOf = (at: number, spec: Load['spec']): Pod => ({
  metadata: { name: `pod-${at}`, namespace: 'default', uid: `uid-${at}` },
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests } }], ...spec },
});

function run({ nodes, pods, spec }: Load): { readonly placed: number; readonly times: number[] } {
  const cluster = new ClusterNodes();
  for (let at = 0; at < nodes; at++) cluster.setNode(nodeOf(at));
  const random = seededRandom(1);
  const waiting = Array.from({ length: pods }, (_, at) => podOf(at, spec));
  const times: number[] = [];
  let start = 0;
  let placed = 0;
  for (const pod of waiting) {
    const from = performance.now();
    const { list, byName, affine, nodesWith } = cluster;
    const snapshot = { list, byName, affine, nodesWith, start };
    const { decision, next } = schedulePod(pod, defaultPlugins, snapshot, random);
    start = next;
    if (decision.is === 'placed') {
      cluster.setPod({ ...pod, spec: { ...pod.spec, nodeName: decision.node } });
      placed++;
    }
    times.push(performance.now() - from);
  }
  return { placed, times };
}

run({ name: 'warm-up', nodes: 1_000, pods: 2_000 });
const rows = loads.map((load) => {
  const { placed, times } = run(load);
  const rate = load.pods / (times.reduce((sum, time) => sum + time, 0) / 1000);
  const sorted = times.toSorted((a, b) => a - b);
  return {
    load: load.name,
    nodes: load.nodes,
    pods: load.pods,
    placed,
    'pods/s': Math.round(rate),
    'p50 µs': Math.round(sorted[Math.floor(sorted.length * 0.5)]! * 1000),
    'p99 µs': Math.round(sorted[Math.floor(sorted.length * 0.99)]! * 1000),
    "times upstream's floor": load.name === 'basic' ? Math.round(rate / upstreamFloor) : '',
  };
});
console.table(rows);
