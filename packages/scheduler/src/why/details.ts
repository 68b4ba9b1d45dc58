import { fitsRequired, matchesTerm, tolerates } from '@coxswain/api/nodes';
import type { Node, NodeSelectorTerm, Pod, Taint } from '@coxswain/api/types/core-v1';
import { hostPorts, PortsInUse } from '../nodes/host-ports.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { podRequests } from '../nodes/pod-requests.ts';
import { amountsByName } from './amount-text.ts';
import type { Facts } from './view.ts';

/** One thing on a node that a pod does not agree with. */
export interface Detail {
  /** The same on every node of which the same is said. */
  readonly fixed: Facts;
  /** Differs from node to node; `amount` is what is free of a resource. */
  readonly varies?: { readonly amount: number } | { readonly found: string };
}

type Details = (pod: Pod, info: NodeInfo, reasons: readonly string[]) => readonly Detail[];

/** What the plugins that speak in numbers and names have found, beside their sentence; by plugin. */
export const detailsBy: Readonly<Record<string, Details>> = {
  NodeUnschedulable: () => [{ fixed: { cordoned: 1 } }],
  NodeResourcesFit: shortOf,
  TaintToleration: ({ spec }, { node }) =>
    taintsOf(node)
      .filter((taint) => !(spec.tolerations ?? []).some((each) => tolerates(each, taint)))
      .map((taint) => ({ fixed: { taint: taintText(taint) } })),
  NodeAffinity: unlike,
  NodePorts: (pod, info) =>
    hostPorts(pod)
      .filter((port) => info.ports.conflicts(port))
      .map((port) => {
        const held = [...info.pods].find((other) => {
          const used = new PortsInUse();
          for (const each of hostPorts(other)) used.add(each);
          return used.conflicts(port);
        });
        const { namespace = '', name = '' } = held?.metadata ?? {};
        return {
          fixed: { port: `${port.port}/${port.protocol}` },
          varies: { found: `${namespace}/${name}` },
        };
      }),
  InterPodAffinity: neighbours,
  PodTopologySpread: ({ spec }, { node }) =>
    (spec.topologySpreadConstraints ?? [])
      .filter(({ whenUnsatisfiable }) => whenUnsatisfiable !== 'ScheduleAnyway')
      .map(({ topologyKey, maxSkew }) => ({
        fixed: { topologyKey, maxSkew },
        varies: { found: node.metadata.labels?.[topologyKey] ?? '' },
      })),
};

/** The taint that follows from a cordon goes with it, and is told as that. */
const cordonTaint = 'node.kubernetes.io/unschedulable';
const isHard = ({ effect }: Taint): boolean => effect !== 'PreferNoSchedule';

/** Taints that keep pods away by themselves. */
export const taintsOf = ({ spec }: Node): readonly Taint[] =>
  (spec.taints ?? []).filter(
    (taint) => isHard(taint) && !(spec.unschedulable && taint.key === cordonTaint),
  );

/** What a node is without its cordon. */
export const uncordoned = (node: Node): Node => ({
  ...node,
  spec: {
    ...node.spec,
    unschedulable: false,
    taints: (node.spec.taints ?? []).filter(({ key }) => key !== cordonTaint),
  },
});

/** `dedicated=gpu:NoSchedule`, as kubectl writes it. */
export const taintText = ({ key, value, effect }: Taint): string =>
  `${key}${value ? `=${value}` : ''}:${effect}`;

function shortOf(pod: Pod, info: NodeInfo): readonly Detail[] {
  const size = amountsByName(info.allocatable);
  const used = amountsByName(info.requested);
  const details: Detail[] = [];
  if (info.podCount + 1 > info.allocatable.pods)
    details.push({ fixed: { resource: 'pods', needs: 1 }, varies: { amount: 0 } });
  for (const [resource, needs] of amountsByName(podRequests(pod).asked)) {
    const free = (size.get(resource) ?? 0) - (used.get(resource) ?? 0);
    if (needs > 0 && needs > free)
      details.push({ fixed: { resource, needs }, varies: { amount: Math.max(0, free) } });
  }
  return details;
}

/** Whom the pod must be near, or must not: by the plugin's own sentence, which says which of the two it is. */
function neighbours(
  { spec }: Pod,
  _: NodeInfo,
  [reason = '']: readonly string[],
): readonly Detail[] {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const isFar = reason.includes('anti-affinity');
  if (reason.includes('existing pods')) return [{ fixed: { unwelcome: 1 } }];
  const terms = (isFar ? podAntiAffinity : podAffinity)
    ?.requiredDuringSchedulingIgnoredDuringExecution;
  return (terms ?? []).map(({ topologyKey, labelSelector }) => {
    const { matchLabels = {}, matchExpressions = [] } = labelSelector ?? {};
    const selector = [
      ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
      ...matchExpressions.map(expressionText),
    ].join(', ');
    return { fixed: { [isFar ? 'far' : 'near']: selector, topologyKey } };
  });
}

function unlike(pod: Pod, { node }: NodeInfo): readonly Detail[] {
  const { nodeSelector = {}, affinity } = pod.spec;
  const details = Object.entries(nodeSelector).flatMap(([label, wants]): Detail[] => {
    const has = node.metadata.labels?.[label];
    return has === wants ? [] : [{ fixed: { label, wants }, varies: { found: has ?? '' } }];
  });
  const terms =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const isMet = terms.length === 0 || terms.some((term) => matchesTerm(term, node));
  const rest = fitsRequired(pod.spec, node) || isMet;
  return rest ? details : [...details, { fixed: { affinity: terms.map(termText).join(' or ') } }];
}

/** `zone In (a, b) and disk Exists`. */
const termText = ({ matchExpressions, matchFields }: NodeSelectorTerm): string =>
  [...(matchExpressions ?? []), ...(matchFields ?? [])].map(expressionText).join(' and ');

const expressionText = ({
  key,
  operator,
  values,
}: {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}): string => (values?.length ? `${key} ${operator} (${values.join(', ')})` : `${key} ${operator}`);
