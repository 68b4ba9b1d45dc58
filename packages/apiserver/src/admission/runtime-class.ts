import { Pods, RuntimeClasses } from '@coxswain/api';
import type { Pod, Toleration } from '@coxswain/api/types/core-v1';
import type { RuntimeClass } from '@coxswain/api/types/node-v1';
import type { Objects } from '../authz/objects.ts';
import { equal } from '../kinds/rules/equal.ts';
import type { Admission, AdmissionPlugin } from './plugin.ts';
import { isWrite, refuse } from './refuse.ts';

/** Gives a pod what its runtime class asks for: overhead, and where it may run. */
export function runtimeClass(objects: Objects): AdmissionPlugin {
  return {
    name: 'RuntimeClass',
    handles: (admission) => isWrite(admission, Pods, ['CREATE']),
    mutate(admission) {
      const pod = admission.object as Pod;
      const found = classOf(admission, objects);
      return found ? scheduled(overheaded(pod, found, admission), found, admission) : pod;
    },
    validate(admission) {
      const { overhead } = (admission.object as Pod).spec;
      const found = classOf(admission, objects);
      if (found?.overhead && !equal(overhead, found.overhead.podFixed))
        throw refuse(
          admission,
          "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
        );
      if (overhead && !found?.overhead)
        throw refuse(
          admission,
          'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
        );
    },
  };
}

function classOf(admission: Admission, objects: Objects): RuntimeClass | undefined {
  const name = (admission.object as Pod).spec.runtimeClassName;
  if (!name) return undefined;
  const found = objects.get(RuntimeClasses, name);
  if (!found) throw refuse(admission, `pod rejected: RuntimeClass "${name}" not found`);
  return found;
}

function overheaded(pod: Pod, { overhead }: RuntimeClass, admission: Admission): Pod {
  if (!overhead?.podFixed) return pod;
  if (pod.spec.overhead && !equal(pod.spec.overhead, overhead.podFixed))
    throw refuse(
      admission,
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    );
  return { ...pod, spec: { ...pod.spec, overhead: overhead.podFixed } };
}

function scheduled(pod: Pod, { scheduling }: RuntimeClass, admission: Admission): Pod {
  if (!scheduling) return pod;
  const own = pod.spec.nodeSelector ?? {};
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {}))
    if (own[key] !== undefined && own[key] !== value)
      throw refuse(
        admission,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own[key]}`,
      );
  const nodeSelector = { ...own, ...scheduling.nodeSelector };
  const tolerations = merged(pod.spec.tolerations ?? [], scheduling.tolerations ?? []);
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(Object.keys(nodeSelector).length && { nodeSelector }),
      ...(tolerations.length && { tolerations }),
    },
  };
}

const merged = (own: readonly Toleration[], more: readonly Toleration[]): readonly Toleration[] => [
  ...own,
  ...more.filter((one) => !own.some((other) => equal(one, other))),
];
