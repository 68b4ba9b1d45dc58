import type { Container, PodSpec } from '@coxswain/api/types/core-v1';

const lists = ['containers', 'initContainers'] as const;

const withoutStopSignal = ({ lifecycle, ...container }: Container): Container => {
  if (!lifecycle) return container;
  const { stopSignal: _, ...hooks } = lifecycle;
  return Object.keys(hooks).length ? { ...container, lifecycle: hooks } : container;
};

/** A new pod's spec without the fields of features that are off. */
export function withoutDisabled(spec: PodSpec, enabled: (gate: string) => boolean): PodSpec {
  const { schedulingGroup, ...rest } = spec;
  let kept: PodSpec = enabled('GenericWorkload') && schedulingGroup ? spec : rest;
  if (enabled('ContainerStopSignals')) return kept;
  for (const list of lists)
    if (kept[list]?.some(({ lifecycle }) => lifecycle?.stopSignal !== undefined))
      kept = { ...kept, [list]: kept[list].map(withoutStopSignal) };
  return kept;
}
