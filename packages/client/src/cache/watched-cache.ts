import type { KubeObject, Resource, WatchEvent } from '@coxswain/api';
import {
  type Cache,
  type Change,
  type Changes,
  compareRevisions,
  type IndexOf,
  keyOf,
} from './cache.ts';
import { Shelf, ShelfIndex } from './shelf.ts';
import type { Sink } from './watch-machine.ts';

const byNamespace = (object: KubeObject): readonly string[] => [object.metadata.namespace ?? ''];

/** A cache that a watch machine fills. Subscribers see each batch after the cache holds all of it. */
export class WatchedCache<T extends KubeObject> implements Cache<T>, Sink<T> {
  readonly resource: Resource<T>;
  readonly #objects = new Shelf<T>();
  readonly #namespaces = new ShelfIndex<T>(byNamespace);
  readonly #indexes = new Map<string, ShelfIndex<T>>();
  readonly #subscribers = new Set<(changes: Changes<T>) => void>();
  readonly #synced = Promise.withResolvers<void>();
  #resourceVersion = '';

  constructor(resource: Resource<T>) {
    this.resource = resource;
  }

  get synced(): boolean {
    return this.#resourceVersion !== '';
  }

  get resourceVersion(): string {
    return this.#resourceVersion;
  }

  get(name: string, namespace?: string): T | undefined {
    return this.#objects.get(namespace ? `${namespace}/${name}` : name);
  }

  all(namespace?: string): readonly T[] {
    return namespace ? this.#namespaces.list(namespace) : this.#objects.list();
  }

  by(index: string, value: string): readonly T[] {
    return this.#indexOf(index).list(value);
  }

  values(index: string): Iterable<string> {
    return this.#indexOf(index).values();
  }

  has(resourceVersion: string): boolean {
    return this.synced && compareRevisions(resourceVersion, this.#resourceVersion) <= 0;
  }

  addIndex(name: string, of: IndexOf<T>): void {
    const known = this.#indexes.get(name);
    if (known && known.of !== of)
      throw new Error(`${this.resource.resource} have another index ${name}`);
    if (known) return;
    const index = new ShelfIndex<T>(of);
    for (const object of this.#objects.list()) index.move(keyOf(object), object, undefined);
    this.#indexes.set(name, index);
  }

  subscribe(see: (changes: Changes<T>) => void): Disposable {
    const present = this.#objects.list().map((now) => ({ now, before: undefined }));
    if (present.length > 0) see(present);
    this.#subscribers.add(see);
    return { [Symbol.dispose]: () => void this.#subscribers.delete(see) };
  }

  async whenSynced(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const stop = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await Promise.race([this.#synced.promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  replace(items: readonly T[], resourceVersion: string): void {
    const gone = new Set(this.#objects.keys());
    const changes: Change<T>[] = [];
    for (const now of items) {
      const key = keyOf(now);
      gone.delete(key);
      this.#put(key, now, changes);
    }
    for (const key of gone) this.#drop(key, changes);
    this.#resourceVersion = resourceVersion;
    this.#synced.resolve();
    this.#tell(changes);
  }

  apply(events: readonly WatchEvent<T>[]): void {
    const changes: Change<T>[] = [];
    for (const { type, object } of events) {
      if (type === 'DELETED') this.#drop(keyOf(object), changes, object);
      else if (type !== 'BOOKMARK') this.#put(keyOf(object), object, changes);
      this.#resourceVersion = object.metadata.resourceVersion ?? this.#resourceVersion;
    }
    this.#tell(changes);
  }

  #indexOf(name: string): ShelfIndex<T> {
    const found = this.#indexes.get(name);
    if (!found) throw new Error(`${this.resource.resource} have no index ${name}`);
    return found;
  }

  #put(key: string, now: T, changes: Change<T>[]): void {
    const before = this.#objects.get(key);
    if (before && before.metadata.resourceVersion === now.metadata.resourceVersion) return;
    this.#objects.put(key, now);
    this.#index(key, now, before);
    changes.push({ now, before });
  }

  #drop(key: string, changes: Change<T>[], last?: T): void {
    const before = this.#objects.get(key);
    if (!before) return;
    this.#objects.drop(key);
    this.#index(key, undefined, before);
    changes.push({ now: undefined, before: last ?? before });
  }

  #index(key: string, now: T | undefined, before: T | undefined): void {
    this.#namespaces.move(key, now, before);
    for (const index of this.#indexes.values()) index.move(key, now, before);
  }

  #tell(changes: Changes<T>): void {
    for (const see of this.#subscribers) see(changes);
  }
}
