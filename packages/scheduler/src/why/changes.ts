import { fitsRequired, tolerates } from '@coxswain/api/nodes';
import type { Container, Node, Pod, PodSpec, Taint } from '@coxswain/api/types/core-v1';
import { NodeInfo } from '../nodes/node-info.ts';
import { podRequests } from '../nodes/pod-requests.ts';
import { amountsByName, amountText } from './amount-text.ts';
import { taintsOf, taintText, uncordoned } from './details.ts';
import type { Facts } from './view.ts';

/** A pod and nodes to try something on: copies, which nobody else sees. */
export interface Trial {
  readonly pod: Pod;
  readonly nodes: readonly NodeInfo[];
}

/** Something that somebody could change. */
export interface Change {
  readonly change:
    | 'remove-node-selector'
    | 'remove-node-affinity'
    | 'label-node'
    | 'tolerate-taint'
    | 'remove-taint'
    | 'uncordon'
    | 'lower-request'
    | 'remove-host-port'
    | 'relax-spread'
    | 'remove-pod-affinity'
    | 'remove-pod-anti-affinity'
    | 'remove-scheduling-gates'
    | 'add-node'
    | 'raise-priority';
  readonly facts: Facts;
  readonly apply: (trial: Trial) => Trial;
}

type Changes = (pod: Pod, node: NodeInfo, row: readonly NodeInfo[]) => readonly Change[];

const withSpec = (pod: Pod, spec: Partial<PodSpec>): Pod => ({
  ...pod,
  spec: { ...pod.spec, ...spec },
});

const onPod =
  (change: (spec: PodSpec) => Partial<PodSpec>): Change['apply'] =>
  (trial) => ({ ...trial, pod: withSpec(trial.pod, change(trial.pod.spec)) });

const onNode =
  (name: string, change: (node: Node) => Node): Change['apply'] =>
  ({ pod, nodes }) => ({
    pod,
    nodes: nodes.map((info) => {
      if (info.name !== name) return info;
      const copy = info.clone();
      copy.setNode(change(info.node));
      return copy;
    }),
  });

/** What would make each plugin agree to `pod` on one node, the smallest first: one list for each objection. */
export const changesBy: Readonly<
  Record<string, (...args: Parameters<Changes>) => readonly (readonly Change[])[]>
> = {
  NodeUnschedulable: (_, { name }) => [
    [
      {
        change: 'uncordon',
        facts: { node: name },
        apply: onNode(name, uncordoned),
      },
    ],
  ],
  TaintToleration: ({ spec }, { node, name }) =>
    taintsOf(node)
      .filter((taint) => !(spec.tolerations ?? []).some((each) => tolerates(each, taint)))
      .map((taint) => [tolerate(taint), untaint(name, taint)]),
  NodeAffinity: labels,
  NodeResourcesFit: lower,
  NodePorts: () => [[removePorts]],
  PodTopologySpread: () => [
    [
      {
        change: 'relax-spread',
        facts: {},
        apply: onPod(({ topologySpreadConstraints = [] }) => ({
          topologySpreadConstraints: topologySpreadConstraints.map((each) => ({
            ...each,
            whenUnsatisfiable: 'ScheduleAnyway',
          })),
        })),
      },
    ],
  ],
  InterPodAffinity: ({ spec: { affinity } }) => [
    [
      ...(affinity?.podAntiAffinity ? [removeAffinity('podAntiAffinity')] : []),
      ...(affinity?.podAffinity ? [removeAffinity('podAffinity')] : []),
    ],
  ],
};

const tolerate = (taint: Taint): Change => ({
  change: 'tolerate-taint',
  facts: { taint: taintText(taint) },
  apply: onPod(({ tolerations = [] }) => ({
    tolerations: [
      ...tolerations,
      { key: taint.key, operator: 'Equal', value: taint.value ?? '', effect: taint.effect },
    ],
  })),
});

const untaint = (name: string, { key, effect, ...rest }: Taint): Change => ({
  change: 'remove-taint',
  facts: { node: name, taint: taintText({ key, effect, ...rest }) },
  apply: onNode(name, (node) => ({
    ...node,
    spec: {
      ...node.spec,
      taints: (node.spec.taints ?? []).filter((each) => each.key !== key || each.effect !== effect),
    },
  })),
});

function labels(pod: Pod, info: NodeInfo): readonly (readonly Change[])[] {
  const { node, name } = info;
  const { nodeSelector = {}, affinity } = pod.spec;
  const wrong = Object.entries(nodeSelector).filter(
    ([key, value]) => node.metadata.labels?.[key] !== value,
  );
  const selectors = wrong.map(([key, value]): readonly Change[] => [
    {
      change: 'remove-node-selector',
      facts: { label: key, value },
      apply: onPod(({ nodeSelector: { [key]: _, ...rest } = {} }) => ({ nodeSelector: rest })),
    },
    {
      change: 'label-node',
      facts: { node: name, label: key, value },
      apply: onNode(name, labelled({ [key]: value })),
    },
  ]);
  if (!affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution) return selectors;
  const { requiredDuringSchedulingIgnoredDuringExecution: _, ...soft } = affinity.nodeAffinity;
  if (fitsRequired({ ...pod.spec, nodeSelector: {} }, node)) return selectors;
  const relaxed: Change = {
    change: 'remove-node-affinity',
    facts: {},
    apply: onPod((spec) => ({ affinity: { ...spec.affinity, nodeAffinity: soft } })),
  };
  return [...selectors, [relaxed]];
}

