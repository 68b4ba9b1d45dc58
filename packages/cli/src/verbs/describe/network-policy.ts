import { NetworkPolicies } from '@coxswain/api';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '@coxswain/api/types/networking-v1';
import { type Describer, describer } from './describer.ts';
import { labelsOf, type Lines, placed, plainTimeText, selected } from './lines.ts';

/** One direction of traffic, in the words that it is told with. */
interface Direction {
  readonly name: 'ingress' | 'egress';
  readonly type: 'Ingress' | 'Egress';
  readonly peers: 'From' | 'To';
  readonly end: 'source' | 'destination';
}

const directions: readonly Direction[] = [
  { name: 'ingress', type: 'Ingress', peers: 'From', end: 'source' },
  { name: 'egress', type: 'Egress', peers: 'To', end: 'destination' },
];

const portText = ({ port, endPort, protocol = 'TCP' }: NetworkPolicyPort): string => {
  const first = port ?? '<nil>';
  return endPort === undefined
    ? `To Port: ${first}/${protocol}`
    : `To Port Range: ${first}-${endPort}/${protocol}`;
};

function peerLines({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer): Lines {
  if (podSelector || namespaceSelector)
    return [
      namespaceSelector && `NamespaceSelector: ${selected(namespaceSelector)}`,
      podSelector && `PodSelector: ${selected(podSelector)}`,
    ];
  if (!ipBlock) return [];
  return ['IPBlock:', [`CIDR: ${ipBlock.cidr}`, `Except: ${(ipBlock.except ?? []).join(', ')}`]];
}

interface Rule {
  readonly ports: readonly NetworkPolicyPort[];
  readonly peers: readonly NetworkPolicyPeer[];
}

const ruleLines = (rules: readonly Rule[], { name, peers, end }: Direction): Lines =>
  rules.length === 0
    ? [`<none> (Selected pods are isolated for ${name} connectivity)`]
    : rules.flatMap((rule, at): Lines => [
        ...(rule.ports.length > 0
          ? rule.ports.map(portText)
          : ['To Port: <any> (traffic allowed to all ports)']),
        ...(rule.peers.length > 0
          ? rule.peers.flatMap((peer): Lines => [`${peers}:`, peerLines(peer)])
          : [`${peers}: <any> (traffic not restricted by ${end})`]),
        at < rules.length - 1 && '----------',
      ]);

/** A NetworkPolicy. */
export const networkPolicy: Describer = describer({
  resource: NetworkPolicies,
  events: 'none',
  lines({ metadata, spec }) {
    const rules = {
      ingress: (spec?.ingress ?? []).map(({ ports = [], from = [] }) => ({ ports, peers: from })),
      egress: (spec?.egress ?? []).map(({ ports = [], to = [] }) => ({ ports, peers: to })),
    };
    const pods = selected(spec?.podSelector);
    const types = spec?.policyTypes ?? [];
    return [
      ...placed(metadata),
      `Created on:\t${plainTimeText(metadata.creationTimestamp)}`,
      ...labelsOf(metadata),
      'Spec:',
      [
        `PodSelector:     ${pods === '<none>' ? '<none> (Allowing the specific traffic to all pods in this namespace)' : pods}`,
        ...directions.flatMap((direction): Lines => {
          const { name, type } = direction;
          return types.includes(type)
            ? [`Allowing ${name} traffic:`, ruleLines(rules[name], direction)]
            : [`Not affecting ${name} traffic`];
        }),
        `Policy Types: ${types.join(', ') || '<none>'}`,
      ],
    ];
  },
});
