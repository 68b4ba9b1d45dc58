import type { KubeObject, Resource } from '@coxswain/api';

/** One object that came, changed or went. Coming has no `before`, going no `now`. */
export interface Change<T extends KubeObject> {
  readonly now: T | undefined;
  readonly before: T | undefined;
}

export type Changes<T extends KubeObject> = readonly Change<T>[];

/** Picks the values under which an index finds an object. */
export type IndexOf<T extends KubeObject> = (object: T) => readonly string[];

/**
 * The objects of a resource as this process has seen them, kept level by one watch. Objects are shared and
 * frozen; lists are snapshots. `has` tells whether a write is already in it.
 */
export interface Cache<T extends KubeObject> {
  readonly resource: Resource<T>;
  /** It has held all objects once. */
  readonly synced: boolean;
  /** Everything up to this revision is in it; '' before the first sync. */
  readonly resourceVersion: string;
  get(name: string, namespace?: string): T | undefined;
  all(namespace?: string): readonly T[];
  /** Throws when nobody added an index of that name. */
  by(index: string, value: string): readonly T[];
  /** The values under which that index finds any object. */
  values(index: string): Iterable<string>;
  /** Everything up to `resourceVersion` is in it: the cache is level with a write that returned it. */
  has(resourceVersion: string): boolean;
  /** Adding a name again with another function is an error; with the same it is kept. */
  addIndex(name: string, of: IndexOf<T>): void;
  /** First everything that is there now, as one batch, then each batch of changes. */
  subscribe(see: (changes: Changes<T>) => void): Disposable;
  /** Resolves when it has held all objects once. */
  whenSynced(signal: AbortSignal): Promise<void>;
}

/** `namespace/name`, or `name` where there is no namespace: how queues and caches name an object. */
export const keyOf = ({ metadata: { namespace, name } }: KubeObject): string =>
  namespace ? `${namespace}/${name}` : name;

/** The two parts of `keyOf`. */
export function splitKey(key: string): { readonly namespace?: string; readonly name: string } {
  const at = key.indexOf('/');
  return at < 0 ? { name: key } : { namespace: key.slice(0, at), name: key.slice(at + 1) };
}

/** Below, equal or above zero as `a` is an older, the same or a newer revision than `b`. */
export function compareRevisions(a: string, b: string): number {
  return a.length === b.length ? (a < b ? -1 : a > b ? 1 : 0) : a.length - b.length;
}