const labelled =
  (more: Readonly<Record<string, string>>) =>
  (node: Node): Node => ({
    ...node,
    metadata: { ...node.metadata, labels: { ...node.metadata.labels, ...more } },
  });

/** To what the node of the row with most of it has free; none where nothing is free, or it is no amount of one container. */
function lower(pod: Pod, _: NodeInfo, row: readonly NodeInfo[]): readonly (readonly Change[])[] {
  const asked = amountsByName(podRequests(pod).asked);
  const changes: (readonly Change[])[] = [];
  const full = row.every(({ podCount, allocatable }) => podCount + 1 > allocatable.pods);
  if (full) changes.push([]);
  for (const [resource, needs] of asked) {
    const free = Math.max(...row.map((info) => freeOf(info, resource)));
    if (needs <= free || needs === 0) continue;
    const to = rounded(resource, free);
    changes.push(to > 0 ? [lowered(pod, resource, needs, to)] : []);
  }
  return changes;
}

const freeOf = ({ allocatable, requested }: NodeInfo, resource: string): number =>
  (amountsByName(allocatable).get(resource) ?? 0) - (amountsByName(requested).get(resource) ?? 0);

/** No odd bytes. */
const rounded = (resource: string, amount: number): number =>
  resource === 'memory' || resource === 'ephemeral-storage'
    ? Math.floor(amount / 2 ** 20) * 2 ** 20
    : amount;

function lowered(pod: Pod, resource: string, needs: number, to: number): Change {
  const inUnits = (amount: number): string => (resource === 'cpu' ? `${amount}m` : String(amount));
  return {
    change: 'lower-request',
    facts: { resource, from: amountText(resource, needs), to: amountText(resource, to) },
    apply: onPod((spec) => ({
      containers: spec.containers.map((container, at) => ({
        ...container,
        resources: requesting(container, resource, inUnits(at === 0 ? to : 0)),
      })),
      ...(spec.initContainers && {
        initContainers: spec.initContainers.map((container) => ({
          ...container,
          resources: requesting(container, resource, inUnits(0)),
        })),
      }),
      ...(spec.resources?.requests?.[resource] !== undefined && {
        resources: {
          ...spec.resources,
          requests: { ...spec.resources.requests, [resource]: inUnits(to) },
        },
      }),
    })),
  };
}

const requesting = (
  { resources }: Container,
  resource: string,
  amount: string,
): NonNullable<Container['resources']> => ({
  ...resources,
  requests: { ...resources?.requests, [resource]: amount },
});

const withoutHostPorts = (containers: readonly Container[]): readonly Container[] =>
  containers.map((container) => ({
    ...container,
    ports: (container.ports ?? []).map(({ hostPort: _, ...port }) => port),
  }));

const removePorts: Change = {
  change: 'remove-host-port',
  facts: {},
  apply: onPod(({ containers, initContainers }) => ({
    containers: withoutHostPorts(containers),
    ...(initContainers && { initContainers: withoutHostPorts(initContainers) }),
  })),
};

const removeAffinity = (kind: 'podAffinity' | 'podAntiAffinity'): Change => ({
  change: kind === 'podAffinity' ? 'remove-pod-affinity' : 'remove-pod-anti-affinity',
  facts: {},
  apply: onPod(({ affinity: { [kind]: _, ...rest } = {} }) => ({ affinity: rest })),
});

/** The pod let go by whoever holds it back. */
export const ungate = (pod: Pod): Change => ({
  change: 'remove-scheduling-gates',
  facts: { gates: (pod.spec.schedulingGates ?? []).map(({ name }) => name).join(', ') },
  apply: onPod(() => ({ schedulingGates: [] })),
});

const newNodeName = 'one-more-node';

/** An empty node like the largest there is, with the labels that the pod selects, and large enough. Undefined: no node is known to take after. */
export function oneMoreNode(pod: Pod, nodes: readonly NodeInfo[]): Change | undefined {
  const model = nodes.toSorted((a, b) => b.allocatable.milliCpu - a.allocatable.milliCpu)[0];
  if (!model) return undefined;
  const asked = podRequests(pod).asked;
  const size = { cpu: Math.ceil(asked.milliCpu / 1000) * 1000, memory: asked.memory };
  const needsMore = size.cpu > model.allocatable.milliCpu || size.memory > model.allocatable.memory;
  const allocatable = {
    ...model.node.status?.allocatable,
    ...(size.cpu > model.allocatable.milliCpu && { cpu: amountText('cpu', size.cpu) }),
    ...(size.memory > model.allocatable.memory && { memory: amountText('memory', size.memory) }),
  };
  const wanted = pod.spec.nodeSelector ?? {};
  const lacks = Object.entries(wanted).filter(
    ([key, value]) => model.node.metadata.labels?.[key] !== value,
  );
  const node = labelled({ ...wanted, 'kubernetes.io/hostname': newNodeName })({
    ...model.node,
    metadata: { ...model.node.metadata, name: newNodeName },
    spec: {},
    status: { ...model.node.status, allocatable, images: [] },
  });
  return {
    change: 'add-node',
    facts: {
      cpu: amountText('cpu', Math.max(size.cpu || 1000, 1000)),
      memory: amountText('memory', size.memory),
      ...(lacks.length > 0 && {
        labels: lacks.map(([key, value]) => `${key}=${value}`).join(', '),
      }),
      ...(needsMore && { larger: 1 }),
    },
    apply: ({ pod: same, nodes: all }) => ({ pod: same, nodes: [...all, new NodeInfo(node)] }),
  };
}
