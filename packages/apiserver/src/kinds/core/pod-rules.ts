import type {
  Affinity,
  NodeAffinity,
  NodeSelectorTerm,
  Pod,
  PodSpec,
} from '@coxswain/api/types/core-v1';
import { imageSpacing } from '../rules/container.ts';
import { difference } from '../rules/difference.ts';
import { equal } from '../rules/equal.ts';
import {
  forbiddenField,
  int32Max,
  invalidValue,
  rangeText,
  required,
  type Rules,
} from '../rules/field.ts';
import {
  appArmorPrefix,
  matchingProfiles,
  mirrorAnnotation,
  podAnnotations,
} from '../rules/pod-annotations.ts';
import { podSpec } from '../rules/pod-spec.ts';
import { onlyAddedTolerations, onlyDeletedGates } from '../rules/scheduling.ts';

/** Whether the kubelet made the pod of a file of its own. */
export const isMirror = ({ metadata }: Pod): boolean =>
  metadata.annotations?.[mirrorAnnotation] !== undefined;

/** Rules of a pod whatever is being done with it. */
export function* wholePod({ metadata, spec }: Pod): Rules {
  if (metadata.annotations)
    yield* podAnnotations('metadata.annotations', metadata.annotations, spec);
  yield* podSpec('spec', spec, { isPod: true, meta: metadata });
  if (!spec.serviceAccountName) yield* noTokens(spec);
  for (const [index, container] of (spec.containers ?? []).entries())
    yield* imageSpacing(`spec.containers[${index}]`, container);
  for (const [index, container] of (spec.initContainers ?? []).entries())
    yield* imageSpacing(`spec.initContainers[${index}]`, container);
}

function* noTokens({ volumes = [] }: PodSpec): Rules {
  for (const [index, { projected }] of volumes.entries())
    for (const [at, { serviceAccountToken }] of (projected?.sources ?? []).entries())
      if (serviceAccountToken)
        yield forbiddenField(
          `spec.volumes[${index}].projected.sources[${at}].serviceAccountToken`,
          'must not be specified when serviceAccountName is not set',
        );
}

/** Rules of a new pod. */
export function* podRules(pod: Pod): Rules {
  yield* wholePod(pod);
  const { ephemeralContainers, nodeName, schedulingGates } = pod.spec;
  if (ephemeralContainers?.length)
    yield forbiddenField('spec.ephemeralContainers', 'cannot be set on create');
  if (nodeName && schedulingGates?.length)
    yield forbiddenField(
      'spec.nodeName',
      'cannot be set until all schedulingGates have been cleared',
    );
  if (pod.metadata.annotations) yield* matchingProfiles(pod.metadata.annotations, pod.spec);
}

type Strings = Readonly<Record<string, string>>;

/** Annotations that name a pod's origin or profile stay as they were made; whatever they are is looked at once more. */
export function* fixedAnnotations({ metadata, spec }: Pod, { metadata: old }: Pod): Rules {
  const { annotations: next = {} } = metadata;
  const { annotations: before = {} } = old;
  for (const key in before) {
    if (next[key] === before[key]) continue;
    if (key.startsWith(appArmorPrefix))
      yield forbiddenField(
        `metadata.annotations[${key}]`,
        'may not remove or update AppArmor annotations',
      );
    if (key === mirrorAnnotation)
      yield forbiddenField(
        `metadata.annotations[${key}]`,
        'may not remove or update mirror pod annotation',
      );
  }
  for (const key in next) {
    if (Object.hasOwn(before, key)) continue;
    if (key.startsWith(appArmorPrefix))
      yield forbiddenField(`metadata.annotations[${key}]`, 'may not add AppArmor annotations');
    if (key === mirrorAnnotation)
      yield forbiddenField(`metadata.annotations[${key}]`, 'may not add mirror pod annotation');
  }
  yield* podAnnotations('metadata.annotations', next, spec);
}

const updatable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/** Rules of a changed pod: next to nothing of its spec may change. */
export function* podUpdateRules(next: Pod, before: Pod): Rules {
  yield* wholePod(next);
  yield* fixedAnnotations(next, before);
  for (const list of ['containers', 'initContainers'] as const) {
    const now = next.spec[list] ?? [];
    if (now.length !== (before.spec[list] ?? []).length) {
      yield forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers');
      return;
    }
    for (const [index, container] of now.entries())
      if (!container.image) yield required(`spec.${list}[${index}].image`);
  }
  const deadline = [...deadlineRules(next.spec, before.spec)];
  yield* deadline;
  if (deadline.length && next.spec.activeDeadlineSeconds !== undefined) return;
  yield* onlyAddedTolerations('spec.tolerations', next.spec.tolerations, before.spec.tolerations);
  yield* onlyDeletedGates(
    'spec.schedulingGates',
    next.spec.schedulingGates,
    before.spec.schedulingGates,
  );
  if (!equal(next.spec, before.spec)) yield* restUnchanged(next.spec, before.spec);
}

