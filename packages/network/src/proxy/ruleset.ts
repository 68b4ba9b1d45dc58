import type { ServicePort, Target } from './service-ports.ts';

/** A port of a pod that its node forwards to it. */
export interface HostPort {
  readonly hostAddress: string; // '' for every address of the node
  readonly hostPort: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly podAddress: string;
  readonly podPort: number;
}

/**
 * The forwarding state of a node as named pieces, each with the text that makes it. Two states differ by the pieces
 * whose text differs, so an update costs what changed and not what there is.
 */
export interface Ruleset {
  /** Chain name -> its rules. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Map or set name -> element key -> the element with its value. */
  readonly elements: ReadonlyMap<ElementSet, ReadonlyMap<string, string>>;
  /** Affinity memories: name -> seconds they remember a client. */
  readonly memories: ReadonlyMap<string, number>;
}

const elementSets = ['services', 'nodeports', 'hostports', 'rejected', 'hairpins'] as const;
export type ElementSet = (typeof elementSets)[number];

/** Bit of the packet mark that asks for masquerading; upstream's own bit. */
const masqueradeMark = '0x4000';
const masquerade = `meta mark set meta mark or ${masqueradeMark}`;

/** Builds the state for these ports. `podRange` are the cluster's pods: who else calls a service is masqueraded. */
export function rulesetOf(
  ports: readonly ServicePort[],
  hostPorts: readonly HostPort[],
  podRange: string,
): Ruleset {
  const state = emptyRuleset();
  for (const port of ports) addServicePort(state, port, podRange);
  for (const port of hostPorts) addHostPort(state, port);
  return state;
}

interface Draft extends Ruleset {
  readonly chains: Map<string, readonly string[]>;
  readonly elements: Map<ElementSet, Map<string, string>>;
  readonly memories: Map<string, number>;
}

function emptyRuleset(): Draft {
  return {
    chains: new Map(),
    elements: new Map(elementSets.map((name) => [name, new Map()])),
    memories: new Map(),
  };
}

function addElement(state: Draft, set: ElementSet, key: string, value?: string): void {
  state.elements.get(set)!.set(key, value === undefined ? key : `${key} : ${value}`);
}

function addServicePort(state: Draft, port: ServicePort, podRange: string): void {
  const id = `${port.namespace}/${port.name}/${port.protocol}/${port.portName}`;
  const hash = nameHash(id);
  const internal = `service-${hash}`;
  const external = `external-${hash}`;
  const toPort = (address: string): string => `${address} . ${port.protocol} . ${port.port}`;
  const outward = [...port.externalAddresses.map(toPort)];

  if (port.internal.length > 0) {
    const prefix = [
      `ip saddr != ${podRange} ip daddr ${braces(port.clusterAddresses)} ${masquerade}`,
    ];
    state.chains.set(internal, [...prefix, ...choose(state, port, port.internal, hash)]);
    for (const address of port.clusterAddresses)
      addElement(state, 'services', toPort(address), `goto ${internal}`);
  } else
    for (const address of port.clusterAddresses) addElement(state, 'rejected', toPort(address));

  if (port.nodePort === 0 && outward.length === 0) return;
  if (port.external.length > 0) {
    const rules = port.keepsSource ? [`ip saddr ${podRange} ${masquerade}`] : [masquerade];
    if (port.sourceRanges.length > 0)
      rules.unshift(
        `ip daddr ${braces(port.externalAddresses)} ip saddr != ${braces(port.sourceRanges)} drop`,
      );
    state.chains.set(external, [...rules, ...choose(state, port, port.external, hash)]);
    for (const key of outward) addElement(state, 'services', key, `goto ${external}`);
    if (port.nodePort > 0)
      addElement(state, 'nodeports', `${port.protocol} . ${port.nodePort}`, `goto ${external}`);
  } else for (const key of outward) addElement(state, 'rejected', key);
}

const braces = (list: readonly string[]): string =>
  list.length === 1 ? list[0]! : `{ ${list.join(', ')} }`;

