import { Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import type { Controller } from '@coxswain/control';

const key = 'node.alpha.kubernetes.io/ttl';

/** How long kubelets keep secrets and config maps, by the size of the cluster; the ranges overlap so that it does not flap. */
const steps: readonly { readonly from: number; readonly to: number; readonly seconds: number }[] = [
  { from: 0, to: 100, seconds: 0 },
  { from: 90, to: 500, seconds: 15 },
  { from: 450, to: 1000, seconds: 30 },
  { from: 900, to: 2000, seconds: 60 },
  { from: 1800, to: Number.POSITIVE_INFINITY, seconds: 300 },
];

/** The seconds for `count` nodes: what stands, where its range still holds them. */
export function ttlSeconds(count: number, standing: number | undefined): number {
  const now = steps.find(({ seconds }) => seconds === standing);
  if (now && count >= now.from && count <= now.to) return now.seconds;
  return steps.find(({ to }) => count <= to)!.seconds;
}

/** Tells kubelets how long they may keep what they have read. */
export const ttlController: Controller<Node> = {
  name: 'ttl-controller',
  reconciles: Nodes,
  watches: [],
  writes: [{ resource: Nodes, verbs: ['patch'] }],
  plan(node, observed) {
    if (!node) return { actions: [] };
    const text = node.metadata.annotations?.[key];
    const standing = text === undefined ? undefined : Number(text);
    const wanted = `${ttlSeconds(observed.all(Nodes).length, standing)}`;
    if (text === wanted) return { actions: [] };
    const patch = { metadata: { annotations: { [key]: wanted } } };
    return {
      actions: [{ do: 'patch', resource: Nodes, object: node, type: 'strategic', patch }],
    };
  },
};
