import type { Labels, Selector } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { NodeInfo } from './node-info.ts';

/** How many pods are on each node; nodes with none are absent. */
export type PodsByNode = ReadonlyMap<NodeInfo, number>;

const nowhere: PodsByNode = new Map();

interface Group {
  readonly labels: Labels;
  readonly nodes: Map<NodeInfo, number>;
}

/**
 * Pods with the same labels, counted by node: those of a controller are all alike, so that a selector is asked once for
 * all of them. Pods on their way out count no more.
 */
export class PodGroups {
  readonly #namespaces = new Map<string, Map<string, Group>>();

  add(pod: Pod, info: NodeInfo): void {
    this.#count(pod, info, 1);
  }

  /** Takes back what `add` counted for this very object. */
  remove(pod: Pod, info: NodeInfo): void {
    this.#count(pod, info, -1);
  }

  /** The pods of `namespace` that `selector` matches. */
  matching(selector: Selector, namespace: string | undefined): PodsByNode {
    const found: Group[] = [];
    for (const group of this.#namespaces.get(namespace ?? '')?.values() ?? [])
      if (selector.matches(group.labels)) found.push(group);
    if (found.length < 2) return found[0]?.nodes ?? nowhere;
    const sums = new Map<NodeInfo, number>();
    for (const { nodes } of found)
      for (const [info, count] of nodes) sums.set(info, (sums.get(info) ?? 0) + count);
    return sums;
  }

  #count({ metadata }: Pod, info: NodeInfo, times: 1 | -1): void {
    if (metadata.deletionTimestamp) return;
    const { namespace = '', labels = {} } = metadata;
    let groups = this.#namespaces.get(namespace);
    if (!groups) this.#namespaces.set(namespace, (groups = new Map()));
    const key = JSON.stringify(labels);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { labels, nodes: new Map() }));
    const count = (group.nodes.get(info) ?? 0) + times;
    if (count > 0) group.nodes.set(info, count);
    else if (group.nodes.delete(info) && group.nodes.size === 0) groups.delete(key);
  }
}

/** The pods of some nodes, counted anew. */
export function groupsOf(nodes: Iterable<NodeInfo>): PodGroups {
  const groups = new PodGroups();
  for (const info of nodes) for (const pod of info.pods) groups.add(pod, info);
  return groups;
}
