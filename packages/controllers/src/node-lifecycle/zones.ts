import { Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import type { Action, Controller, Observed, Plan } from '@coxswain/control';
import { same } from '../objects/same.ts';
import { createdMs, timeMs } from '../objects/time.ts';
import { readiness, readyOf } from './conditions.ts';
import { evictingTaint, wantedEvictingKey, withEvictingTaint } from './taints.ts';

/** Nodes tainted per second in a zone: --node-eviction-rate, and --secondary-node-eviction-rate while much of it is down. */
const rate = 0.1;
const secondaryRate = 0.01;
const unhealthyThreshold = 0.55;
const largeZoneMin = 50;

type State = 'normal' | 'partial' | 'full';

/** The key of a node's zone, as upstream builds it. */
export const zoneOf = ({ metadata: { labels } }: Node): string => {
  const region = labels?.['topology.kubernetes.io/region'] ?? '';
  const zone = labels?.['topology.kubernetes.io/zone'] ?? '';
  return region || zone ? `${region}:\u0000:${zone}` : '';
};
const byZone = (node: Node): readonly string[] => [keyOf(zoneOf(node))];
const keyOf = (zone: string): string => `zone ${zone}`;

const deciding = (node: Node | undefined): unknown =>
  node && [zoneOf(node), readyOf(node)?.status, evictingTaint(node)];

/**
 * Taints nodes that are not ready NoExecute, so that their pods are evicted: zone by zone, slower where much of a zone
 * is down, and not at all while every zone is: then the fault is more likely ours.
 */
export const nodeEvictionController: Controller<Node> = {
  name: 'node-eviction-controller',
  account: 'node-controller',
  eventSource: 'node-controller',
  reconciles: Nodes,
  indexes: { zone: byZone },
  // All zones are woken: what one does hangs on whether any other is alive.
  keys: (now, before, observed) =>
    same(deciding(now), deciding(before)) ? [] : [...observed.values(Nodes, 'zone')],
  watches: [],
  writes: [{ resource: Nodes, verbs: ['patch'] }],
  plan: (_node, observed, key) => plan(observed.by(Nodes, 'zone', key), observed),
};

/** How much of a zone is down. */
export function stateOf(nodes: readonly Node[]): State {
  const ready = nodes.filter((node) => readyOf(node)?.status === 'True').length;
  const notReady = nodes.length - ready;
  if (ready === 0 && notReady > 0) return 'full';
  return notReady > 2 && notReady / nodes.length >= unhealthyThreshold ? 'partial' : 'normal';
}

/** Nodes tainted per second. A zone that is down whole empties at the usual rate, as long as another one lives. */
export function rateOf(state: State, size: number): number {
  if (state !== 'partial') return rate;
  return size > largeZoneMin ? secondaryRate : 0;
}

function plan(nodes: readonly Node[], observed: Observed): Plan {
  const { nowMs } = observed;
  const allDown = observed.all(Nodes).every((node) => readyOf(node)?.status !== 'True');
  if (allDown) {
    const tainted = nodes.filter((node) => evictingTaint(node));
    return {
      actions: tainted.map((node) => taint(node, undefined, nowMs)),
      why: [{ verdict: 'no node of any zone is ready', facts: { nodes: nodes.length } }],
    };
  }
  // Nodes that came back, or whose trouble is another now, wait for nothing.
  const now = nodes.filter(
    (node) => evictingTaint(node) && evictingTaint(node)!.key !== wantedEvictingKey(node),
  );
  const actions = now.map((node) => taint(node, wantedEvictingKey(node), nowMs));
  const waiting = nodes
    .filter((node) => readiness(node) !== 'True' && !evictingTaint(node) && readyOf(node))
    .toSorted((a, b) => downSinceMs(a) - downSinceMs(b));
  const [first] = waiting;
  const perSecond = rateOf(stateOf(nodes), nodes.length);
  if (!first || perSecond === 0) return { actions };
  const waitMs = lastTaintedMs(nodes) + 1000 / perSecond - nowMs;
  if (waitMs > 0) return { actions, requeueAfterMs: waitMs };
  return {
    actions: [...actions, taint(first, wantedEvictingKey(first), nowMs)],
    requeueAfterMs: waiting.length > 1 ? 1000 / perSecond : undefined,
    why: [{ verdict: 'evicting', facts: { waiting: waiting.length, perSecond } }],
  };
}

const downSinceMs = (node: Node): number =>
  timeMs(readyOf(node)?.lastTransitionTime) ?? createdMs(node);

/** The taints themselves remember when the last was added. */
const lastTaintedMs = (nodes: readonly Node[]): number =>
  Math.max(-Infinity, ...nodes.map((node) => timeMs(evictingTaint(node)?.timeAdded) ?? -Infinity));

function taint(node: Node, key: string | undefined, nowMs: number): Action {
  const patch = {
    metadata: { resourceVersion: node.metadata.resourceVersion },
    spec: { taints: withEvictingTaint(node, key, nowMs) },
  };
  return { do: 'patch', resource: Nodes, object: node, type: 'merge', patch };
}
