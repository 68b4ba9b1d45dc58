import type { Pod, Taint, Toleration } from '@coxswain/api/types/core-v1';

/** The toleration is for this taint: by key, value and effect; an empty key with Exists is for all. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key = '', operator = 'Equal', value = '', effect = '' } = toleration;
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (operator === 'Equal' || operator === '') && value === (taint.value ?? '');
}

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