/** Rules that send a connection to one of `targets`, by chance or where this client went before. */
function choose(
  state: Draft,
  port: ServicePort,
  targets: readonly Target[],
  hash: string,
): string[] {
  const chains = targets.map((target) => targetChain(state, port, target, hash));
  const remembered =
    port.affinitySeconds > 0
      ? chains.map((chain) => `ip saddr @${memoryOf(chain, port.affinitySeconds)} goto ${chain}`)
      : [];
  const lots = chains.map((chain, lot) => `${lot} : goto ${chain}`);
  const pick =
    chains.length === 1
      ? `goto ${chains[0]}`
      : `numgen random mod ${chains.length} vmap { ${lots.join(', ')} }`;
  return [...remembered, pick];
}

/** Its seconds are in the name: a set cannot change its time limit. */
const memoryOf = (chain: string, seconds: number): string =>
  `${chain.replace('endpoint-', 'affinity-')}-${seconds}`;

function targetChain(state: Draft, port: ServicePort, target: Target, hash: string): string {
  const chain = `endpoint-${hash}-${nameHash(`${target.address}:${target.port}`)}`;
  const rules = [`meta l4proto ${port.protocol} dnat to ${target.address}:${target.port}`];
  if (port.affinitySeconds > 0) {
    const memory = memoryOf(chain, port.affinitySeconds);
    state.memories.set(memory, port.affinitySeconds);
    rules.unshift(`update @${memory} { ip saddr }`);
  }
  state.chains.set(chain, rules);
  if (target.isLocal) addElement(state, 'hairpins', `${target.address} . ${target.address}`);
  return chain;
}

function addHostPort(state: Draft, port: HostPort): void {
  const chain = `hostport-${nameHash(`${port.hostAddress}:${port.hostPort}/${port.protocol}`)}`;
  const any = port.hostAddress === '' || port.hostAddress === '0.0.0.0';
  const address = any ? '0.0.0.0/0' : port.hostAddress;
  state.chains.set(chain, [
    `meta l4proto ${port.protocol} dnat to ${port.podAddress}:${port.podPort}`,
  ]);
  addElement(
    state,
    'hostports',
    `${address} . ${port.protocol} . ${port.hostPort}`,
    `goto ${chain}`,
  );
  addElement(state, 'hairpins', `${port.podAddress} . ${port.podAddress}`);
}

/** Eleven characters that stand for `text` in names of chains (FNV-1a, 52 bits in base 36). */
function nameHash(text: string): string {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  for (let at = 0; at < text.length; at++) {
    high = Math.imul(high ^ text.charCodeAt(at), 0x01000193) >>> 0;
    low = Math.imul(low + text.charCodeAt(at), 0x85ebca6b) >>> 0;
    low = (low ^ (low >>> 13)) >>> 0;
  }
  return (high * 2 ** 20 + (low >>> 12)).toString(36).padStart(11, '0');
}

/** The table and all that never changes in it; loading it forgets every earlier state. */
export const frame = (table: string): string => `
table ip ${table}
delete table ip ${table}
table ip ${table} {
  map services { type ipv4_addr . inet_proto . inet_service : verdict; }
  map nodeports { type inet_proto . inet_service : verdict; }
  map hostports { type ipv4_addr . inet_proto . inet_service : verdict; flags interval; }
  set rejected { type ipv4_addr . inet_proto . inet_service; }
  set hairpins { type ipv4_addr . ipv4_addr; }
  chain dispatch {
    ip daddr . meta l4proto . th dport vmap @services
    fib daddr type local ip daddr != 127.0.0.0/8 ip daddr . meta l4proto . th dport vmap @hostports
    fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @nodeports
  }
  chain refuse {
    ct state new ip daddr . meta l4proto . th dport @rejected reject
  }
  chain prerouting { type nat hook prerouting priority dstnat; jump dispatch; }
  chain output { type nat hook output priority -100; jump dispatch; }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    meta mark & ${masqueradeMark} == ${masqueradeMark} meta mark set meta mark xor ${masqueradeMark} masquerade fully-random
    ip saddr . ip daddr @hairpins ct status dnat masquerade fully-random
  }
  chain refuse-forward { type filter hook forward priority -110; jump refuse; }
  chain refuse-output { type filter hook output priority -110; jump refuse; }
}
`;
