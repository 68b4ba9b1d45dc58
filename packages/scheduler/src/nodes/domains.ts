import type { Labels } from '@coxswain/api';
import type { NodeInfo } from './node-info.ts';

/** Room in a column at first. */
const slotsAtFirst = 128;

/** The domains that the values of one label make of nodes, each with a small number. */
export class Domains {
  readonly key: string;
  readonly #ids = new Map<string, number>();
  readonly #free: number[] = [];
  /** How many nodes are in each, by its number. */
  readonly sizes: number[] = [];
  /** Nodes that are in one of them. */
  nodes = 0;
  #bySlot = new Int32Array(slotsAtFirst).fill(-1);

  constructor(key: string) {
    this.key = key;
  }

  /** How many of them have nodes. */
  get count(): number {
    return this.#ids.size;
  }

  /** The number of its domain by the slot of a node; -1: in none. Another array once there are more slots. */
  get bySlot(): Readonly<Int32Array> {
    return this.#bySlot;
  }

  /** -1: in none, or in one without nodes. */
  idOf(labels: Labels | undefined): number {
    const value = labels?.[this.key];
    return value === undefined ? -1 : (this.#ids.get(value) ?? -1);
  }

  /** As `idOf`; of a node with a slot, one that has been added. */
  of({ slot, node }: NodeInfo): number {
    return slot < 0 ? this.idOf(node.metadata.labels) : (this.#bySlot[slot] ?? -1);
  }

  add({ slot, node: { metadata } }: NodeInfo): void {
    const value = metadata.labels?.[this.key];
    if (slot >= this.#bySlot.length) {
      const more = new Int32Array(slot * 2).fill(-1);
      more.set(this.#bySlot);
      this.#bySlot = more;
    }
    if (value === undefined) return;
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = this.#free.pop() ?? this.sizes.length;
      this.#ids.set(value, id);
      this.sizes[id] = 0;
    }
    if (slot >= 0) this.#bySlot[slot] = id;
    this.sizes[id]!++;
    this.nodes++;
  }

  /** With the labels that it was added with. */
  remove(info: NodeInfo): void {
    const id = this.of(info);
    if (id < 0) return;
    if (info.slot >= 0) this.#bySlot[info.slot] = -1;
    this.nodes--;
    if (--this.sizes[id]! > 0) return;
    this.#ids.delete(info.node.metadata.labels![this.key]!);
    this.#free.push(id);
  }
}
