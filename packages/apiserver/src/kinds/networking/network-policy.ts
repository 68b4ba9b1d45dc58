import { NetworkPolicies } from '@coxswain/api';
import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '@coxswain/api/types/networking-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type Rules,
} from '../rules/field.ts';
import { addressBits, parseRange, validRange } from '../rules/ip.ts';
import { rangeWarnings } from '../rules/ip-warnings.ts';
import { labelSelector, selectorText } from '../rules/labels.ts';
import { portName, portNumber } from '../rules/name.ts';

const types = ['Ingress', 'Egress'];
const protocols = ['TCP', 'UDP', 'SCTP'];

interface Direction {
  readonly path: string;
  readonly ports: readonly NetworkPolicyPort[];
  readonly peersPath: string;
  readonly peers: readonly NetworkPolicyPeer[];
}

const directions = ({ spec }: NetworkPolicy): readonly Direction[] => [
  ...(spec?.ingress ?? []).map(({ ports = [], from = [] }, index) => {
    const path = `spec.ingress[${index}]`;
    return { path, ports, peersPath: `${path}.from`, peers: from };
  }),
  ...(spec?.egress ?? []).map(({ ports = [], to = [] }, index) => {
    const path = `spec.egress[${index}]`;
    return { path, ports, peersPath: `${path}.to`, peers: to };
  }),
];

const blocks = (policy: NetworkPolicy): readonly (readonly [string, IPBlock])[] =>
  directions(policy).flatMap(({ peersPath, peers }) =>
    peers.flatMap(({ ipBlock }, index) =>
      ipBlock ? [[`${peersPath}[${index}].ipBlock`, ipBlock] as const] : [],
    ),
  );

function* portRules(path: string, { protocol, port, endPort }: NetworkPolicyPort): Rules {
  if (protocol !== undefined && !protocols.includes(protocol))
    yield notSupported(`${path}.protocol`, protocol, protocols);
  const end = `${path}.endPort`;
  if (port === undefined) {
    if (endPort !== undefined)
      yield invalidValue(end, endPort, 'may not be specified when `port` is not specified');
  } else if (typeof port === 'number') {
    yield* allInvalid(`${path}.port`, port, portNumber(port));
    if (endPort === undefined) return;
    if (endPort < port) yield invalidValue(end, port, 'must be greater than or equal to `port`');
    yield* allInvalid(end, endPort, portNumber(endPort));
  } else {
    if (endPort !== undefined)
      yield invalidValue(end, endPort, 'may not be specified when `port` is non-numeric');
    yield* allInvalid(`${path}.port`, port, portName(port));
  }
}

function* peerRules(path: string, peer: NetworkPolicyPeer, known: readonly string[]): Rules {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  yield* labelSelector(`${path}.podSelector`, podSelector);
  yield* labelSelector(`${path}.namespaceSelector`, namespaceSelector);
  if (ipBlock) yield* blockRules(`${path}.ipBlock`, ipBlock, known);
  if (!podSelector && !namespaceSelector && !ipBlock) yield required(path, 'must specify a peer');
  else if (ipBlock && (podSelector || namespaceSelector))
    yield forbiddenField(path, 'may not specify both ipBlock and another peer');
}

function* blockRules(
  path: string,
  { cidr, except = [] }: IPBlock,
  known: readonly string[],
): Rules {
  if (!cidr) {
    yield required(`${path}.cidr`);
    return;
  }
  yield* validRange(`${path}.cidr`, cidr, known);
  const whole = parseRange(cidr);
  if (!whole) return;
  const free = BigInt(addressBits(whole.family) - whole.bits);
  for (const [index, text] of except.entries()) {
    const at = `${path}.except[${index}]`;
    yield* validRange(at, text, known);
    const part = parseRange(text);
    if (!part) continue;
    const isWithin =
      part.family === whole.family &&
      part.bits > whole.bits &&
      part.base >> free === whole.base >> free;
    if (!isWithin) yield invalidValue(at, text, 'must be a strict subset of `cidr`');
  }
}

function* rules(policy: NetworkPolicy, known: readonly string[] = []): Rules {
  const { podSelector, policyTypes = [] } = policy.spec ?? {};
  yield* labelSelector('spec.podSelector', podSelector);
  for (const { path, ports, peersPath, peers } of directions(policy)) {
    for (const [index, port] of ports.entries()) yield* portRules(`${path}.ports[${index}]`, port);
    for (const [index, peer] of peers.entries())
      yield* peerRules(`${peersPath}[${index}]`, peer, known);
  }
  if (policyTypes.length > types.length)
    yield invalidValue(
      'spec.policyTypes',
      policyTypes,
      'may not specify more than two policyTypes',
    );
  else
    for (const [index, type] of policyTypes.entries())
      if (!types.includes(type)) yield notSupported(`spec.policyTypes[${index}]`, type, types);
}

/** Which traffic pods may send and get. */
export const networkPolicyKind: Kind<NetworkPolicy> = {
  resource: NetworkPolicies,
  shortNames: ['netpol'],
  defaults: (draft) => {
    const spec = (draft.spec ??= {});
    spec.podSelector ??= {};
    if (!spec.policyTypes?.length)
      spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
    for (const { ports = [] } of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
      for (const port of ports) port.protocol ??= 'TCP';
  },
  validate: (policy) => rules(policy),
  // A range that stood there before is always good.
  validateUpdate: (next, before) =>
    rules(
      next,
      blocks(before).flatMap(([, { cidr, except = [] }]) => [cidr, ...except]),
    ),
  *warnings(policy) {
    for (const [path, { cidr, except = [] }] of blocks(policy)) {
      yield* rangeWarnings(`${path}.cidr`, cidr);
      for (const [index, text] of except.entries())
        yield* rangeWarnings(`${path}.except[${index}]`, text);
    }
  },
  columns: [
    nameColumn,
    textColumn(
      'Pod-Selector',
      'The pods that it is about.',
      ({ spec }) => selectorText(spec?.podSelector) || '<none>',
    ),
    ageColumn,
  ],
};
