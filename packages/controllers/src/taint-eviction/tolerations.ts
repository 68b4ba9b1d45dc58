import { tolerates } from '@coxswain/api/nodes';
import type { Pod, Taint } from '@coxswain/api/types/core-v1';

/** How long the pod may stay under `taints`: Infinity for as long as it likes, 0 not at all. */
export function stayMs(pod: Pod, taints: readonly Taint[]): number {
  const tolerations = pod.spec?.tolerations ?? [];
  const used = taints.map((taint) => tolerations.filter((each) => tolerates(each, taint)));
  if (used.some((some) => some.length === 0)) return 0;
  const seconds = used
    .flat()
    .map(({ tolerationSeconds }) => tolerationSeconds)
    .filter((each) => each !== undefined && each !== null) as number[];
  return seconds.length === 0 ? Infinity : Math.max(0, Math.min(...seconds)) * 1000;
}
