import { Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import type { Action, Controller, Observed, Plan } from '@coxswain/control';
import { simulatedNode } from '@coxswain/kubelet/fleet';
import {
  groupApiVersion,
  groupLabel,
  type NodeGroup,
  NodeGroups,
  groupOf,
  removeAnnotation,
  selectorOf,
} from './node-group.ts';

/** What all nodes of a cluster have in common. */
export interface NodeGroupFacts {
  readonly kubeletVersion: string;
  readonly kubeletPort: number;
  /** Someone else tells how its nodes do. */
  readonly isUntold?: boolean | undefined;
}

/** An index that finds the Nodes of a group. */
const nodegroup = (node: Node): readonly string[] => {
  const name = groupOf(node);
  return name === undefined ? [] : [name];
};

/** Keeps as many simulated Nodes as each NodeGroup asks for. A Node that someone removes is made again, unless the group shrank. */
export const nodeGroupController = (facts: NodeGroupFacts): Controller<NodeGroup> => ({
  name: 'node-group-controller',
  reconciles: NodeGroups,
  watches: [
    {
      resource: Nodes,
      indexes: { nodegroup },
      keys: (now: Node | undefined, before: Node | undefined) =>
        isReady(now) === isReady(before) && isGoing(now) === isGoing(before)
          ? []
          : nodegroup((now ?? before)!),
    },
  ],
  writes: [
    { resource: Nodes, verbs: ['create', 'delete'] },
    { resource: NodeGroups, subresource: 'status', verbs: ['patch'] },
  ],
  plan: (group, observed) => (group ? plan(group, observed, facts) : { actions: [] }),
});

function plan(group: NodeGroup, observed: Observed, facts: NodeGroupFacts): Plan {
  const all: readonly Node[] = observed.by(Nodes, 'nodegroup', group.metadata.name);
  const nodes = all.filter((node) => !isGoing(node));
  const wanted = group.metadata.deletionTimestamp ? nodes.length : (group.spec.replicas ?? 0);
  const actions: Action[] =
    wanted > nodes.length
      ? additions(group, wanted - nodes.length, all, observed, facts)
      : removals(nodes, nodes.length - wanted);
  const status = {
    replicas: nodes.length,
    readyReplicas: nodes.filter(isReady).length,
    selector: selectorOf(group.metadata.name),
    observedGeneration: group.metadata.generation ?? 0,
  };
  const told = group.status ?? {};
  if (Object.entries(status).some(([key, value]) => told[key as keyof typeof told] !== value))
    actions.push({
      ...{ do: 'patch', resource: NodeGroups, object: group, type: 'merge' },
      ...{ subresource: 'status', patch: { status } },
    });
  return { actions };
}

const isReady = (node: Node | undefined): boolean =>
  node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ??
  false;
const isGoing = (node: Node | undefined): boolean =>
  !node || node.metadata.deletionTimestamp !== undefined;

/** Marked ones go first, then those that are not Ready, then the newest. */
function removals(nodes: readonly Node[], surplus: number): Action[] {
  if (surplus === 0) return [];
  const isMarked = ({ metadata }: Node): boolean =>
    metadata.annotations?.[removeAnnotation] !== undefined;
  const rank = (node: Node): number => (isMarked(node) ? 0 : isReady(node) ? 2 : 1);
  return nodes
    .toSorted((a, b) => rank(a) - rank(b) || numberOf(b) - numberOf(a))
    .slice(0, surplus)
    .map((object) => ({ do: 'remove', resource: Nodes, object }));
}

/** The number at the end of a Node's name. */
const numberOf = ({ metadata: { name } }: Node): number => Number(/\d+$/.exec(name)?.[0] ?? 0);

function additions(
  group: NodeGroup,
  missing: number,
  present: readonly Node[],
  observed: Observed,
  facts: NodeGroupFacts,
): Action[] {
  const names = new Set(present.map(({ metadata }) => metadata.name));
  const addresses = new Set(
    observed
      .all(Nodes)
      .flatMap(({ status }) => (status?.addresses ?? []).map((one) => one.address)),
  );
  const actions: Action[] = [];
  let host = 0;
  for (let number = 1; actions.length < missing; number++) {
    const name = `${group.metadata.name}-${number}`;
    if (names.has(name)) continue;
    let nodeIp;
    do nodeIp = addressOf(++host);
    while (addresses.has(nodeIp));
    const object = nodeOf(group, name, number, nodeIp, observed, facts);
    actions.push({ do: 'create', resource: Nodes, object });
  }
  return actions;
}

/** Addresses of simulated nodes: 127.64.0.1 and on, where this machine alone reaches them. */
export const addressOf = (number: number): string =>
  `127.${64 + (number >>> 16)}.${(number >>> 8) & 255}.${number & 255}`;

function nodeOf(
  { metadata, spec }: NodeGroup,
  name: string,
  number: number,
  nodeIp: string,
  { nowMs, random }: Observed,
  facts: NodeGroupFacts,
): Node {
  const { zones = [], region, instanceType, ...template } = spec.template ?? {};
  const zone = zones[(number - 1) % zones.length];
  const node = simulatedNode(
    {
      ...{ name, nodeIp, ...facts },
      ...{ capacity: template.capacity, reserved: template.reserved },
      ...{ architecture: template.architecture, taints: template.spec?.taints },
      annotations: template.metadata?.annotations,
      labels: {
        ...template.metadata?.labels,
        ...(zone !== undefined && { 'topology.kubernetes.io/zone': zone }),
        ...(region !== undefined && { 'topology.kubernetes.io/region': region }),
        ...(instanceType !== undefined && { 'node.kubernetes.io/instance-type': instanceType }),
        [groupLabel]: metadata.name,
      },
    },
    { clock: { now: () => nowMs }, random },
  );
  const owner = { apiVersion: groupApiVersion, kind: NodeGroups.kind, name: metadata.name };
  const ownerReferences = [{ ...owner, uid: metadata.uid ?? '', controller: true }];
  return { ...node, metadata: { ...node.metadata, ownerReferences } };
}
