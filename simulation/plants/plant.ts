import type { ApiCall, ApiHandler, WatchEvent } from '@coxswain/api';
import { isWatch, partsOf } from '../scene/requests.ts';
import type { Bug } from '../scene/scene.ts';

/** A bug that somebody might write, put into a seam between components; the simulation has to find it. */
export interface Plant {
  readonly name: string;
  /** What the mistake is. */
  readonly mistake: string;
  /** A fresh one for each cluster: it may count. */
  readonly plant: () => Bug;
}

/** True at every `n`th call. */
export function every(n: number): () => boolean {
  let calls = 0;
  return () => ++calls % n === 0;
}

type Batch = readonly WatchEvent[];

/** Changes what passes through watches. */
export const onWatches =
  (change: (batch: Batch, call: ApiCall) => Batch): NonNullable<Bug['handle']> =>
  (next) =>
  async (call) => {
    const answer = await next(call);
    if (!answer.watch) return answer;
    return { ...answer, watch: changed(answer.watch, (batch) => change(batch, call)) };
  };

async function* changed(
  batches: AsyncIterable<Batch>,
  change: (batch: Batch) => Batch,
): AsyncGenerator<Batch, void> {
  for await (const batch of batches) {
    const left = change(batch);
    if (left.length > 0) yield left;
  }
}

/** Changes requests on their way to the server. */
export const onCalls =
  (change: (call: ApiCall) => ApiCall): NonNullable<Bug['handle']> =>
  (next: ApiHandler) =>
  (call) =>
    next(change(call));

/** The call is about that resource, and no watch. */
export const isAbout = (
  call: ApiCall,
  method: ApiCall['method'],
  resource: string,
  subresource?: string,
): boolean => {
  if (call.method !== method || isWatch(call)) return false;
  const parts = partsOf(call.path);
  return parts.resource === resource && parts.subresource === subresource;
};
