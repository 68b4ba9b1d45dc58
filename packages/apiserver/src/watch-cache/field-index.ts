import type { KubeObject } from '@coxswain/api';
import type { SortedMap } from '@coxswain/base';
import { type Cached, objectOf } from './cached.ts';

/** Objects by the value of one field. Built on first use, so that nothing is decoded for it before. */
export class FieldIndex {
  readonly #read: (object: KubeObject) => string;
  #byValue: Map<string, Map<string, Cached>> | undefined;

  constructor(read: (object: KubeObject) => string) {
    this.#read = read;
  }

  get(value: string, all: SortedMap<Cached>): readonly Cached[] {
    const found = (this.#byValue ??= this.#build(all)).get(value);
    return found ? [...found.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1)) : [];
  }

  move(before: Cached | undefined, after: Cached | undefined): void {
    if (!this.#byValue) return;
    if (before) this.#remove(this.#byValue, before);
    if (after) this.#add(this.#byValue, after);
  }

  /** All that it was built of may be other objects now. */
  forget(): void {
    this.#byValue = undefined;
  }

  #build(all: SortedMap<Cached>): Map<string, Map<string, Cached>> {
    const byValue = new Map<string, Map<string, Cached>>();
    all.walk('', (_, cached) => {
      this.#add(byValue, cached);
      return true;
    });
    return byValue;
  }

  #add(byValue: Map<string, Map<string, Cached>>, cached: Cached): void {
    const value = this.#read(objectOf(cached));
    const group = byValue.get(value);
    if (group) group.set(cached.key, cached);
    else byValue.set(value, new Map([[cached.key, cached]]));
  }

  #remove(byValue: Map<string, Map<string, Cached>>, cached: Cached): void {
    const value = this.#read(objectOf(cached));
    const group = byValue.get(value);
    if (group?.delete(cached.key) && group.size === 0) byValue.delete(value);
  }
}
