import type { Deployment } from '@coxswain/api/types/apps-v1';
import type { Because } from '@coxswain/control';
import { maxSurge, maxUnavailable, replicasOf } from './size.ts';

/** What a Deployment that is not complete waits for, in numbers. */
export function whyOf(d: Deployment): readonly Because[] {
  if (d.spec?.paused) return [{ verdict: 'paused', facts: {} }];
  const wanted = replicasOf(d);
  const {
    updatedReplicas = 0,
    readyReplicas = 0,
    availableReplicas = 0,
    replicas = 0,
  } = d.status ?? {};
  const isComplete =
    updatedReplicas === wanted && availableReplicas === wanted && replicas === wanted;
  if (isComplete) return [];
  const facts = {
    ...{ wanted, updated: updatedReplicas, ready: readyReplicas, available: availableReplicas },
    ...{
      old: replicas - updatedReplicas,
      unavailableMax: maxUnavailable(d),
      surgeMax: maxSurge(d),
    },
  };
  return [{ verdict: 'not complete', facts }];
}
