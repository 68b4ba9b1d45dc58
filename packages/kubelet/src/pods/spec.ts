/** Questions about a pod's spec that many places ask. */
import type { Container, EphemeralContainer, Pod } from '@coxswain/api/types/core-v1';

export type ContainerKind = 'init' | 'sidecar' | 'app' | 'ephemeral';
export type ContainerSpec = Container & Pick<EphemeralContainer, 'targetContainerName'>;

export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

/** Every container of the pod with what it is, init containers first. */
export function* containersOf(pod: Pod): Generator<readonly [ContainerKind, ContainerSpec]> {
  for (const one of pod.spec!.initContainers ?? [])
    yield [isSidecar(one) ? 'sidecar' : 'init', one];
  for (const one of pod.spec!.containers) yield ['app', one];
  for (const one of pod.spec!.ephemeralContainers ?? []) yield ['ephemeral', one];
}

export function findContainer(
  pod: Pod,
  name: string,
): readonly [ContainerKind, ContainerSpec] | undefined {
  for (const found of containersOf(pod)) if (found[1].name === name) return found;
  return undefined;
}

/** Where a container stands in the spec, as events about it say: `spec.containers{web}`. */
export function fieldPathOf(pod: Pod, name: string): string {
  const kind = findContainer(pod, name)?.[0] ?? 'app';
  const list =
    kind === 'app' ? 'containers' : kind === 'ephemeral' ? 'ephemeralContainers' : 'initContainers';
  return `spec.${list}{${name}}`;
}

export const namespaceOf = (pod: Pod): string => pod.metadata.namespace ?? '';
export const uidOf = (pod: Pod): string => pod.metadata.uid ?? '';

/** `name_namespace(uid)`, as upstream names pods in its messages. */
export const describePod = (pod: Pod): string =>
  `${pod.metadata.name}_${namespaceOf(pod)}(${uidOf(pod)})`;

export const isHostNetwork = (pod: Pod): boolean => pod.spec?.hostNetwork === true;
export const isTerminalPhase = (phase: string | undefined): boolean =>
  phase === 'Succeeded' || phase === 'Failed';

/** Whether a container that ended so is started again: its own rules and policy first, then the pod's. */
export function restartsAfter(container: Container, pod: Pod, exitCode: number): boolean {
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    const isListed = exitCodes?.values?.includes(exitCode) ?? false;
    if (exitCodes && (exitCodes.operator === 'In') === isListed) return action !== 'Terminate';
  }
  const policy = container.restartPolicy || pod.spec?.restartPolicy || 'Always';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** Whether anything of the pod may be started again at all. */
export const restartsOnFailure = (pod: Pod): boolean =>
  (pod.spec?.restartPolicy ?? 'Always') !== 'Never';

/** The grace a pod has to end: what its deletion asked for, else what its spec says. */
export const graceSecondsOf = (pod: Pod): number =>
  pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
