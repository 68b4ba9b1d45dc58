import type { Node, Pod } from '@coxswain/api/types/core-v1';
import type { ClusterEvent } from '../framework/event.ts';
import {
  fits,
  type SchedulerPlugin,
  type Surroundings,
  type Verdict,
} from '../framework/plugin.ts';
import { type Amounts, amountsOf } from '../nodes/amounts.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { type PodRequests, podRequests } from '../nodes/pod-requests.ts';
import { classPrefix } from '../resources/extended-claim.ts';
import { type Strategy, strategyScore } from './resource-scores.ts';

/** What the configuration may say. */
export interface FitArgs {
  readonly ignoredResources: readonly string[];
  readonly ignoredResourceGroups: readonly string[];
  /** Undefined: as in the default profile, CPU and memory alike. */
  readonly strategy: Strategy | undefined;
}

/** What a pod needs; some of it may come from devices where a node has none of its own. */
interface Needs extends Amounts {
  readonly fromDevices?: ReadonlySet<string>;
}

/** Keeps a pod off nodes without room for what it requests, and prefers those with most room left, or as the strategy has it. */
export const nodeResourcesFitWith = ({
  ignoredResources,
  ignoredResourceGroups,
  strategy,
}: FitArgs): SchedulerPlugin<Needs, PodRequests> => {
  const isIgnored = (name: string): boolean =>
    ignoredResources.includes(name) || ignoredResourceGroups.includes(name.split('/')[0]!);
  const ignoresNone = ignoredResources.length + ignoredResourceGroups.length === 0;
  const needOf = (pod: Pod, { devices }: Surroundings): Needs => {
    const { asked } = podRequests(pod);
    if (asked.others.size === 0) return asked;
    const others = ignoresNone
      ? asked.others
      : new Map([...asked.others].filter(([name]) => !isIgnored(name)));
    const fromDevices = [...others.keys()].filter((name) => devices.classFor(name) !== undefined);
    return {
      ...asked,
      others,
      ...(fromDevices.length > 0 && { fromDevices: new Set(fromDevices) }),
    };
  };
  return {
    name: 'NodeResourcesFit',
    wakeOn: [
      { event: 'pod/deleted' },
      {
        event: 'pod/scaled-down',
        cures: (pod, event) => event.type === 'pod/scaled-down' && hasLess(pod, event),
      },
      {
        event: 'node/add',
        cures: (pod, event, around) =>
          event.type === 'node/add' && couldHold(allocatableOf(event.node), needOf(pod, around)),
      },
      {
        event: 'node/allocatable',
        cures: (pod, event, around) =>
          event.type === 'node/allocatable' && hasMore(needOf(pod, around), event),
      },
      {
        event: 'pod/updated',
        cures: (pod, event) => event.type === 'pod/updated' && hasLess(pod, event),
      },
      { event: 'device-class', cures: givesResource },
    ],
    likeness: (pod, { around }) =>
      `${podRequests(pod).text} ${[...(needOf(pod, around).fromDevices ?? [])].join()}`,
    prepare: (pod, { around }) => ({ is: 'ready', state: needOf(pod, around) }),
    filter: fit,
    scoring: {
      weight: 1,
      prepare: podRequests,
      score: strategy
        ? (asks, node) => strategyScore(strategy, asks, node)
        : ({ scored }, node) => leastAllocated(scored, node),
    },
  };
};

/** As in the default profile. */
export const nodeResourcesFit: SchedulerPlugin = nodeResourcesFitWith({
  ignoredResources: [],
  ignoredResourceGroups: [],
  strategy: undefined,
});

/** Whether a class has come to stand for a resource that the pod asks for. */
function givesResource(pod: Pod, event: ClusterEvent): boolean {
  if (event.type !== 'device-class') return false;
  const { now, before } = event;
  const { others } = podRequests(pod).asked;
  const name = now.spec.extendedResourceName;
  if (before?.spec.extendedResourceName !== name && others.has(name ?? '')) return true;
  return !before && others.has(`${classPrefix}${now.metadata.name}`);
}

type PodChange = Extract<ClusterEvent, { readonly before: Pod }>;
type NodeChange = Extract<ClusterEvent, { readonly before: Node }>;

