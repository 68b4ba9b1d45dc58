import type {
  Container,
  Pod,
  ResourceList,
  ResourceRequirements,
} from '@coxswain/api/types/core-v1';
import type { Status } from '../kind.ts';
import { difference } from '../rules/difference.ts';
import { equal } from '../rules/equal.ts';
import { forbiddenField, invalidValue, type Rules } from '../rules/field.ts';
import { mirrorAnnotation } from '../rules/pod-annotations.ts';
import { qosClass } from '../rules/pod-resources.ts';
import { keptMeta } from '../rules/split.ts';
import { fixedAnnotations, wholePod } from './pod-rules.ts';

const isMirror = ({ metadata }: Pod): boolean =>
  metadata.annotations?.[mirrorAnnotation] !== undefined;

/** Adds containers for looking into a running pod; those there stay as they are. */
export const ephemeralContainersPart: Status<Pod> = {
  prepareForUpdate: (next, before) => ({
    ...before,
    metadata: keptMeta(next.metadata, before.metadata),
    spec: { ...before.spec, ephemeralContainers: next.spec.ephemeralContainers },
  }),
  *validateUpdate(next, before) {
    if (isMirror(before)) {
      yield forbiddenField('', 'static pods do not support ephemeral containers');
      return;
    }
    yield* wholePod(next);
    yield* fixedAnnotations(next.metadata.annotations, before.metadata.annotations);
    for (const old of before.spec.ephemeralContainers ?? []) {
      const now = next.spec.ephemeralContainers?.find(({ name }) => name === old.name);
      const named = `existing ephemeral containers "${old.name}" may not be`;
      if (!now) yield forbiddenField('spec.ephemeralContainers', `${named} removed\n`);
      else if (!equal(old, now))
        yield forbiddenField(
          'spec.ephemeralContainers',
          `${named} changed\n${difference('core.EphemeralContainer', old, now)}`,
        );
    }
  },
};

type List = 'containers' | 'initContainers';

const sameContainers = (next: Pod, before: Pod, list: List): boolean => {
  const now = next.spec[list] ?? [];
  const old = before.spec[list] ?? [];
  return now.length === old.length && now.every(({ name }, index) => name === old[index]!.name);
};

const resized = (
  next: readonly Container[] = [],
  before: readonly Container[] = [],
): readonly Container[] =>
  before.map((old, index) => ({
    ...old,
    resources: next[index]!.resources,
    resizePolicy: next[index]!.resizePolicy,
  }));

/** Changes the processors and memory of a running pod. */
export const resizePart: Status<Pod> = {
  prepareForUpdate: (next, before) => {
    // Containers that came, went or moved are left for validation to refuse.
    if (
      !sameContainers(next, before, 'containers') ||
      !sameContainers(next, before, 'initContainers')
    )
      return next;
    return {
      ...before,
      metadata: keptMeta(next.metadata, before.metadata),
      spec: {
        ...before.spec,
        ...(next.spec.resources && { resources: next.spec.resources }),
        containers: resized(next.spec.containers, before.spec.containers),
        ...(before.spec.initContainers && {
          initContainers: resized(next.spec.initContainers, before.spec.initContainers),
        }),
      },
    };
  },
  validateUpdate: resizeRules,
};

function* resizeRules(next: Pod, before: Pod): Rules {
  const refusal = isMirror(before)
    ? 'static pods cannot be resized'
    : before.spec.os?.name === 'windows' && 'windows pods cannot be resized';
  if (refusal) {
    yield forbiddenField('', refusal);
    return;
  }
  yield* wholePod(next);
  if ((before.status?.qosClass ?? qosClass(before.spec)) !== qosClass(next.spec))
    yield invalidValue(
      'spec',
      next.status?.qosClass ?? '',
      'Pod QOS Class may not change as a result of resizing',
    );
  const running = before.status?.containerStatuses?.find(({ state }) => state?.running);
  if (running && !running.resources)
    yield forbiddenField('spec', 'Pod running on node without support for resize');
  const order = [...orderRules(next, before)];
  yield* order;
  if (order.length) return;
  for (const list of ['initContainers', 'containers'] as const)
    for (const [index, old] of (before.spec[list] ?? []).entries())
      yield* containerResize(
        `spec.${list}[${index}].resources`,
        list,
        next.spec[list]![index]!,
        old,
      );
}

function* orderRules(next: Pod, before: Pod): Rules {
  for (const list of ['containers', 'initContainers'] as const) {
    const now = next.spec[list] ?? [];
    const old = before.spec[list] ?? [];
    if (now.length !== old.length)
      yield forbiddenField(`spec.${list}`, `${list} may not be added or removed on resize`);
    else
      for (const [index, { name }] of old.entries())
        if (now[index]!.name !== name)
          yield forbiddenField(
            `spec.${list}[${index}].name`,
            `${list} may not be renamed or reordered on resize`,
          );
  }
}

const nothing: ResourceList = {};
const others = (list: ResourceList = nothing): ResourceList =>
  Object.fromEntries(Object.entries(list).filter(([name]) => name !== 'cpu' && name !== 'memory'));

const withoutComputing = ({ limits, requests, ...rest }: ResourceRequirements = {}): object => ({
  ...rest,
  limits: others(limits),
  requests: others(requests),
});

function* containerResize(path: string, list: List, next: Container, before: Container): Rules {
  const isPlainInit = list === 'initContainers' && before.restartPolicy !== 'Always';
  if (isPlainInit) {
    if (!equal(next.resources, before.resources))
      yield forbiddenField('spec', 'resources for non-sidecar init containers are immutable');
    return;
  }
  for (const kind of ['requests', 'limits'] as const) {
    const now = next.resources?.[kind] ?? nothing;
    if (Object.keys(before.resources?.[kind] ?? nothing).some((name) => now[name] === undefined))
      yield forbiddenField(`${path}.${kind}`, `resource ${kind} cannot be removed`);
  }
  if (!equal(withoutComputing(next.resources), withoutComputing(before.resources)))
    yield forbiddenField(
      'spec',
      list === 'containers'
        ? 'only cpu and memory resources are mutable'
        : 'only cpu and memory resources for sidecar containers are mutable',
    );
}
