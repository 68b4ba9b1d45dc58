import type { KubeObject } from '@coxswain/api';
import { objectOf } from './cached.ts';
import type { Change } from './event.ts';
import type { Interest, Watcher } from './watcher.ts';

/** Reads the value of an indexed field. */
export type Fields = Readonly<Record<string, (object: KubeObject) => string>>;

/**
 * Watchers by what they wait for: each stands in exactly one bucket, so that an event costs nothing for those who
 * watch another node, namespace or name.
 */
export class Buckets {
  readonly #fields: Fields;
  readonly #prefixLength: number;
  readonly #byName = new Map<string, Set<Watcher>>();

  constructor(fields: Fields, prefixLength: number) {
    this.#fields = fields;
    this.#prefixLength = prefixLength;
  }

  add(watcher: Watcher): void {
    const name = bucketOf(watcher.interest);
    const bucket = this.#byName.get(name);
    if (bucket) bucket.add(watcher);
    else this.#byName.set(name, new Set([watcher]));
  }

  remove(watcher: Watcher): void {
    const name = bucketOf(watcher.interest);
    const bucket = this.#byName.get(name);
    if (bucket?.delete(watcher) && bucket.size === 0) this.#byName.delete(name);
  }

  get size(): number {
    let size = 0;
    for (const bucket of this.#byName.values()) size += bucket.size;
    return size;
  }

  get isEmpty(): boolean {
    return this.#byName.size === 0;
  }

  *[Symbol.iterator](): Generator<Watcher, void> {
    for (const bucket of this.#byName.values()) yield* bucket;
  }

  /** Shows `change` to those who may care, and adds them to `touched`. */
  show(change: Change, touched: Set<Watcher>): void {
    if (this.#byName.size === 0) return;
    this.#show('', change, touched);
    // Most resources are watched as a whole, and by nobody else.
    if (this.#byName.size === 1 && this.#byName.has('')) return;
    const key = (change.after ?? change.before!).key.slice(this.#prefixLength);
    const slash = key.indexOf('/');
    if (slash >= 0) this.#show(`namespace/${key.slice(0, slash)}`, change, touched);
    this.#show(`key/${key}`, change, touched);
    for (const [name, read] of Object.entries(this.#fields)) {
      const before = change.before && read(objectOf(change.before));
      const after = change.after && read(objectOf(change.after));
      if (before !== undefined) this.#show(`field/${name}/${before}`, change, touched);
      if (after !== undefined && after !== before)
        this.#show(`field/${name}/${after}`, change, touched);
    }
  }

  #show(name: string, change: Change, touched: Set<Watcher>): void {
    for (const watcher of this.#byName.get(name) ?? []) {
      watcher.see(change);
      touched.add(watcher);
    }
  }
}

function bucketOf({ namespace, name, field }: Interest): string {
  if (field) return `field/${field[0]}/${field[1]}`;
  if (name !== '') return namespace ? `key/${namespace}/${name}` : `key/${name}`;
  return namespace ? `namespace/${namespace}` : '';
}
