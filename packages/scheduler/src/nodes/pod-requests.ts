import type {
  Container,
  ContainerStatus,
  Pod,
  PodSpec,
  ResourceList,
} from '@coxswain/api/types/core-v1';
import { sameEntries } from '../framework/same-entries.ts';
import { add, type Amounts, amountsOf, copy, noAmounts, raise } from './amounts.ts';

/** What a pod asks of its node. `scored` counts a share for containers that name none, so that they spread too. */
export interface PodRequests {
  readonly asked: Amounts;
  readonly scored: { readonly milliCpu: number; readonly memory: number };
  /** All of it, the same for pods that ask for the same. */
  readonly text: string;
}

/** Upstream's assumption for a container without requests, in scoring alone. */
const assumedMilliCpu = 100;
const assumedMemory = 200 * 1024 * 1024;

/** What was computed, and of what beside the object that it is kept for. */
interface Known extends Pick<PodSpec, 'initContainers' | 'overhead' | 'resources'> {
  readonly requests: PodRequests;
}

const kept = new WeakMap<object, Known>();

/**
 * The requests of `pod`, computed once for its revisions, which share their containers, and once for plain pods of a template, which
 * share what their only container asks for.
 */
export function podRequests(pod: Pod): PodRequests {
  const { containers, initContainers, overhead, resources } = pod.spec;
  if (pod.status && isResized(pod)) return compute(pod);
  const only = containers.length === 1 && !initContainers ? containers[0]!.resources : undefined;
  const known = kept.get(only ?? containers);
  if (
    known &&
    known.initContainers === initContainers &&
    known.overhead === overhead &&
    known.resources === resources
  )
    return known.requests;
  const requests = compute(pod);
  kept.set(only ?? containers, { initContainers, overhead, resources, requests });
  return requests;
}

/** Whether its status says anything else about what its containers have than its spec. */
function isResized({ spec, status }: Pod): boolean {
  const { containerStatuses = [], initContainerStatuses = [] } = status!;
  const differs = (own: readonly ContainerStatus[], of: readonly Container[] = []): boolean =>
    own.some(({ name, resources, allocatedResources }) => {
      if (!resources) return false;
      const wants = of.find((container) => container.name === name)?.resources?.requests;
      return (
        !sameEntries(resources.requests, wants) ||
        (allocatedResources !== undefined && !sameEntries(allocatedResources, wants))
      );
    });
  return (
    differs(containerStatuses, spec.containers) ||
    differs(initContainerStatuses, spec.initContainers)
  );
}

function textOf({ milliCpu, memory, ephemeralStorage, others }: Amounts, scored: Amounts): string {
  const amounts = `${milliCpu} ${memory} ${ephemeralStorage} ${scored.milliCpu} ${scored.memory}`;
  return others.size > 0 ? `${amounts} ${JSON.stringify([...others])}` : amounts;
}

function compute(pod: Pod): PodRequests {
  const { of, isNamed } = containerRequests(pod);
  const asked = total(pod, of);
  const podLevel = podLevelOf(pod);
  // Where requests stand for the whole pod, no share is assumed of what they, or some container, name.
  const cpu = !podLevel || (podLevel['cpu'] === undefined && asked.milliCpu === 0);
  const memory = !podLevel || (podLevel['memory'] === undefined && asked.memory === 0);
  const scored = total(pod, (container) => {
    const amounts = of(container);
    if (cpu && !isNamed(container, 'cpu')) amounts.milliCpu = assumedMilliCpu;
    if (memory && !isNamed(container, 'memory')) amounts.memory = assumedMemory;
    return amounts;
  });
  const overhead = amountsOf(pod.spec.overhead);
  for (const amounts of [asked, scored]) {
    if (podLevel) replace(amounts, podLevel);
    add(amounts, overhead);
  }
  const { milliCpu, memory: bytes } = scored;
  return { asked, scored: { milliCpu, memory: bytes }, text: textOf(asked, scored) };
}

/** Requests of the pod as a whole: of CPU, memory and huge pages, as upstream supports them there. */
function podLevelOf({ spec }: Pod): ResourceList | undefined {
  const names = Object.keys(spec.resources?.requests ?? {}).filter(
    (name) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-'),
  );
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, spec.resources!.requests![name]!]));
}

function replace(amounts: Amounts, list: ResourceList): void {
  const own = amountsOf(list);
  if (list['cpu'] !== undefined) amounts.milliCpu = own.milliCpu;
  if (list['memory'] !== undefined) amounts.memory = own.memory;
  for (const [name, amount] of own.others) amounts.others.set(name, amount);
}

/**
 * What each container asks for. While one is resized in place it counts with the higher of what it wants and what it
 * has; a resize that its node can never do counts with what it has.
 */
function containerRequests(pod: Pod): {
  readonly of: (container: Container) => Amounts;
  readonly isNamed: (container: Container, resource: string) => boolean;
} {
  const { conditions, containerStatuses, initContainerStatuses } = pod.status ?? {};
  const has = new Map<string, ContainerStatus>();
  for (const status of [...(containerStatuses ?? []), ...(initContainerStatuses ?? [])])
    if (status.resources) has.set(status.name, status);
  const infeasible = conditions?.some(
    ({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible',
  );
  const lists = (container: Container): readonly (ResourceList | undefined)[] => {
    const status = has.get(container.name);
    const wants = container.resources?.requests;
    if (!status) return [wants];
    const held = [status.resources?.requests, status.allocatedResources];
    return infeasible ? held : [wants, ...held];
  };
  return {
    of(container) {
      const [first, ...others] = lists(container);
      const amounts = amountsOf(first);
      for (const other of others) raise(amounts, amountsOf(other));
      return amounts;
    },
    isNamed: (container, resource) =>
      lists(container).some((list) => list?.[resource] !== undefined),
  };
}

/** Containers and sidecars run together; an init container runs with the sidecars before it, and alone otherwise. */
function total(pod: Pod, of: (container: Container) => Amounts): Amounts {
  const running = noAmounts();
  for (const container of pod.spec.containers) add(running, of(container));
  const sidecars = noAmounts();
  const peak = noAmounts();
  for (const container of pod.spec.initContainers ?? []) {
    const own = of(container);
    if (container.restartPolicy === 'Always') {
      add(running, own);
      add(sidecars, own);
      raise(peak, sidecars);
    } else {
      const together = copy(sidecars);
      add(together, own);
      raise(peak, together);
    }
  }
  raise(running, peak);
  return running;
}

/** Whether `now` asks for less of anything than `before`. */
export function asksLess(now: Pod, before: Pod): boolean {
  const [a, b] = [podRequests(now).asked, podRequests(before).asked];
  if (a === b) return false;
  return (
    a.milliCpu < b.milliCpu ||
    a.memory < b.memory ||
    a.ephemeralStorage < b.ephemeralStorage ||
    [...b.others].some(([name, amount]) => (a.others.get(name) ?? 0) < amount)
  );
}
