import type { Node, Pod } from '@coxswain/api/types/core-v1';
import { sameEntries } from '../framework/same-entries.ts';
import type { NodeColumns } from '../cycle/memory.ts';
import type { ImageCount } from '../framework/plugin.ts';
import { NodeInfo } from './node-info.ts';
import { isAlike, PodGroups } from './pod-groups.ts';

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
  readonly #images = new Map<string, ImageCount>();
  /** Pods on known nodes, those that are alike together. */
  readonly groups: PodGroups = new PodGroups();
  #list: readonly NodeInfo[] | undefined;
  #order: Int32Array | undefined;
  #versions = new Float64Array(slotsAtFirst);
  #podVersions = new Float64Array(slotsAtFirst);
  readonly #freeSlots: number[] = [];
  #slots = 0;
  #changes = 0;

  get byName(): ReadonlyMap<string, NodeInfo> {
    return this.#infos;
  }

  readonly imageOn = (image: string): ImageCount => this.#images.get(image) ?? nowhere;

  /** In a fixed order: that of their coming, zones taking turns. */
  get list(): readonly NodeInfo[] {
    return (this.#list ??= inZoneTurns([...this.#infos.values()]));
  }

  /** What changes, for whoever remembers; slots of nodes that have gone are given to others. */
  get columns(): NodeColumns {
    this.#order ??= Int32Array.from(this.list, ({ slot }) => slot);
    return { versions: this.#versions, podVersions: this.#podVersions, order: this.#order };
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
    const info = this.#infos.get(node);
    const before = isNew ? undefined : info?.podOf(uid);
    if (before && isAlike(before, pod) && info!.replacePod(before, pod)) {
      this.groups.replace(before, pod);
      this.#podVersions[info!.slot] = ++this.#changes;
      return false;
    }
    this.removePod(uid);
    this.#places.set(uid, node);
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
      this.#versions = doubled(this.#versions);
      this.#podVersions = doubled(this.#podVersions);
    }
    this.#versions[slot] = ++this.#changes;
    this.#podVersions[slot] = this.#changes;
  }

  #listAnew(): void {
    this.#list = undefined;
    this.#order = undefined;
  }

  #countImages({ images }: NodeInfo, times: 1 | -1): void {
    for (const [image, bytes] of images) {
      const { nodes, bytesMax } = this.imageOn(image);
      const now = { nodes: nodes + times, bytesMax: Math.max(bytes, bytesMax) };
      if (now.nodes > 0) this.#images.set(image, now);
      else this.#images.delete(image);
    }
  }
}

const doubled = (column: Float64Array): Float64Array<ArrayBuffer> => {
  const more = new Float64Array(column.length * 2);
  more.set(column);
  return more;
};

const nowhere: ImageCount = { nodes: 0, bytesMax: 0 };

/** The same of some nodes, counted anew. */
export function countImage(infos: readonly NodeInfo[], image: string): ImageCount {
  const sizes = infos.flatMap(({ images }) => images.get(image) ?? []);
  return { nodes: sizes.length, bytesMax: Math.max(0, ...sizes) };
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
