import type { KubeObject } from '@coxswain/api';
import type { Container, PodSpec, VolumeProjection } from '@coxswain/api/types/core-v1';
import type { Kind, KindContext } from '../kind.ts';

/** Fields of a feature: how to leave them out. The very same spec comes back where none was there. */
interface Feature {
  readonly gate: string;
  readonly without: (spec: PodSpec) => PodSpec;
}

const lists = ['containers', 'initContainers'] as const;

const withoutStopSignal = ({ lifecycle, ...container }: Container): Container => {
  if (!lifecycle) return container;
  const { stopSignal: _, ...hooks } = lifecycle;
  return Object.keys(hooks).length ? { ...container, lifecycle: hooks } : container;
};

function withoutStopSignals(spec: PodSpec): PodSpec {
  let kept = spec;
  for (const list of lists)
    if (kept[list]?.some(({ lifecycle }) => lifecycle?.stopSignal !== undefined))
      kept = { ...kept, [list]: kept[list].map(withoutStopSignal) };
  return kept;
}

const withoutSource =
  (source: keyof VolumeProjection) =>
  (spec: PodSpec): PodSpec => {
    if (!spec.volumes?.some(({ projected }) => projected?.sources?.some((one) => one[source])))
      return spec;
    const volumes = spec.volumes.map((volume) => {
      const sources = volume.projected?.sources?.map(({ [source]: _, ...others }) => others);
      return sources ? { ...volume, projected: { ...volume.projected, sources } } : volume;
    });
    return { ...spec, volumes };
  };

const features: readonly Feature[] = [
  { gate: 'ClusterTrustBundleProjection', without: withoutSource('clusterTrustBundle') },
  { gate: 'PodCertificateRequest', without: withoutSource('podCertificate') },
  {
    gate: 'GenericWorkload',
    without: (spec) => {
      const { schedulingGroup, ...others } = spec;
      return schedulingGroup ? others : spec;
    },
  },
  { gate: 'ContainerStopSignals', without: withoutStopSignals },
];

/** A pod's spec without the fields of features that are off, but for what was there before. */
function withoutDisabled(
  spec: PodSpec,
  before: PodSpec | undefined,
  { enabled }: KindContext,
): PodSpec {
  return features.reduce(
    (kept, { gate, without }) =>
      enabled(gate) || (before && without(before) !== before) ? kept : without(kept),
    spec,
  );
}

/** Where kinds hold the spec of pods. */
const specPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  PodTemplate: ['template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ...Object.fromEntries(
    ['ReplicationController', 'ReplicaSet', 'Deployment', 'DaemonSet', 'StatefulSet', 'Job'].map(
      (name) => [name, ['spec', 'template', 'spec']],
    ),
  ),
};

type Tree = Readonly<Record<string, unknown>>;

const valueAt = (tree: unknown, path: readonly string[]): unknown =>
  path.reduce((at, step) => (at as Tree | undefined)?.[step], tree);

const replacedAt = (tree: unknown, [step, ...rest]: readonly string[], value: unknown): unknown =>
  step === undefined
    ? value
    : { ...(tree as Tree), [step]: replacedAt((tree as Tree)[step], rest, value) };

/** The kind whose pods, by its strategy, have no fields of features that are off. */
export function droppingDisabled<T extends KubeObject>(kind: Kind<T>): Kind<T> {
  const path = specPaths[kind.resource.kind];
  if (!path) return kind;
  const { prepareForCreate, prepareForUpdate } = kind;
  const dropped = (object: T, before: T | undefined, context: KindContext): T => {
    const spec = valueAt(object, path) as PodSpec | undefined;
    if (!spec) return object;
    const kept = withoutDisabled(spec, valueAt(before, path) as PodSpec | undefined, context);
    return kept === spec ? object : (replacedAt(object, path, kept) as T);
  };
  return {
    ...kind,
    prepareForCreate(object, context) {
      const kept = dropped(object, undefined, context);
      return prepareForCreate?.(kept, context) ?? kept;
    },
    prepareForUpdate(next, before, context) {
      const kept = dropped(next, before, context);
      return prepareForUpdate?.(kept, before, context) ?? kept;
    },
  };
}
