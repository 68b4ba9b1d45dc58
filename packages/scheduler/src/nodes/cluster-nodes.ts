import type { Node, Pod } from '@coxswain/api/types/core-v1';
import { sameEntries } from '../framework/event.ts';
import type { NodeColumns } from '../cycle/memory.ts';
import { NodeInfo } from './node-info.ts';
import { PodGroups } from './pod-groups.ts';

/** Room in columns. */
const slotsAtFirst = 128;

/**
 * All nodes with the pods on them: those that the API says, and those that this scheduler has just placed and
 * whose binding is not seen yet ("assumed"), so that the next pod finds their room taken.
 */
export class ClusterNodes {
  readonly #infos = new Map<string, NodeInfo>();
  readonly #places = new Map<string, string>(); // pod uid -> node
  /** Pods on nodes that are not known (yet). */
  readonly #stray = new Map<string, Map<string, Pod>>();
  readonly #withImage = new Map<string, number>();
  /** Pods on known nodes, those that are alike together. */
  readonly groups: PodGroups = new PodGroups();
  #list: readonly NodeInfo[] | undefined;
  #order: Int32Array | undefined;
  #versions = new Float64Array(slotsAtFirst);
  readonly #freeSlots: number[] = [];
  #slots = 0;
  #changes = 0;

  get byName(): ReadonlyMap<string, NodeInfo> {
    return this.#infos;
  }

  /** How many have an image. */
  readonly nodesWith = (image: string): number => this.#withImage.get(image) ?? 0;

  /** In a fixed order: that of their coming, zones taking turns. */
  get list(): readonly NodeInfo[] {
    return (this.#list ??= inZoneTurns([...this.#infos.values()]));
  }

  /** What changes, for whoever remembers; slots of nodes that have gone are given to others. */
  get columns(): NodeColumns {
    this.#order ??= Int32Array.from(this.list, ({ slot }) => slot);
    return { versions: this.#versions, order: this.#order };
  }

  setNode(node: Node): void {
    const { name } = node.metadata;
    const info = this.#infos.get(name);
    if (info) {
      if (zoneOf(info.node) !== zoneOf(node)) this.#listAnew();
      this.#touch(info);
      const moves = !sameEntries(info.node.metadata.labels, node.metadata.labels);
      if (moves) this.groups.removeNode(info);
      this.#countImages(info, -1);
      info.setNode(node);
      this.#countImages(info, 1);
      if (moves) this.groups.addNode(info);
      return;
    }
    const fresh = new NodeInfo(node);
    fresh.slot = this.#freeSlots.pop() ?? this.#slots++;
    this.#touch(fresh);
    for (const pod of this.#stray.get(name)?.values() ?? []) fresh.addPod(pod);
    this.groups.addNode(fresh);
    this.#stray.delete(name);
    this.#infos.set(name, fresh);
    this.#countImages(fresh, 1);
    this.#listAnew();
  }

  removeNode(name: string): void {
    const info = this.#infos.get(name);
    if (!info) return;
    const left = new Map([...info.pods].map((pod) => [pod.metadata.uid ?? '', pod]));
    if (left.size > 0) this.#stray.set(name, left);
    this.groups.removeNode(info);
    this.#infos.delete(name);
    this.#countImages(info, -1);
    this.#freeSlots.push(info.slot);
    this.#listAnew();
  }

  /** Puts `pod` on the node it names, wherever it was before; whether it was not there yet. */
  setPod(pod: Pod): boolean {
    const uid = pod.metadata.uid ?? '';
    const node = pod.spec.nodeName!;
    const isNew = this.#places.get(uid) !== node;
    this.removePod(uid);
    this.#places.set(uid, node);
    const info = this.#infos.get(node);
    if (info) {
      info.addPod(pod);
      this.#touch(info);
      this.groups.add(pod, info);
      return isNew;
    }
    const stray = this.#stray.get(node) ?? new Map<string, Pod>();
    this.#stray.set(node, stray.set(uid, pod));
    return isNew;
  }

  /** Whether it was on a node. */
  removePod(uid: string): boolean {
    const node = this.#places.get(uid);
    if (node === undefined) return false;
    this.#places.delete(uid);
    const info = this.#infos.get(node);
    const pod = info?.removePod(uid);
    if (info && pod) {
      this.groups.remove(pod, info);
      this.#touch(info);
    }
    const stray = this.#stray.get(node);
    stray?.delete(uid);
    if (stray?.size === 0) this.#stray.delete(node);
    return true;
  }

  #touch({ slot }: NodeInfo): void {
    if (slot >= this.#versions.length) {
      const more = new Float64Array(slot * 2);
      more.set(this.#versions);
      this.#versions = more;
    }
    this.#versions[slot] = ++this.#changes;
  }

  #listAnew(): void {
    this.#list = undefined;
    this.#order = undefined;
  }

  #countImages({ images }: NodeInfo, times: 1 | -1): void {
    for (const image of images.keys()) {
      const count = this.nodesWith(image) + times;
      if (count > 0) this.#withImage.set(image, count);
      else this.#withImage.delete(image);
    }
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
