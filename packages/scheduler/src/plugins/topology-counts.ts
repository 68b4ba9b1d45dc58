import type { Choice } from '../framework/plugin.ts';
import type { Domains } from '../nodes/domains.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import type { PodGroup, PodGroups } from '../nodes/pod-groups.ts';

/** How many there are in each domain of each topology. */
export class TopologyCounts {
  readonly #groups: PodGroups;
  readonly #counts: Map<string, { readonly domains: Domains; readonly counts: Int32Array }>;

  constructor(
    groups: PodGroups,
    counts: Map<string, { readonly domains: Domains; readonly counts: Int32Array }> = new Map(),
  ) {
    this.#groups = groups;
    this.#counts = counts;
  }

  get isEmpty(): boolean {
    for (const { counts } of this.#counts.values())
      for (let id = 0; id < counts.length; id++) if (counts[id] !== 0) return false;
    return true;
  }

  /** Adds the pods of `group`, each `times`. */
  addGroup(key: string, group: PodGroup, times = 1): void {
    const { domains, counts } = this.#of(key);
    const more = group.in(domains);
    for (let id = 0; id < counts.length; id++) counts[id]! += times * more[id]!;
  }

  /** Adds a pod on `info`, `times`. */
  addOn(key: string, info: NodeInfo, times: number): void {
    const { domains, counts } = this.#of(key);
    const id = domains.of(info);
    if (id >= 0) counts[id]! += times;
  }

  /** Of the domain that a node is in; undefined: it is in none. */
  get(key: string, info: NodeInfo): number | undefined {
    const { domains, counts } = this.#of(key);
    const id = domains.of(info);
    return id < 0 ? undefined : counts[id]!;
  }

  /** The sum over all topologies of the domain that a node is in. */
  sumFor(info: NodeInfo): number {
    let sum = 0;
    for (const { domains, counts } of this.#counts.values()) {
      const id = domains.of(info);
      if (id >= 0) sum += counts[id]!;
    }
    return sum;
  }

  /** The same of each node, in their order. */
  sumForAll({ nodes, slots }: Choice, sums: Float64Array): void {
    sums.fill(0);
    for (const { domains, counts } of this.#counts.values()) {
      const { bySlot } = domains;
      for (let at = 0; at < slots.length; at++) {
        const id = slots[at]! < 0 ? domains.of(nodes[at]!) : bySlot[slots[at]!]!;
        if (id >= 0) sums[at]! += counts[id]!;
      }
    }
  }

  clone(): TopologyCounts {
    const copies = [...this.#counts].map(
      ([key, { domains, counts }]) => [key, { domains, counts: counts.slice() }] as const,
    );
    return new TopologyCounts(this.#groups, new Map(copies));
  }

  #of(key: string): { readonly domains: Domains; readonly counts: Int32Array } {
    let known = this.#counts.get(key);
    if (!known) {
      const domains = this.#groups.domains(key);
      this.#counts.set(key, (known = { domains, counts: new Int32Array(domains.sizes.length) }));
    }
    return known;
  }
}
