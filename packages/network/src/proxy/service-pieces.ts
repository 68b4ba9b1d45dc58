import { addElement, type Draft, draft, nameHash, type Pieces } from './pieces.ts';
import type { HostPort } from './host-ports.ts';
import type { Policy, ServicePort, Target } from './service-ports.ts';

/** Bit of the packet mark that asks for masquerading; upstream's own bit. */
export const masqueradeMark = '0x4000';
const masquerade = `meta mark set meta mark or ${masqueradeMark}`;
const fromNode = 'fib saddr type local';

/** What the ports of one Service need. `podRange` are the cluster's pods: who else calls a cluster address is masqueraded. */
export function servicePieces(ports: readonly ServicePort[], podRange: string): Pieces {
  const to = draft();
  for (const port of ports) new PortPieces(to, port, podRange).add();
  return to;
}

/** What the host ports of one pod need. */
export function hostPortPieces(ports: readonly HostPort[]): Pieces {
  const to = draft();
  for (const { hostAddress, hostPort, protocol, podAddress, podPort } of ports) {
    const chain = `hostport-${nameHash(`${hostAddress}:${hostPort}/${protocol} ${podAddress}`)}`;
    to.chains.set(chain, [`meta l4proto ${protocol} dnat to ${podAddress}:${podPort}`]);
    const key = `${protocol} . ${hostPort}`;
    if (hostAddress === '') addElement(to, 'any-host-ports', key, `goto ${chain}`);
    else addElement(to, 'host-ports', `${hostAddress} . ${key}`, `goto ${chain}`);
    addElement(to, 'hairpins', `${podAddress} . ${podAddress}`);
  }
  return to;
}

/** The pieces of one port of a Service, in kube-proxy's shape: service or external chain, policy chain, endpoint chains. */
class PortPieces {
  readonly #to: Draft;
  readonly #port: ServicePort;
  readonly #podRange: string;
  readonly #hash: string;

  constructor(to: Draft, port: ServicePort, podRange: string) {
    this.#to = to;
    this.#port = port;
    this.#podRange = podRange;
    this.#hash = nameHash(`${port.namespace}/${port.name}/${port.protocol}/${port.portName}`);
  }

  add(): void {
    const { clusterAddresses, externalAddresses, balancerAddresses, nodePort } = this.#port;
    for (const address of clusterAddresses) addElement(this.#to, 'cluster-addresses', address);
    this.#addInternal(clusterAddresses.map((address) => this.#key(address)));
    const outward = [...externalAddresses, ...balancerAddresses];
    if (nodePort > 0 || outward.length > 0)
      this.#addExternal(outward.map((address) => this.#key(address)));
  }

  #addInternal(keys: readonly string[]): void {
    const policy = this.#policyChain(this.#port.internal);
    if (policy === undefined) return this.#addUnserved(keys);
    const chain = `service-${this.#hash}`;
    this.#to.chains.set(chain, [`ip saddr != ${this.#podRange} ${masquerade}`, `goto ${policy}`]);
    for (const key of keys) addElement(this.#to, 'services', key, `goto ${chain}`);
  }

  #addExternal(keys: readonly string[]): void {
    const { nodePort, protocol, external, everywhere } = this.#port;
    const policy = this.#policyChain(external);
    if (policy === undefined) {
      this.#addUnserved(keys);
      if (nodePort > 0)
        addElement(this.#to, 'unserved-node-ports', `${protocol} . ${nodePort}`, this.#noWay());
    }
    // With policy Local, those inside the cluster still reach every endpoint.
    const shortcut = external === 'Local' && everywhere.length > 0;
    if (policy === undefined && !shortcut) return;
    const chain = `external-${this.#hash}`;
    this.#to.chains.set(chain, [
      ...this.#sourceCheck(),
      ...(shortcut ? this.#shortcuts() : external === 'Cluster' ? [masquerade] : []),
      ...(policy === undefined ? [] : [`goto ${policy}`]),
    ]);
    for (const key of keys) addElement(this.#to, 'services', key, `goto ${chain}`);
    if (nodePort > 0)
      addElement(this.#to, 'node-ports', `${protocol} . ${nodePort}`, `goto ${chain}`);
  }

  #key(address: string): string {
    return `${address} . ${this.#port.protocol} . ${this.#port.port}`;
  }

  #addUnserved(keys: readonly string[]): void {
    for (const key of keys) addElement(this.#to, 'unserved', key, this.#noWay());
  }

  /** Refused where there is no endpoint at all; dropped where only this node has none, so that a client tries elsewhere. */
  #noWay(): string {
    const { everywhere, here } = this.#port;
    return everywhere.length + here.length === 0 ? 'goto refuse' : 'drop';
  }

