import { difference } from './difference.ts';
import { draft, type Draft, type ElementSet, type Pieces } from './pieces.ts';

/** Owner -> element text. */
type Claims = Map<string, string>;

/**
 * The forwarding state of a node, kept by owner (a Service, a pod), so that a change looks at its owners alone. Where
 * two owners claim one element (an external address, a pod behind two Services), the first by name has it.
 */
export class Rules {
  readonly #table: string;
  readonly #owners = new Map<string, Pieces>();
  readonly #claims = new Map<ElementSet, Map<string, Claims>>();

  constructor(table: string) {
    this.#table = table;
  }

  /** Replaces what these owners have (undefined: nothing any more); gives the commands that make it so. */
  change(owners: ReadonlyMap<string, Pieces | undefined>): string {
    const old = [...owners.keys()].flatMap((owner) => this.#owners.get(owner) ?? []);
    const fresh = [...owners.values()].filter((pieces) => pieces !== undefined);
    const touched = elementsOf([...old, ...fresh]);
    const before = merged(old, this.#held(touched));
    for (const [owner, pieces] of owners) this.#replace(owner, pieces);
    return difference(this.#table, before, merged(fresh, this.#held(touched)));
  }

  /** The commands that make everything, from an empty table. */
  whole(): string {
    const all = [...this.#owners.values()];
    return difference(this.#table, draft(), merged(all, this.#held(elementsOf(all))));
  }

  #replace(owner: string, pieces: Pieces | undefined): void {
    for (const [set, elements] of this.#owners.get(owner)?.elements ?? [])
      for (const key of elements.keys()) {
        const claims = this.#claims.get(set)!.get(key)!;
        claims.delete(owner);
        if (claims.size === 0) this.#claims.get(set)!.delete(key);
      }
    if (!pieces) return void this.#owners.delete(owner);
    this.#owners.set(owner, pieces);
    for (const [set, elements] of pieces.elements) {
      const keys = this.#claims.get(set) ?? new Map<string, Claims>();
      this.#claims.set(set, keys);
      for (const [key, text] of elements) {
        const claims = keys.get(key);
        if (claims) claims.set(owner, text);
        else keys.set(key, new Map([[owner, text]]));
      }
    }
  }

  /** These elements as they stand. */
  #held(touched: Touched): Draft['elements'] {
    const held: Draft['elements'] = new Map();
    for (const [set, keys] of touched) {
      const elements = new Map<string, string>();
      for (const key of keys) {
        const claims = this.#claims.get(set)?.get(key);
        if (claims) elements.set(key, firstOf(claims));
      }
      held.set(set, elements);
    }
    return held;
  }
}

type Touched = ReadonlyMap<ElementSet, ReadonlySet<string>>;

function elementsOf(pieces: readonly Pieces[]): Touched {
  const touched = new Map<ElementSet, Set<string>>();
  for (const { elements } of pieces)
    for (const [set, keys] of elements) {
      const all = touched.get(set) ?? new Set<string>();
      touched.set(set, all);
      for (const key of keys.keys()) all.add(key);
    }
  return touched;
}

const merged = (pieces: readonly Pieces[], elements: Draft['elements']): Pieces => ({
  chains: new Map(pieces.flatMap(({ chains }) => [...chains])),
  memories: new Map(pieces.flatMap(({ memories }) => [...memories])),
  elements,
});

function firstOf(claims: Claims): string {
  if (claims.size === 1) for (const text of claims.values()) return text;
  const [first] = [...claims.keys()].toSorted();
  return claims.get(first!)!;
}
