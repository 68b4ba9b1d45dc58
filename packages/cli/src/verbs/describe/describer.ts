import type { ObjectMeta } from '@coxswain/api/types/meta';
import type { KubeObject, Resource } from '@coxswain/api';
import type { Lines } from './lines.ts';

/** What a describer may ask the server for, besides the object itself. */
export interface Ask {
  /** All objects, page by page. */
  readonly list: <T extends KubeObject>(
    resource: Resource<T>,
    namespace: string,
    selectors?: { readonly labels?: string; readonly fields?: string },
  ) => Promise<readonly T[]>;
  readonly get: <T extends KubeObject>(
    resource: Resource<T>,
    namespace: string,
    name: string,
  ) => Promise<T>;
}

/** Whom events are about. An empty kind means any. */
export interface Involved {
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** How one kind is described: a pure function of the object and of what was asked for it. */
export interface Describer<T extends KubeObject = any, Found = any> {
  /** The version it reads, whatever the user named. */
  readonly resource: Resource<T>;
  readonly ask?: (ask: Ask, object: T) => Promise<Found>;
  readonly lines: (object: T, found: Found, nowMs: number) => Lines;
  /** What its events are found by; none are shown where this is `none`. */
  readonly events?: 'none' | ((object: T) => readonly Involved[]);
}

/** Keeps the types of a describer together while it stands in a list. */
export const describer = <T extends KubeObject, Found = undefined>(
  definition: Describer<T, Found>,
): Describer => definition;
