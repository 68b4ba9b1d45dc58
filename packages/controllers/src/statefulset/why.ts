import type { Because } from '@coxswain/control';
import { isServing, podNameOf } from './pods.ts';
import type { View } from './steps.ts';

/** The place that a set waits for, and what comes after it; nothing when every place is served. */
export function whyOf({ set, places }: View, nowMs: number): readonly Because[] {
  const at = places.findIndex(
    ({ pod }) => !pod || pod.metadata.deletionTimestamp || !isServing(pod, set, nowMs),
  );
  if (at < 0) return [];
  const { ordinal, pod } = places[at]!;
  const inOrder = set.spec?.podManagementPolicy !== 'Parallel';
  const behind = inOrder ? places.length - at - 1 : 0;
  const facts = { pod: podNameOf(set, ordinal), behind };
  return [{ verdict: pod ? 'waits for its pod' : 'lacks a pod', facts }];
}
