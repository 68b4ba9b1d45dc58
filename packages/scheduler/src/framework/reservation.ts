import type { KubeObject, Resource } from '@coxswain/api';

/** An object as it will be; what stands in the API is the one with the same resourceVersion. */
export interface Write {
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly subresource?: string;
}

/** The objects as the API shows them now. */
export type Lookup = <T extends KubeObject>(
  resource: Resource<T>,
  name: string,
  namespace?: string,
) => T | undefined;

/** How far the wait before a binding has come. */
export type Progress =
  | { readonly is: 'done' | 'waiting' }
  | { readonly is: 'failed'; readonly why: string };

/** What a plugin takes for a pod on its node beside the room there, before the pod is bound. */
export interface Reservation {
  readonly is: 'writes';
  /** Other pods see these at once; they are written before the pod is bound. */
  readonly writes: readonly Write[];
  /** Asked after the writes, and again whenever one of these objects changes. `written` is what the API answered. */
  readonly progress?: (lookup: Lookup, written: readonly KubeObject[]) => Progress;
  /** What is said before the reason when it fails or takes too long. */
  readonly what: string;
  readonly timeoutMs: number;
}
