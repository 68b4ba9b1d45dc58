import type { KubeObject } from '@coxswain/api';
import type { IndexOf } from './cache.ts';

const none: readonly never[] = [];

/** Objects by key, with the list of them made when asked for and kept until something changes. */
export class Shelf<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  #list: readonly T[] | undefined;

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  put(key: string, object: T): void {
    this.#objects.set(key, object);
    this.#list = undefined;
  }

  drop(key: string): void {
    this.#objects.delete(key);
    this.#list = undefined;
  }

  keys(): Iterable<string> {
    return this.#objects.keys();
  }

  list(): readonly T[] {
    return (this.#list ??= [...this.#objects.values()]);
  }
}

/** Shelves by value: all objects that an index finds under each value. Empty shelves are dropped. */
export class ShelfIndex<T extends KubeObject> {
  readonly of: IndexOf<T>;
  readonly #shelves = new Map<string, Shelf<T>>();

  constructor(of: IndexOf<T>) {
    this.of = of;
  }

  list(value: string): readonly T[] {
    return this.#shelves.get(value)?.list() ?? none;
  }

  values(): Iterable<string> {
    return this.#shelves.keys();
  }

  /** Moves the object of `key` from where `before` was found to where `now` is found. */
  move(key: string, now: T | undefined, before: T | undefined): void {
    const to = now ? this.of(now) : none;
    if (before)
      for (const value of this.of(before)) if (!to.includes(value)) this.#drop(value, key);
    for (const value of to) this.#shelf(value).put(key, now!);
  }

  #shelf(value: string): Shelf<T> {
    const found = this.#shelves.get(value);
    if (found) return found;
    const made = new Shelf<T>();
    this.#shelves.set(value, made);
    return made;
  }

  #drop(value: string, key: string): void {
    const shelf = this.#shelves.get(value);
    shelf?.drop(key);
    if (shelf?.size === 0) this.#shelves.delete(value);
  }
}
