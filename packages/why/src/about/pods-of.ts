import type { Pod } from '@coxswain/api/types/core-v1';
import { type Cause, causeOf, conditionOf, type Facts, refOf } from '../cause.ts';
import type { Look } from '../look.ts';
import { explainPod } from './pod.ts';

export const isReadyPod = (pod: Pod): boolean => conditionOf(pod, 'Ready')?.status === 'True';

/** Pods that are looked into for one answer; of those that say the same, one is told. */
const lookedIntoMax = 20;

/** Why pods of one owner are not ready: those that fail alike together, one of them in full. */
export async function explainPods(pods: readonly Pod[], look: Look): Promise<readonly Cause[]> {
  const groups = new Map<
    string,
    { readonly pod: Pod; readonly causes: readonly Cause[]; count: number }
  >();
  const troubled = pods.filter((pod) => !isReadyPod(pod) && pod.status?.phase !== 'Succeeded');
  for (const pod of troubled.slice(0, lookedIntoMax)) {
    const causes = await explainPod(pod, look);
    if (causes.length === 0) continue;
    const key = JSON.stringify(causes.map(rootsOf));
    const group = groups.get(key);
    if (group) group.count++;
    else groups.set(key, { pod, causes, count: 1 });
  }
  return [...groups.values()]
    .toSorted((a, b) => b.count - a.count)
    .map(({ pod, causes, count }) => {
      const facts: Facts = { pods: count, all: troubled.length, pod: pod.metadata.name };
      return causeOf(count > 1 ? 'pods-alike' : 'pod-not-ready', refOf('Pod', pod), {
        facts,
        because: causes,
      });
    });
}

/** What tells causes apart: their names down to the roots. */
const rootsOf = ({ cause, because, facts }: Cause): unknown => [
  cause,
  facts['container'] ?? '',
  because.map(rootsOf),
];
