import type { Container, Pod, PodSpec } from '@coxswain/api/types/core-v1';

/** A pod, or the template of one. */
export interface PodLike {
  readonly metadata?: Pick<Pod['metadata'], 'annotations'> | undefined;
  readonly spec: PodSpec;
}

/** Why a check forbids a pod: in short, and for whom it concerns. */
export interface Finding {
  readonly reason: string;
  readonly detail: string;
}

/** Undefined: allowed. */
export type Verdict = Finding | undefined;

/** Init containers, containers and ephemeral ones, in this order. */
export const containersOf = ({ spec }: PodLike): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...(spec.containers ?? []),
  ...((spec.ephemeralContainers ?? []) as readonly Container[]),
];

export const quoted = (items: readonly string[]): string =>
  items.map((item) => `"${item}"`).join(', ');

export const plural = (one: string, many: string, count: number): string =>
  count === 1 ? one : many;

/** `container "a"`, `containers "a", "b"`. */
export const containers = (names: readonly string[]): string =>
  `${plural('container', 'containers', names.length)} ${quoted(names)}`;

/** Sorted, each once. */
export const distinct = (values: Iterable<string>): readonly string[] =>
  [...new Set(values)].toSorted();

export interface Offence {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** Containers in which `bad` finds something, with all that it found; undefined when there are none. */
export function offenders(
  pod: PodLike,
  bad: (container: Container) => readonly string[],
): Offence | undefined {
  const names: string[] = [];
  const values: string[] = [];
  for (const container of containersOf(pod)) {
    const found = bad(container);
    if (found.length === 0) continue;
    names.push(container.name);
    values.push(...found);
  }
  return names.length ? { names, values: distinct(values) } : undefined;
}

/** Who set something wrong: `pod`, `container "a"`, both joined by `and`. */
export const setters = (
  byPod: boolean,
  names: readonly string[],
  ...others: readonly string[]
): string =>
  [...(byPod ? ['pod'] : []), ...(names.length ? [containers(names)] : []), ...others].join(
    ' and ',
  );
