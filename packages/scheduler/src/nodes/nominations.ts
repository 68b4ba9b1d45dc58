import type { Pod } from '@coxswain/api/types/core-v1';

/** Pods that wait for room on a certain node, which others must leave first. */
export class Nominations {
  readonly #byNode = new Map<string, Pod[]>();
  readonly #nodes = new Map<string, string>(); // pod uid -> node

  get byNode(): ReadonlyMap<string, readonly Pod[]> {
    return this.#byNode;
  }

  /** With no node, the pod hopes for none. */
  set(pod: Pod, node: string | undefined): void {
    const uid = pod.metadata.uid ?? '';
    if (!node && !this.#nodes.has(uid)) return;
    this.forget(uid);
    if (!node) return;
    this.#nodes.set(uid, node);
    const pods = this.#byNode.get(node);
    if (pods) pods.push(pod);
    else this.#byNode.set(node, [pod]);
  }

  forget(uid: string): void {
    const node = this.#nodes.get(uid);
    if (node === undefined) return;
    this.#nodes.delete(uid);
    const left = this.#byNode.get(node)!.filter(({ metadata }) => metadata.uid !== uid);
    if (left.length > 0) this.#byNode.set(node, left);
    else this.#byNode.delete(node);
  }

  lessImportant(node: string, { spec }: Pod): readonly Pod[] {
    const pods = this.#byNode.get(node) ?? [];
    return pods.filter((other) => (other.spec.priority ?? 0) < (spec.priority ?? 0));
  }
}
