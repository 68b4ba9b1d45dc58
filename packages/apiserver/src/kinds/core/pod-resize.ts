import type {
  Container,
  Pod,
  ResourceList,
  ResourceRequirements,
} from '@coxswain/api/types/core-v1';
import type { Status } from '../kind.ts';
import { equal } from '../rules/equal.ts';
import { forbiddenField, invalidValue, type Rules } from '../rules/field.ts';
import { qosClass } from '../rules/pod-resources.ts';
import { keptMeta } from '../rules/split.ts';
import { isMirror, wholePod } from './pod-rules.ts';

type Containers = readonly Container[];
type Resources = ResourceRequirements | undefined;

/** What is there with the resources that are wanted; containers that moved are left for validation to refuse. */
const resized = (next: Containers = [], before: Containers = []): Containers =>
  next.some(({ name }, index) => name !== before[index]!.name)
    ? next
    : next.map(({ resources, resizePolicy }, index) => ({
        ...before[index]!,
        resources,
        resizePolicy,
      }));

/** Changes the processors and memory of a running pod. */
export const resizePart: Status<Pod> = {
  prepareForUpdate(next, before) {
    const { containers, initContainers } = next.spec;
    if (
      containers.length !== before.spec.containers.length ||
      initContainers?.length !== before.spec.initContainers?.length
    )
      return next;
    const { resources: _, ...kept } = before.spec;
    return {
      ...before,
      metadata: keptMeta(next.metadata, before.metadata),
      spec: {
        ...kept,
        ...(next.spec.resources && { resources: next.spec.resources }),
        containers: resized(containers, before.spec.containers),
        ...(initContainers && {
          initContainers: resized(initContainers, before.spec.initContainers),
        }),
      },
    };
  },
  validateUpdate: resizeRules,
};

const onlyComputing = 'only cpu and memory resources are mutable';

function* resizeRules(next: Pod, before: Pod): Rules {
  const refusal = isMirror(before)
    ? 'static pods cannot be resized'
    : before.spec.os?.name === 'windows' && 'windows pods cannot be resized';
  if (refusal) {
    yield forbiddenField('', refusal);
    return;
  }
  const errors = [...wholePod(next), ...qualityRules(next, before), ...podLevel(next, before)];
  const order = [...orderRules(next, before)];
  yield* errors;
  yield* order;
  if (order.length) return;
  const changes = [...removals(next, before), ...containerChanges(next, before)];
  yield* changes;
  if (errors.length || changes.length) return;
  const masked = {
    ...next.spec,
    resources: masks(next.spec.resources, before.spec.resources),
    ...maskedList('containers', next, before),
    ...maskedList('initContainers', next, before),
  };
  if (!equal(masked, before.spec)) yield forbiddenField('spec', onlyComputing);
}

function* qualityRules(next: Pod, before: Pod): Rules {
  if ((before.status?.qosClass ?? qosClass(before.spec)) !== qosClass(next.spec))
    yield invalidValue(
      'spec',
      next.status?.qosClass ?? '',
      'Pod QOS Class may not change as a result of resizing',
    );
  const running = before.status?.containerStatuses?.find(({ state }) => state?.running);
  if (running && !running.resources)
    yield forbiddenField('spec', 'Pod running on node without support for resize');
}

const removed = (next: ResourceList = {}, before: ResourceList = {}): boolean =>
  Object.keys(before).some((name) => next[name] === undefined);

/** What a pod asks for as a whole: nothing of it may go. */
function* podLevel({ spec: { resources: next } }: Pod, { spec }: Pod): Rules {
  const before = spec.resources;
  const counts = [next?.requests, next?.limits, before?.requests, before?.limits];
  if (!counts.some((list) => list && Object.keys(list).length)) return;
  if (before && !next) {
    yield forbiddenField('spec.resources', 'pod-level resources cannot be removed');
    return;
  }
  for (const kind of ['requests', 'limits'] as const)
    if (removed(next?.[kind], before?.[kind]))
      yield forbiddenField(
        `spec.resources.${kind}`,
        `pod-level resource ${kind} cannot be removed`,
      );
  if (!equal(masks(next, before), before ?? {}))
    yield forbiddenField('spec', `${onlyComputing} at pod-level`);
}

const lists = ['containers', 'initContainers'] as const;

function* orderRules(next: Pod, before: Pod): Rules {
  for (const list of lists) {
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

function* removals(next: Pod, before: Pod): Rules {
  for (const list of lists.toReversed())
    for (const [index, { resources: old }] of (before.spec[list] ?? []).entries()) {
      const now = next.spec[list]![index]!.resources;
      for (const kind of ['requests', 'limits'] as const)
        if (removed(now?.[kind], old?.[kind]))
          yield forbiddenField(
            `spec.${list}[${index}].resources.${kind}`,
            `resource ${kind} cannot be removed`,
          );
    }
}

/** A list with processors and memory as they were before. */
function masked(next: ResourceList = {}, before: ResourceList = {}): ResourceList {
  const { cpu: _, memory: __, ...others } = next as Readonly<Record<string, string>>;
  const { cpu, memory } = before as Readonly<Record<string, string>>;
  return { ...others, ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
}

/** What is asked for with processors and memory as they were; claims are dropped, as upstream does. */
const masks = (next: Resources, before: Resources): ResourceRequirements =>
  Object.fromEntries(
    (['limits', 'requests'] as const)
      .map((kind) => [kind, masked(next?.[kind], before?.[kind])] as const)
      .filter(([, list]) => Object.keys(list).length),
  );

const withMask = (next: Container, before: Container): Container => ({
  ...next,
  resources: masks(next.resources, before.resources),
});

const maskedList = (list: (typeof lists)[number], next: Pod, before: Pod): object => ({
  [list]: next.spec[list]?.map((container, index) =>
    withMask(container, before.spec[list]![index]!),
  ),
});

function* containerChanges(next: Pod, before: Pod): Rules {
  for (const [index, old] of before.spec.containers.entries())
    if (!equal(withMask(next.spec.containers[index]!, old), old))
      yield forbiddenField('spec', onlyComputing);
  for (const [index, old] of (before.spec.initContainers ?? []).entries()) {
    const now = next.spec.initContainers![index]!;
    const path = `spec.initContainers[${index}]`;
    if (!equal(withMask(now, old), old))
      yield forbiddenField(
        path,
        'only cpu and memory resources for init or sidecar containers are mutable',
      );
    if (now.restartPolicy === 'Always' || equal(now, old)) continue;
    for (const { restartPolicy } of now.resizePolicy ?? [])
      if (restartPolicy === 'RestartContainer')
        yield forbiddenField(
          path,
          'non-sidecar init containers with a resize policy of RestartContainer cannot be resized',
        );
  }
}
