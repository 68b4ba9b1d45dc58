import { milliValue, wholeValue } from '@coxswain/api';
import type { Container, Pod, ResourceList } from '@coxswain/api/types/core-v1';
import { containersOf, isSidecar } from './spec.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const counted = ['cpu', 'memory'] as const;
const amount = (list: ResourceList | undefined, name: string): number =>
  list?.[name] === undefined ? 0 : milliValue(list[name]);

/** The pod's class: Guaranteed when every container limits both CPU and memory and asks for as much, BestEffort when none says anything. */
export function qosClass(pod: Pod): QosClass {
  const own = pod.spec?.resources;
  const lists = own
    ? [own]
    : [...containersOf(pod)]
        .filter(([kind]) => kind !== 'ephemeral')
        .map(([, c]) => c.resources ?? {});
  const isSilent = lists.every(({ requests, limits }) =>
    counted.every((name) => amount(requests, name) === 0 && amount(limits, name) === 0),
  );
  if (isSilent) return 'BestEffort';
  const isFull = lists.every(({ requests, limits }) =>
    counted.every((name) => {
      const limit = amount(limits, name);
      return limit > 0 && (requests?.[name] === undefined || amount(requests, name) === limit);
    }),
  );
  return isFull ? 'Guaranteed' : 'Burstable';
}

const guaranteedScore = -997;
const nodeCritical = 2_000_001_000;

/** How soon the kernel kills the container for memory: lower is later. As upstream computes it from class and request. */
export function oomScoreAdj(pod: Pod, container: Container, memoryBytes: number): number {
  if ((pod.spec?.priority ?? 0) >= nodeCritical) return guaranteedScore;
  const qos = qosClass(pod);
  if (qos === 'Guaranteed') return guaranteedScore;
  if (qos === 'BestEffort') return 1000;
  const score = scoreOf(container, memoryBytes);
  if (!isSidecar(container)) return score;
  const apps = pod.spec!.containers.map((app) => scoreOf(app, memoryBytes));
  return Math.min(score, ...apps);
}

function scoreOf({ resources }: Container, memoryBytes: number): number {
  const request = resources?.requests?.['memory'];
  const bytes = request === undefined ? 0 : wholeValue(request);
  const score = Math.trunc(1000 - (1000 * bytes) / memoryBytes);
  if (score < 1000 + guaranteedScore) return 1000 + guaranteedScore;
  return score === 1000 ? 999 : score;
}
