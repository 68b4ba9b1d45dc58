import { Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import type { Controller, Plan } from '@coxswain/control';
import { ranges } from './ranges.ts';

const cidrs = ({ spec }: Node): readonly string[] =>
  spec?.podCIDRs ?? (spec?.podCIDR ? [spec.podCIDR] : []);
/** An index that finds the Node of each pod range. */
const cidr = (node: Node): readonly string[] => cidrs(node);

/** Gives every Node a range of pod addresses of its own, out of the cluster's: the first that is free. */
export function nodeIpamController({
  clusterCidr,
  nodeMaskBits = 24,
}: {
  readonly clusterCidr: string;
  readonly nodeMaskBits?: number;
}): Controller<Node> {
  const all = ranges(clusterCidr, nodeMaskBits);
  return {
    name: 'node-ipam-controller',
    account: 'node-controller',
    eventSource: 'cidrAllocator',
    reconciles: Nodes,
    indexes: { cidr },
    watches: [],
    writes: [{ resource: Nodes, verbs: ['patch'] }],
    workers: 1, // so that no two Nodes are planned on the same free range
    keys: (now, before, observed) => {
      if (now) return cidrs(now).length > 0 ? [] : [everyNode];
      const waits = before && observed.all(Nodes).some((node) => cidrs(node).length === 0);
      return waits ? [everyNode] : []; // a range came free
    },
    plan: (_node, observed): Plan => {
      const node = observed
        .all(Nodes)
        .find((each) => cidrs(each).length === 0 && !each.metadata.deletionTimestamp);
      if (!node) return { actions: [] };
      for (let index = 0; index < all.blocks; index++) {
        const podCIDR = all.blockAt(index);
        if (observed.by(Nodes, 'cidr', podCIDR).length > 0) continue;
        const patch = { spec: { podCIDR, podCIDRs: [podCIDR] } };
        return {
          actions: [{ do: 'patch', resource: Nodes, object: node, type: 'strategic', patch }],
          requeueAfterMs: 0, // the next Node
        };
      }
      const message = `Node ${node.metadata.name} status is now: CIDRNotAvailable`;
      return {
        actions: [
          { do: 'event', about: node, type: 'Normal', reason: 'CIDRNotAvailable', message },
        ],
      };
    },
  };
}

/** All Nodes are planned under one key: what one takes, the next must see taken. */
const everyNode = 'nodes';
