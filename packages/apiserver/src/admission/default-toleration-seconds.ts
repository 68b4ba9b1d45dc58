import { Pods } from '@coxswain/api';
import type { Pod, Toleration } from '@coxswain/api/types/core-v1';
import type { AdmissionPlugin } from './plugin.ts';
import { isWrite } from './refuse.ts';

export interface TolerationSeconds {
  readonly notReady: number;
  readonly unreachable: number;
}

/** Pods stay for a while on a node that stops answering, unless they say otherwise themselves. */
export function defaultTolerationSeconds(seconds: TolerationSeconds): AdmissionPlugin {
  const defaults: readonly Toleration[] = [
    toleration('node.kubernetes.io/not-ready', seconds.notReady),
    toleration('node.kubernetes.io/unreachable', seconds.unreachable),
  ];
  return {
    name: 'DefaultTolerationSeconds',
    handles: (admission) => isWrite(admission, Pods, ['CREATE', 'UPDATE']),
    mutate({ object }) {
      const pod = object as Pod;
      const own = pod.spec.tolerations ?? [];
      const missing = defaults.filter(({ key }) => !own.some((one) => covers(one, key!)));
      return missing.length
        ? { ...pod, spec: { ...pod.spec, tolerations: [...own, ...missing] } }
        : pod;
    },
  };
}

const toleration = (key: string, tolerationSeconds: number): Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds,
});

/** Whether a toleration says something of eviction by the taint `key`, whatever it says. */
const covers = ({ key, effect }: Toleration, taint: string): boolean =>
  (key === taint || !key) && (effect === 'NoExecute' || !effect);
