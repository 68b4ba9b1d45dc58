import { Pods } from '@coxswain/api';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { AdmissionPlugin } from './plugin.ts';
import { isWrite, refuse } from './refuse.ts';

const hostname = 'kubernetes.io/hostname';

/** Pods may keep others off their node, but not off a whole zone. */
export const limitPodHardAntiAffinityTopology: AdmissionPlugin = {
  name: 'LimitPodHardAntiAffinityTopology',
  handles: (admission) => isWrite(admission, Pods, ['CREATE', 'UPDATE']),
  validate(admission) {
    const { affinity } = (admission.object as Pod).spec;
    const terms = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const wide = terms.find(({ topologyKey }) => topologyKey !== hostname);
    if (wide)
      throw refuse(
        admission,
        `affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey ${wide.topologyKey} but only key ${hostname} is allowed`,
      );
  },
};
