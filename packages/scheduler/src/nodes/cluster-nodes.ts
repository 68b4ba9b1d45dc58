import type { Node, Pod } from '@coxswain/api/types/core-v1';
import { NodeInfo } from './node-info.ts';

/**
 * All nodes with the pods on them: those that the API says, and those that this scheduler has just placed and
 * whose binding is not seen yet ("assumed"), so that the next pod finds their room taken.
 */
export class ClusterNodes {
  readonly #infos = new Map<string, NodeInfo>();
  readonly #places = new Map<string, string>(); // pod uid -> node
  /** Pods on nodes that are not known (yet). */
  readonly #stray = new Map<string, Map<string, Pod>>();
  #list: readonly NodeInfo[] | undefined;

  get byName(): ReadonlyMap<string, NodeInfo> {
    return this.#infos;
  }

  /** In a fixed order: that of their coming, zones taking turns. */
  get list(): readonly NodeInfo[] {
    return (this.#list ??= inZoneTurns([...this.#infos.values()]));
  }

  setNode(node: Node): void {
    const { name } = node.metadata;
    const info = this.#infos.get(name);
    if (info) {
      if (zoneOf(info.node) !== zoneOf(node)) this.#list = undefined;
      info.setNode(node);
      return;
    }
    const fresh = new NodeInfo(node);
    for (const pod of this.#stray.get(name)?.values() ?? []) fresh.addPod(pod);
    this.#stray.delete(name);
    this.#infos.set(name, fresh);
    this.#list = undefined;
  }

  removeNode(name: string): void {
    const info = this.#infos.get(name);
    if (!info) return;
    const left = new Map([...info.pods].map((pod) => [pod.metadata.uid ?? '', pod]));
    if (left.size > 0) this.#stray.set(name, left);
    this.#infos.delete(name);
    this.#list = undefined;
  }

  /** Puts `pod` on the node it names, wherever it was before. */
  setPod(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    this.removePod(uid);
    const node = pod.spec.nodeName!;
    this.#places.set(uid, node);
    const info = this.#infos.get(node);
    if (info) return info.addPod(pod);
    const stray = this.#stray.get(node) ?? new Map<string, Pod>();
    this.#stray.set(node, stray.set(uid, pod));
  }

  /** Whether it was on a node. */
  removePod(uid: string): boolean {
    const node = this.#places.get(uid);
    if (node === undefined) return false;
    this.#places.delete(uid);
    this.#infos.get(node)?.removePod(uid);
    const stray = this.#stray.get(node);
    stray?.delete(uid);
    if (stray?.size === 0) this.#stray.delete(node);
    return true;
  }
}

const zoneOf = ({ metadata: { labels } }: Node): string =>
  `${labels?.['topology.kubernetes.io/region'] ?? ''}/${labels?.['topology.kubernetes.io/zone'] ?? ''}`;

function inZoneTurns(infos: readonly NodeInfo[]): NodeInfo[] {
  const zones = [...Map.groupBy(infos, ({ node }) => zoneOf(node)).values()];
  if (zones.length === 1) return zones[0]!;
  const longest = Math.max(0, ...zones.map((zone) => zone.length));
  return Array.from({ length: longest }, (_, turn) => turn).flatMap((turn) =>
    zones.flatMap((zone) => zone[turn] ?? []),
  );
}
