import type { Container, EphemeralContainer, Pod } from '@coxswain/api/types/core-v1';

/** The annotation that names the container which is meant where none is named. */
export const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container';

/** A container of a pod, and the field that it stands in. */
export interface FoundContainer {
  readonly container: Container | EphemeralContainer;
  readonly field: 'containers' | 'initContainers' | 'ephemeralContainers';
}

const fields = ['containers', 'initContainers', 'ephemeralContainers'] as const;

export function findContainer({ spec }: Pod, name: string): FoundContainer | undefined {
  for (const field of fields) {
    const container = spec![field]?.find((each) => each.name === name);
    if (container) return { container, field };
  }
  return undefined;
}

/** All names as messages list them. */
export function containerNames({ spec }: Pod): string {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec!;
  return [
    ...containers.map(({ name }) => name),
    ...ephemeralContainers.map(({ name }) => `${name} (ephem)`),
    ...initContainers.map(({ name }) => `${name} (init)`),
  ].join(', ');
}

export const hasSeveral = ({ spec }: Pod): boolean =>
  spec!.containers.length +
    (spec!.initContainers?.length ?? 0) +
    (spec!.ephemeralContainers?.length ?? 0) >
  1;

export const noContainer = (pod: Pod, name: string): Error =>
  new Error(
    `container ${name} is not valid for pod ${pod.metadata!.name} out of: ${containerNames(pod)}`,
  );

/** The container that is named, else that of the annotation, else the first, which `warn` hears of. */
export function chosenContainer(
  pod: Pod,
  given: string,
  warn: (text: string) => void,
): FoundContainer['container'] {
  const name = given || (pod.metadata!.annotations?.[defaultContainerAnnotation] ?? '');
  if (name) {
    const found = findContainer(pod, name);
    if (!found) throw noContainer(pod, name);
    return found.container;
  }
  const first = pod.spec!.containers[0]!;
  if (hasSeveral(pod)) warn(defaultedText(pod, first.name));
  return first;
}

export const defaultedText = (pod: Pod, name: string): string =>
  `Defaulted container ${JSON.stringify(name)} out of: ${containerNames(pod)}\n`;
