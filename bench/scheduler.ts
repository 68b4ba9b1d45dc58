/**
 * Pods placed a second by the scheduling cycle alone: `node bench/scheduler.ts [nodes,...] [case,...]`. Rates are of
 * processor time, so that other work on the machine counts little; times of single pods are by the wall's clock.
 */
import type { Pod } from '@coxswain/api/types/core-v1';
import { seededRandom } from '@coxswain/base';
import { Memory } from '../packages/scheduler/src/cycle/memory.ts';
import { preempt } from '../packages/scheduler/src/cycle/preempt.ts';
import { schedulePod, type Snapshot } from '../packages/scheduler/src/cycle/schedule-pod.ts';
import { ClusterNodes } from '../packages/scheduler/src/nodes/cluster-nodes.ts';
import { Nominations } from '../packages/scheduler/src/nodes/nominations.ts';
import { defaultPlugins } from '../packages/scheduler/src/plugins/index.ts';
import { largePod, type Load, loads, nodeOf } from './support/scheduler-loads.ts';
import { quantile } from './support/table.ts';

const usual = 5_000;

/** A cluster and the pods that come to it. */
class Cycle {
  readonly #nodes = new ClusterNodes();
  readonly #memory = new Memory(this.#nodes);
  readonly #nominations = new Nominations();
  readonly #random = seededRandom(1);
  #start = 0;
  placed = 0;

  constructor({ before, first, zones }: Load, nodes: number) {
    for (let at = 0; at < nodes; at++) this.#nodes.setNode(nodeOf(at, zones));
    for (let at = 0; at < (before * nodes) / usual; at++) {
      const { spec, ...pod } = first!(at);
      this.#nodes.setPod({ ...pod, spec: { ...spec, nodeName: `node-${at % nodes}` } });
    }
  }

  /** As the scheduler does it: what finds no node makes room, and is tried again. */
  try(pod: Pod): void {
    const { decision, next } = schedulePod(pod, defaultPlugins, this.#snapshot(), this.#random);
    this.#start = next;
    if (decision.is === 'placed') {
      this.#nominations.forget(pod.metadata.uid!);
      this.#nodes.setPod({ ...pod, spec: { ...pod.spec, nodeName: decision.node } });
      this.placed++;
      return;
    }
    const { filters, curable, diagnosis, memory } = decision;
    const found = preempt({
      ...{
        pod,
        filters,
        curable,
        nodes: diagnosis.nodes,
        random: this.#random,
        budgets: [],
        memory,
      },
      ...{ nominated: this.#nominations.byNode, present: undefined },
    });
    if (found.is === 'useless') return;
    const { node, victims } = found.preemption;
    const hopeful = { ...pod, status: { nominatedNodeName: node } };
    this.#nominations.set(hopeful, node);
    for (const { metadata } of victims) this.#nodes.removePod(metadata.uid!);
    this.try(hopeful);
  }

  /** A node comes or goes, and a pod that fits nowhere is tried. */
  churn(at: number): void {
    const { metadata, ...node } = nodeOf(-1);
    if (at % 2 === 0) this.#nodes.removeNode(metadata.name);
    else this.#nodes.setNode({ ...node, metadata, status: { allocatable: { pods: '0' } } });
    this.try(largePod(at));
  }

  #snapshot(): Snapshot {
    const { list, byName, imageOn, groups } = this.#nodes;
    const nominated = this.#nominations.byNode;
    const memory = this.#memory;
    return { list, byName, imageOn, groups, nominated, memory, start: this.#start };
  }
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

function run(load: Load, nodes: number): Readonly<Record<string, unknown>> {
  const cycle = new Cycle(load, nodes);
  const pods = Array.from({ length: load.measured }, (_, at) => load.pod(at));
  const times: number[] = [];
  const fromMs = cpuMs();
  for (const [at, pod] of pods.entries()) {
    const from = performance.now();
    cycle.try(pod);
    times.push(performance.now() - from);
    if (load.churn && at % load.churn === 0) cycle.churn(at / load.churn);
  }
  const rate = Math.round((1000 * load.measured) / (cpuMs() - fromMs));
  const { goal, upstream } = load;
  return {
    ...{ load: load.name, nodes, pods: load.measured, placed: cycle.placed, 'pods/s': rate },
    'p50 µs': Math.round(quantile(times, 0.5) * 1000),
    'p99 µs': Math.round(quantile(times, 0.99) * 1000),
    // Upstream's own floor counts its API server and storage too: a mark, not a like for like.
    "upstream's floor": nodes === usual ? (upstream ?? '') : '',
    goal: goal ? Math.round(nodes > usual ? goal / 3 : goal) : '',
  };
}

const [sizes = '5000,15000', names = ''] = process.argv.slice(2);
const wanted = loads.filter(({ name }) => names === '' || names.split(',').includes(name));
run({ ...loads[0]!, before: 100, measured: 2_000 }, 500); // so that the first case finds compiled code, too
console.table(sizes.split(',').flatMap((nodes) => wanted.map((load) => run(load, Number(nodes)))));
