import type { KubeObject, Resource } from '@coxswain/api';

/** Told of one object: `now` is undefined when it is gone, `before` when it is new. */
export type Changed<T> = (now: T | undefined, before: T | undefined) => void;

/**
 * The server's own caches, as authentication, authorisation and admission read them. Objects are frozen.
 * What has been answered to a client is in here: a cache is never behind its own server's writes.
 */
export interface Objects {
  get<T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string): T | undefined;
  all<T extends KubeObject>(resource: Resource<T>, namespace?: string): Iterable<T>;
  /** Tells of every present object at once, then of every change in order, before a read can see it. */
  follow<T extends KubeObject>(resource: Resource<T>, changed: Changed<T>): Disposable;
}