/** Whether a pod, the waiting one or another, asks for less than before of what `pod` needs. */
const hasLess = (pod: Pod, { before, pod: now }: PodChange): boolean =>
  someGrew(podRequests(pod).asked, podRequests(now).asked, podRequests(before).asked);

/** Whether the node could hold `pod` were it empty, and has more than before of what is needed. */
function hasMore(asked: Needs, { before, node }: NodeChange): boolean {
  const [old, now] = [allocatableOf(before), allocatableOf(node)];
  return couldHold(now, asked) && (now.pods > old.pods || someGrew(asked, old, now));
}

const allocatableOf = ({ status }: Node): Amounts => amountsOf(status?.allocatable);

/** Whether an empty node of this size would do: upstream's hint, so that small nodes wake no large pods. */
const couldHold = (allocatable: Amounts, asked: Needs): boolean =>
  allocatable.pods >= 1 &&
  asked.milliCpu <= allocatable.milliCpu &&
  asked.memory <= allocatable.memory &&
  asked.ephemeralStorage <= allocatable.ephemeralStorage &&
  [...asked.others].every(
    ([name, amount]) =>
      amount <= (allocatable.others.get(name) ?? 0) || comesFromDevices(asked, name, allocatable),
  );

/** A node that has some of it gives what it has. */
const comesFromDevices = ({ fromDevices }: Needs, name: string, { others }: Amounts): boolean =>
  fromDevices?.has(name) === true && !others.get(name);

/** Whether `to` has more than `from` of something that is asked for. */
const someGrew = (asked: Amounts, from: Amounts, to: Amounts): boolean =>
  (asked.milliCpu > 0 && to.milliCpu > from.milliCpu) ||
  (asked.memory > 0 && to.memory > from.memory) ||
  (asked.ephemeralStorage > 0 && to.ephemeralStorage > from.ephemeralStorage) ||
  [...asked.others].some(
    ([name, amount]) => amount > 0 && (to.others.get(name) ?? 0) > (from.others.get(name) ?? 0),
  );

/** One comparison for the many nodes that fit; only a node that does not is asked for its reasons. */
function fit(asked: Needs, node: NodeInfo): Verdict {
  const { allocatable, requested } = node;
  const suits =
    node.podCount < allocatable.pods &&
    (asked.milliCpu === 0 || asked.milliCpu <= allocatable.milliCpu - requested.milliCpu) &&
    (asked.memory === 0 || asked.memory <= allocatable.memory - requested.memory) &&
    asked.ephemeralStorage === 0 &&
    asked.others.size === 0;
  return suits ? fits : shortages(asked, node);
}

function shortages(asked: Needs, { allocatable, requested, podCount }: NodeInfo): Verdict {
  const reasons: string[] = [];
  let curable = true;
  const need = (name: string, amount: number, used: number, size: number): void => {
    if (amount === 0 || amount <= size - used) return;
    reasons.push(`Insufficient ${name}`);
    if (amount > size) curable = false; // not even an empty node would do
  };
  if (podCount + 1 > allocatable.pods) reasons.push('Too many pods');
  need('cpu', asked.milliCpu, requested.milliCpu, allocatable.milliCpu);
  need('memory', asked.memory, requested.memory, allocatable.memory);
  const { ephemeralStorage: storage } = asked;
  need('ephemeral-storage', storage, requested.ephemeralStorage, allocatable.ephemeralStorage);
  for (const [name, amount] of asked.others)
    if (!comesFromDevices(asked, name, allocatable))
      need(name, amount, requested.others.get(name) ?? 0, allocatable.others.get(name) ?? 0);
  return reasons.length === 0 ? fits : { is: 'rejected', reasons, curable };
}

/** The mean over CPU and memory of the share that would be left free, 0 to 100. A resource that a node lacks does not count. */
function leastAllocated(asked: PodRequests['scored'], { allocatable, scored }: NodeInfo): number {
  const cpu = shareFree(allocatable.milliCpu, scored.milliCpu + asked.milliCpu);
  const memory = shareFree(allocatable.memory, scored.memory + asked.memory);
  if (allocatable.milliCpu === 0) return memory;
  if (allocatable.memory === 0) return cpu;
  return Math.trunc((cpu + memory) / 2);
}

const shareFree = (size: number, used: number): number =>
  size === 0 || used > size ? 0 : Math.trunc(((size - used) * 100) / size);
