import { Nodes, Pods } from '@coxswain/api';
import type { Binding, Pod } from '@coxswain/api/types/core-v1';
import type { Objects } from '../authz/objects.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { isWrite } from './refuse.ts';

const topologies = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** A pod learns the zone and region of its node when it is bound to it. */
export function podTopologyLabels(objects: Objects): AdmissionPlugin {
  return {
    name: 'PodTopologyLabels',
    handles: (admission) =>
      (isWrite(admission, Pods, ['CREATE'], 'binding') || isWrite(admission, Pods, ['CREATE'])) &&
      nodeNameOf(admission) !== undefined,
    mutate(admission) {
      const object = admission.object as Binding | Pod;
      const labels = objects.get(Nodes, nodeNameOf(admission)!)?.metadata.labels;
      const own = topologies.flatMap((key) =>
        labels?.[key] === undefined ? [] : [[key, labels[key]] as const],
      );
      if (own.length === 0) return object;
      return {
        ...object,
        metadata: {
          ...object.metadata,
          labels: { ...object.metadata.labels, ...Object.fromEntries(own) },
        },
      };
    },
  };
}

function nodeNameOf({ object, subresource }: Admission): string | undefined {
  if (subresource === '') return (object as Pod).spec.nodeName || undefined;
  const { target } = object as Binding;
  return !target.kind || target.kind === 'Node' ? target.name || undefined : undefined;
}
