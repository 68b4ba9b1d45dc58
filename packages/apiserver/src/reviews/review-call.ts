import type { KubeObject } from '@coxswain/api';
import type { KindContext } from '../kinds/kind.ts';

/** What a review needs of the call that it answers. */
export interface ReviewCall {
  readonly namespace: string;
  readonly name: string;
  readonly context: KindContext;
  readonly request: { readonly signal: AbortSignal; warn(text: string): void };
}

/** Answers a review: takes what was asked, gives the same object with its answer. */
export type Answer = (object: KubeObject, call: ReviewCall) => Promise<KubeObject> | KubeObject;
