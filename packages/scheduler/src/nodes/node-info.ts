import type { Node, Pod } from '@coxswain/api/types/core-v1';
import { add, type Amounts, amountsOf, noAmounts } from './amounts.ts';
import { hostPorts, PortsInUse } from './host-ports.ts';
import { podRequests } from './pod-requests.ts';

/** One node with its pods and what they hold, kept up to date by differences. */
export class NodeInfo {
  #node: Node;
  #allocatable: Amounts;
  #images: ReadonlyMap<string, number> | undefined;
  readonly #pods = new Map<string, Pod>(); // by uid
  /** Its place in the columns of whoever keeps it; -1: nobody does. */
  slot = -1;
  readonly requested: Amounts = noAmounts();
  /** As `requested`, with a share for containers that ask for nothing. */
  readonly scored: { milliCpu: number; memory: number } = { milliCpu: 0, memory: 0 };
  readonly ports: PortsInUse = new PortsInUse();

  constructor(node: Node) {
    this.#node = node;
    this.#allocatable = amountsOf(node.status?.allocatable);
  }

  get node(): Node {
    return this.#node;
  }

  get name(): string {
    return this.#node.metadata.name;
  }

  get allocatable(): Amounts {
    return this.#allocatable;
  }

  get podCount(): number {
    return this.#pods.size;
  }

  get pods(): IterableIterator<Pod> {
    return this.#pods.values();
  }

  /** Bytes of the images at hand, by each of their names. */
  get images(): ReadonlyMap<string, number> {
    return (this.#images ??= new Map(
      (this.#node.status?.images ?? []).flatMap(({ names, sizeBytes = 0 }) =>
        (names ?? []).map((name) => [name, sizeBytes] as const),
      ),
    ));
  }

  /** The same node with the same pods, to try things out on. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.#node);
    for (const pod of this.#pods.values()) copy.addPod(pod);
    return copy;
  }

  setNode(node: Node): void {
    if (node.status?.allocatable !== this.#node.status?.allocatable)
      this.#allocatable = amountsOf(node.status?.allocatable);
    if (node.status?.images !== this.#node.status?.images) this.#images = undefined;
    this.#node = node;
  }

  addPod(pod: Pod): void {
    this.#pods.set(pod.metadata.uid ?? '', pod);
    this.#count(pod, 1);
    for (const port of hostPorts(pod)) this.ports.add(port);
  }

  podOf(uid: string): Pod | undefined {
    return this.#pods.get(uid);
  }

  /** Another revision of a pod that is here, where nothing that counts for others is different; false: nothing is done. */
  replacePod(before: Pod, now: Pod): boolean {
    const asksAlike = podRequests(before).text === podRequests(now).text;
    if (!asksAlike || hostPorts(before).length > 0 || hostPorts(now).length > 0) return false;
    this.#pods.set(now.metadata.uid ?? '', now);
    return true;
  }

  /** Gives the pod as it was; undefined: it was not here. */
  removePod(uid: string): Pod | undefined {
    const pod = this.#pods.get(uid);
    if (!pod) return undefined;
    this.#pods.delete(uid);
    this.#count(pod, -1);
    for (const port of hostPorts(pod)) this.ports.remove(port);
    return pod;
  }

  #count(pod: Pod, times: 1 | -1): void {
    const { asked, scored } = podRequests(pod);
    add(this.requested, asked, times);
    this.scored.milliCpu += times * scored.milliCpu;
    this.scored.memory += times * scored.memory;
  }
}
