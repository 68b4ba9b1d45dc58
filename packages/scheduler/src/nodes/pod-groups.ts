import type { Labels, Selector } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import { sameEntries } from '../framework/same-entries.ts';
import { Domains } from './domains.ts';
import type { NodeInfo } from './node-info.ts';

/** Pods that are alike to all who look at neighbours: same namespace, labels and wishes about others. */
export class PodGroup {
  /** One of them, or what has been one. */
  readonly pod: Pod;
  readonly labels: Labels;
  /** Whether they are on their way out. */
  readonly leaving: boolean;
  readonly #nodes = new Map<NodeInfo, number>();
  /** How many are in each domain, for those who have asked. */
  readonly #counts = new Map<Domains, Int32Array>();

  constructor(pod: Pod) {
    this.pod = pod;
    this.labels = pod.metadata.labels ?? {};
    this.leaving = pod.metadata.deletionTimestamp !== undefined;
  }

  /** How many are on each node; nodes with none are absent. */
  get nodes(): ReadonlyMap<NodeInfo, number> {
    return this.#nodes;
  }

  /** How many are in each domain, by its number. Changes with the group. */
  in(domains: Domains): Readonly<Int32Array> {
    let counts = this.#counts.get(domains);
    if (!counts) {
      this.#counts.set(domains, (counts = new Int32Array(roomFor(domains))));
      for (const [info, count] of this.#nodes) {
        const id = domains.of(info);
        if (id >= 0) counts[id]! += count;
      }
    } else if (counts.length < domains.sizes.length) {
      const more = new Int32Array(roomFor(domains));
      more.set(counts);
      this.#counts.set(domains, (counts = more));
    }
    return counts;
  }

  count(info: NodeInfo, times: 1 | -1): void {
    const count = (this.#nodes.get(info) ?? 0) + times;
    if (count > 0) this.#nodes.set(info, count);
    else this.#nodes.delete(info);
    for (const domains of this.#counts.keys()) {
      const id = domains.of(info);
      if (id >= 0) (this.in(domains) as Int32Array)[id]! += times;
    }
  }
}

/** Some more than there are, so that each new one does not move all. */
const roomFor = ({ sizes }: Domains): number => 8 + Math.ceil(sizes.length * 1.25);

/** Room in a column at first. */
const slotsAtFirst = 128;
/** Selectors whose groups are kept. */
const selectorsMax = 4096;

/**
 * The pods of some nodes, those that are alike together: what asks for neighbours asks once for all pods of a controller,
 * and finds them counted.
 */
export class PodGroups {
  readonly #nodes = new Set<NodeInfo>();
  readonly #byText = new Map<string, PodGroup>();
  readonly #namespaces = new Map<string, Set<PodGroup>>();
  readonly #of = new WeakMap<Pod, PodGroup>();
  readonly #domains = new Map<string, Domains>();
  readonly #found = new Map<string, readonly PodGroup[]>();
  /** The same by the very selector, of those that were asked for lately. */
  #last = new WeakMap<
    Selector,
    { readonly namespace: string | undefined; readonly found: readonly PodGroup[] }
  >();
  /** Those that want others near or far. */
  readonly #affine = new Set<PodGroup>();
  #bySlot = new Int32Array(slotsAtFirst);

  get affine(): ReadonlySet<PodGroup> {
    return this.#affine;
  }

