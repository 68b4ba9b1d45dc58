import type { Fields } from '../scene/model.ts';
import { type Invariant, staleMsMax } from './invariant.ts';
import { hasCondition } from './pods.ts';

/** Who answers under a Service: a pod by its uid. */
function* leadsTo(slice: Fields): Generator<string> {
  for (const { conditions, targetRef } of slice['endpoints'] ?? [])
    if (conditions.ready && targetRef) yield targetRef.uid;
}

/** A Service leads only to pods that were ready when its slices were made, by what could be seen then. */
export const servicesLeadToWhoWasReady: Invariant = {
  name: 'services lead to who was ready',
  watch() {
    /** When each pod was last ready. */
    const readyMs = new Map<string, number>();
    return {
      kinds: ['pods', 'endpointslices'],
      *step({ key, kind, atMs, now, before, request }) {
        if (kind === 'pods') {
          const pod = now?.object;
          const was = before?.object;
          if (pod && hasCondition(pod, 'Ready')) readyMs.set(pod.metadata.uid!, Infinity);
          else if (was && hasCondition(was, 'Ready')) readyMs.set(was.metadata.uid!, atMs);
        }
        if (kind !== 'endpointslices' || !now?.object) return;
        for (const uid of leadsTo(now.object))
          if ((readyMs.get(uid) ?? -Infinity) < atMs - staleMsMax)
            yield `${request?.from} has ${key} lead to pod ${uid}, which was not ready`;
      },
    };
  },
};
