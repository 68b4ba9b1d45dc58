/** The labels and annotations by which containers are found again, with upstream's names. */
import type { Pod } from '@coxswain/api/types/core-v1';
import { type ContainerSpec, graceSecondsOf, namespaceOf, uidOf } from './spec.ts';

const containerNameLabel = 'io.kubernetes.container.name';
export const hashAnnotation = 'io.kubernetes.container.hash';
const restartCountAnnotation = 'io.kubernetes.container.restartCount';
export const terminationPathAnnotation = 'io.kubernetes.container.terminationMessagePath';
export const terminationPolicyAnnotation = 'io.kubernetes.container.terminationMessagePolicy';
export const graceAnnotation = 'io.kubernetes.pod.terminationGracePeriod';

export const podLabels = (pod: Pod): Record<string, string> => ({
  'io.kubernetes.pod.name': pod.metadata.name,
  'io.kubernetes.pod.namespace': namespaceOf(pod),
  'io.kubernetes.pod.uid': uidOf(pod),
});

export const containerLabels = (pod: Pod, name: string): Record<string, string> => ({
  ...podLabels(pod),
  [containerNameLabel]: name,
});

export function containerAnnotations(
  pod: Pod,
  container: ContainerSpec,
  attempt: number,
): Record<string, string> {
  return {
    [hashAnnotation]: containerHash(container),
    [restartCountAnnotation]: String(attempt),
    [terminationPathAnnotation]: container.terminationMessagePath || '/dev/termination-log',
    [terminationPolicyAnnotation]: container.terminationMessagePolicy ?? 'File',
    [graceAnnotation]: String(graceSecondsOf(pod)),
  };
}

/** Changes when the container must be replaced: name and image are all of it that an update may change (FNV-1a). */
export function containerHash({ name, image }: ContainerSpec): string {
  let hash = 0x811c9dc5;
  for (const character of `${name}\0${image}`)
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return hash.toString(16);
}
