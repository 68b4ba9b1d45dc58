import { Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import type { Action, Controller, Plan } from '@coxswain/control';
import { type Ranges, ranges } from './ranges.ts';

const cidrs = ({ spec }: Node): readonly string[] =>
  spec?.podCIDRs ?? (spec?.podCIDR ? [spec.podCIDR] : []);
/** Nodes that get a range in one plan. */
const batchMax = 256;

export interface NodeRanges {
  /** The cluster's, or the one that a Node's range is taken from. */
  readonly clusterCidr: string | ((node: Node) => string);
  readonly nodeMaskBits?: number | undefined;
}

/** Gives every Node a range of pod addresses of its own, out of the cluster's: the first that is free. */
export function nodeIpamController({
  clusterCidr,
  nodeMaskBits = 24,
}: NodeRanges): Controller<Node> {
  const known = new Map<string, Ranges>();
  const rangesOf = (node: Node): Ranges => {
    const from = typeof clusterCidr === 'string' ? clusterCidr : clusterCidr(node);
    let found = known.get(from);
    if (!found) known.set(from, (found = ranges(from, nodeMaskBits)));
    return found;
  };
  if (typeof clusterCidr === 'string') ranges(clusterCidr, nodeMaskBits); // throws for one that cannot be split
  return {
    name: 'node-ipam-controller',
    account: 'node-controller',
    eventSource: 'cidrAllocator',
    reconciles: Nodes,
    watches: [],
    writes: [{ resource: Nodes, verbs: ['patch'] }],
    workers: 1, // so that no two Nodes are planned on the same free range
    keys: (now, before, observed) => {
      if (now) return cidrs(now).length > 0 ? [] : [everyNode];
      const waits = before && observed.all(Nodes).some((node) => cidrs(node).length === 0);
      return waits ? [everyNode] : []; // a range came free
    },
    plan: (_node, observed): Plan => {
      const all = observed.all(Nodes);
      const waiting = all.filter(
        (each) => cidrs(each).length === 0 && !each.metadata.deletionTimestamp,
      );
      const free = freeRanges(all);
      const actions = waiting.slice(0, batchMax).map((node): Action => {
        const podCIDR = free(rangesOf(node));
        if (podCIDR !== undefined) {
          const patch = { spec: { podCIDR, podCIDRs: [podCIDR] } };
          const what = { do: 'patch', resource: Nodes, object: node, type: 'strategic' } as const;
          return { ...what, patch, isAlone: true };
        }
        const message = `Node ${node.metadata.name} status is now: CIDRNotAvailable`;
        return { do: 'event', about: node, type: 'Normal', reason: 'CIDRNotAvailable', message };
      });
      const gave = actions.some((action) => action.do === 'patch');
      // The next Nodes; those for which there is nothing wait until a range comes free.
      return { actions, ...(gave && waiting.length > batchMax && { requeueAfterMs: 0 }) };
    },
  };
}

/** Hands out the free blocks of ranges, the first first. */
function freeRanges(nodes: readonly Node[]): (from: Ranges) => string | undefined {
  const taken = new Set(nodes.flatMap(cidrs));
  const next = new Map<Ranges, number>();
  return (from) => {
    for (let index = next.get(from) ?? 0; index < from.blocks; index++) {
      const block = from.blockAt(index);
      next.set(from, index + 1);
      if (!taken.has(block)) return block;
    }
    return undefined;
  };
}

/** All Nodes are planned under one key: what one takes, the next must see taken. */
const everyNode = 'nodes';
