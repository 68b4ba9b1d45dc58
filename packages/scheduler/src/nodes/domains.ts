import type { Labels } from '@coxswain/api';

/** The domains that the values of one label make of nodes, each with a small number. */
export class Domains {
  readonly key: string;
  readonly #ids = new Map<string, number>();
  readonly #free: number[] = [];
  /** How many nodes are in each, by its number. */
  readonly sizes: number[] = [];
  /** Nodes that are in one of them. */
  nodes = 0;

  constructor(key: string) {
    this.key = key;
  }

  /** -1: in none, or in one without nodes. */
  idOf(labels: Labels | undefined): number {
    const value = labels?.[this.key];
    return value === undefined ? -1 : (this.#ids.get(value) ?? -1);
  }

  add(labels: Labels | undefined): void {
    const value = labels?.[this.key];
    if (value === undefined) return;
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = this.#free.pop() ?? this.sizes.length;
      this.#ids.set(value, id);
      this.sizes[id] = 0;
    }
    this.sizes[id]!++;
    this.nodes++;
  }

  remove(labels: Labels | undefined): void {
    const id = this.idOf(labels);
    if (id < 0) return;
    this.nodes--;
    if (--this.sizes[id]! > 0) return;
    this.#ids.delete(labels![this.key]!);
    this.#free.push(id);
  }
}