  get all(): Iterable<PodGroup> {
    return this.#byText.values();
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** The domains of a label. */
  domains(key: string): Domains {
    let domains = this.#domains.get(key);
    if (!domains) {
      this.#domains.set(key, (domains = new Domains(key)));
      for (const info of this.#nodes) domains.add(info);
    }
    return domains;
  }

  addNode(info: NodeInfo): void {
    this.#nodes.add(info);
    if (info.slot >= this.#bySlot.length) this.#bySlot = new Int32Array(info.slot * 2);
    for (const domains of this.#domains.values()) domains.add(info);
    for (const pod of info.pods) this.add(pod, info);
  }

  /** With the labels and pods that it was added with, but for those that came and went in between. */
  removeNode(info: NodeInfo): void {
    for (const pod of info.pods) this.remove(pod, info);
    this.#nodes.delete(info);
    for (const domains of this.#domains.values()) domains.remove(info);
  }

  add(pod: Pod, info: NodeInfo): void {
    const text = textOf(pod);
    let group = this.#byText.get(text);
    if (!group) this.#begin(text, (group = new PodGroup(pod)));
    this.#of.set(pod, group);
    group.count(info, 1);
  }

  /** A pod that was added is this object now, and alike to what it was. */
  replace(before: Pod, now: Pod): void {
    const group = this.#of.get(before);
    if (group) this.#of.set(now, group);
  }

  /** Takes back what `add` counted for this very object. */
  remove(pod: Pod, info: NodeInfo): void {
    const group = this.#of.get(pod);
    if (!group) return;
    group.count(info, -1);
    if (group.nodes.size === 0) this.#end(group);
  }

  /** Those of `namespace` that `selector` matches and that stay. */
  matching(selector: Selector, namespace: string | undefined): readonly PodGroup[] {
    const last = this.#last.get(selector);
    if (last && last.namespace === namespace) return last.found;
    const key = JSON.stringify([namespace, selector.nothing, selector.requirements]);
    let found = this.#found.get(key);
    if (!found) {
      found = [...(this.#namespaces.get(namespace ?? '') ?? [])].filter(
        ({ leaving, labels }) => !leaving && selector.matches(labels),
      );
      if (this.#found.size >= selectorsMax) this.#found.clear();
      this.#found.set(key, found);
    }
    this.#last.set(selector, { namespace, found });
    return found;
  }

  /**
   * How many of these are on each node, by its slot; undefined where they are on more than so many, and asking each node
   * takes less. Good until the next call.
   */
  bySlot(found: readonly PodGroup[], nodesMax: number): Readonly<Int32Array> | undefined {
    let count = 0;
    for (const { nodes } of found) count += nodes.size;
    if (count > nodesMax) return undefined;
    const bySlot = this.#bySlot.fill(0);
    const tally = (pods: number, { slot }: NodeInfo): void => {
      if (slot >= 0) bySlot[slot]! += pods;
    };
    for (const { nodes } of found) nodes.forEach(tally);
    return bySlot;
  }

  #begin(text: string, group: PodGroup): void {
    const { metadata, spec } = group.pod;
    const { namespace = '' } = metadata;
    this.#byText.set(text, group);
    const groups = this.#namespaces.get(namespace);
    if (groups) groups.add(group);
    else this.#namespaces.set(namespace, new Set([group]));
    if (spec.affinity?.podAffinity || spec.affinity?.podAntiAffinity) this.#affine.add(group);
    this.#forget();
  }

  #forget(): void {
    this.#found.clear();
    this.#last = new WeakMap();
  }

  #end(group: PodGroup): void {
    const { namespace = '' } = group.pod.metadata;
    this.#byText.delete(textOf(group.pod));
    this.#namespaces.get(namespace)?.delete(group);
    if (this.#namespaces.get(namespace)?.size === 0) this.#namespaces.delete(namespace);
    this.#affine.delete(group);
    this.#forget();
  }
}

/** Whether two revisions of one pod are surely of one group. */
export const isAlike = (a: Pod, b: Pod): boolean =>
  !a.metadata.deletionTimestamp === !b.metadata.deletionTimestamp &&
  a.spec.affinity === b.spec.affinity &&
  sameEntries(a.metadata.labels, b.metadata.labels);

function textOf({ metadata, spec }: Pod): string {
  const { namespace = '', labels, deletionTimestamp } = metadata;
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const wishes =
    podAffinity || podAntiAffinity ? JSON.stringify([podAffinity, podAntiAffinity]) : '';
  return `${namespace}\n${deletionTimestamp ? 'leaving' : ''}\n${JSON.stringify(labels)}\n${wishes}`;
}

/** The pods of some nodes, counted anew. */
export function groupsOf(nodes: Iterable<NodeInfo>): PodGroups {
  const groups = new PodGroups();
  for (const info of nodes) groups.addNode(info);
  return groups;
}