  #sourceCheck(): string[] {
    const { sourceRanges, balancerAddresses } = this.#port;
    if (sourceRanges.length === 0 || balancerAddresses.length === 0) return [];
    return [`ip daddr ${braces(balancerAddresses)} ip saddr != ${braces(sourceRanges)} drop`];
  }

  #shortcuts(): string[] {
    const all = this.#policyChain('Cluster');
    return [
      `ip saddr ${this.#podRange} goto ${all}`,
      `${fromNode} ${masquerade}`,
      `${fromNode} goto ${all}`,
    ];
  }

  /** The chain that sends a connection to one of the policy's endpoints; undefined when it has none. */
  #policyChain(policy: Policy): string | undefined {
    const targets = policy === 'Local' ? this.#port.here : this.#port.everywhere;
    if (targets.length === 0) return undefined;
    const name = `${policy.toLowerCase()}-${this.#hash}`;
    if (!this.#to.chains.has(name)) this.#to.chains.set(name, this.#choice(targets));
    return name;
  }

  /** One of `targets`, by chance or where this client went before. */
  #choice(targets: readonly Target[]): string[] {
    const seconds = this.#port.affinitySeconds;
    const chains = targets.map((target) => this.#targetChain(target));
    const remembered = chains.map((chain) => `ip saddr @${memoryOf(chain, seconds)} goto ${chain}`);
    return [...(seconds > 0 ? remembered : []), ...lot(chains)];
  }

  #targetChain({ address, port, isLocal }: Target): string {
    const { protocol, affinitySeconds } = this.#port;
    const chain = `endpoint-${this.#hash}-${nameHash(`${address}:${port}`)}`;
    const rules = [`meta l4proto ${protocol} dnat to ${address}:${port}`];
    if (affinitySeconds > 0) {
      const memory = memoryOf(chain, affinitySeconds);
      this.#to.memories.set(memory, affinitySeconds);
      rules.unshift(`update @${memory} { ip saddr }`);
    }
    this.#to.chains.set(chain, rules);
    if (isLocal) addElement(this.#to, 'hairpins', `${address} . ${address}`);
    return chain;
  }
}

/** The kernel looks through all sets of a table for the name of a nameless one: few targets do without. */
const lotsWithoutSetMax = 8;

/** Rules that go to one of `chains`, each with the same chance. */
function lot(chains: readonly string[]): string[] {
  const count = chains.length;
  if (count <= lotsWithoutSetMax)
    return chains.map((chain, at) =>
      at === count - 1 ? `goto ${chain}` : `numgen random mod ${count - at} 0 goto ${chain}`,
    );
  const lots = chains.map((chain, at) => `${at} : goto ${chain}`);
  return [`numgen random mod ${count} vmap { ${lots.join(', ')} }`];
}

const braces = (list: readonly string[]): string =>
  list.length === 1 ? list[0]! : `{ ${list.join(', ')} }`;

/** Its seconds are in the name: a set cannot change its time limit. */
const memoryOf = (chain: string, seconds: number): string =>
  `${chain.replace('endpoint-', 'affinity-')}-${seconds}`;
