import { Pods } from '@coxswain/api';
import { isExtended } from '@coxswain/api/quota';
import type { Pod, Toleration } from '@coxswain/api/types/core-v1';
import type { AdmissionPlugin } from './plugin.ts';
import { isWrite } from './refuse.ts';

/** Pods that ask for a device may run on the nodes that are kept for it. */
export const extendedResourceToleration: AdmissionPlugin = {
  name: 'ExtendedResourceToleration',
  handles: (admission) => isWrite(admission, Pods, ['CREATE', 'UPDATE']),
  mutate({ object }) {
    const pod = object as Pod;
    const own = pod.spec.tolerations ?? [];
    const asked = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(
      ({ resources }) => Object.keys(resources?.requests ?? {}),
    );
    const missing = [...new Set(asked)]
      .filter(isExtended)
      .toSorted()
      .map((key): Toleration => ({ key, operator: 'Exists', effect: 'NoSchedule' }))
      .filter(({ key }) => !own.some((each) => isSame(each, key!)));
    return missing.length > 0
      ? { ...pod, spec: { ...pod.spec, tolerations: [...own, ...missing] } }
      : pod;
  },
};

const isSame = ({ key, operator, effect, value }: Toleration, resource: string): boolean =>
  key === resource && operator === 'Exists' && effect === 'NoSchedule' && !value;