function* deadlineRules(next: PodSpec, before: PodSpec): Rules {
  const path = 'spec.activeDeadlineSeconds';
  const now = next.activeDeadlineSeconds;
  const old = before.activeDeadlineSeconds;
  if (now === undefined) {
    if (old !== undefined)
      yield invalidValue(path, null, 'must not update from a positive integer to nil value');
  } else if (now < 0 || now > int32Max) yield invalidValue(path, now, rangeText(0, int32Max));
  else if (old !== undefined && old < now)
    yield invalidValue(path, now, 'must be less than or equal to previous value');
}

const withImagesOf = (
  spec: PodSpec,
  list: 'containers' | 'initContainers',
  before: PodSpec,
): object =>
  spec[list]
    ? {
        [list]: spec[list].map((container, index) => ({
          ...container,
          image: before[list]?.[index]?.image,
        })),
      }
    : {};

/** Everything but the updatable fields must be as it was; gated pods may narrow where they go. */
function* restUnchanged(next: PodSpec, before: PodSpec): Rules {
  const grace =
    (before.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1
      ? before.terminationGracePeriodSeconds
      : next.terminationGracePeriodSeconds;
  let masked: PodSpec = {
    ...next,
    ...withImagesOf(next, 'containers', before),
    ...withImagesOf(next, 'initContainers', before),
    activeDeadlineSeconds: before.activeDeadlineSeconds,
    schedulingGates: before.schedulingGates,
    tolerations: before.tolerations,
    terminationGracePeriodSeconds: grace,
  };
  if (before.schedulingGates?.length) {
    yield* narrowedSelector(next.nodeSelector, before.nodeSelector);
    yield* narrowedAffinity(next.affinity?.nodeAffinity, before.affinity?.nodeAffinity);
    masked = {
      ...masked,
      nodeSelector: before.nodeSelector,
      affinity: withNodeAffinity(next.affinity, before.affinity),
    };
  }
  if (!equal(masked, before))
    yield forbiddenField(
      'spec',
      `pod updates may not change fields other than ${updatable}\n${difference('core.PodSpec', before, masked)}`,
    );
}

function withNodeAffinity(
  next: Affinity | undefined,
  before: Affinity | undefined,
): Affinity | undefined {
  const nodeAffinity = before?.nodeAffinity;
  const merged: Affinity = { ...next, nodeAffinity };
  return equal(merged, {}) ? undefined : merged;
}

function* narrowedSelector(next: Strings = {}, before: Strings = {}): Rules {
  for (const key in before)
    if (next[key] !== before[key]) {
      yield invalidValue(
        'spec.nodeSelector',
        next,
        'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
      );
      return;
    }
}

const hard = 'requiredDuringSchedulingIgnoredDuringExecution';

function* narrowedAffinity(
  next: NodeAffinity | undefined,
  before: NodeAffinity | undefined,
): Rules {
  const path = `spec.affinity.nodeAffinity.${hard}.nodeSelectorTerms`;
  const old = before?.[hard]?.nodeSelectorTerms ?? [];
  const now = next?.[hard]?.nodeSelectorTerms ?? [];
  if (old.length && old.length !== now.length)
    yield invalidValue(
      path,
      now,
      'no additions/deletions to non-empty NodeSelectorTerms list are allowed',
    );
  else
    for (const [index, term] of old.entries())
      if (!onlyAdds(now[index]!, term))
        yield invalidValue(
          `${path}[${index}]`,
          now[index],
          'only additions are allowed (no mutations or deletions)',
        );
}

/** Whether each list of a term only grew; a term that matched nothing must go on matching nothing. */
function onlyAdds(next: NodeSelectorTerm, before: NodeSelectorTerm): boolean {
  const fields = ['matchExpressions', 'matchFields'] as const;
  if (fields.every((field) => !before[field]?.length))
    return fields.every((field) => !next[field]?.length);
  return fields.every((field) => {
    const old = before[field] ?? [];
    return equal((next[field] ?? []).slice(0, old.length), old);
  });
}
