import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
} from '@coxswain/api/quantity';
import type { Container, PodSpec, ResourceList } from '@coxswain/api/types/core-v1';
import { invalidValue, type Rules } from './field.ts';
import { isHugePages } from './resources.ts';

type Kind = 'requests' | 'limits';
const nothing: ResourceList = {};

const listOf = (container: Container, kind: Kind): ResourceList =>
  container.resources?.[kind] ?? nothing;

const sum = (a: ResourceList, b: ResourceList): ResourceList => {
  const total: Record<string, string> = { ...a };
  for (const name in b)
    total[name] =
      total[name] === undefined ? b[name]! : formatQuantity(addQuantities(total[name], b[name]!));
  return total;
};

const larger = (a: ResourceList, b: ResourceList): ResourceList => {
  const most: Record<string, string> = { ...a };
  for (const name in b)
    if (most[name] === undefined || compareQuantities(b[name]!, most[name]) > 0)
      most[name] = b[name]!;
  return most;
};

/** What all containers need together at the worst moment: sidecars stay, other init containers run one by one. */
export function aggregate(spec: PodSpec, kind: Kind): ResourceList {
  let total = nothing;
  for (const container of spec.containers ?? []) total = sum(total, listOf(container, kind));
  let sidecars = nothing;
  let starting = nothing;
  for (const container of spec.initContainers ?? []) {
    const own = listOf(container, kind);
    if (container.restartPolicy === 'Always') {
      total = sum(total, own);
      sidecars = sum(sidecars, own);
      starting = larger(starting, sidecars);
    } else starting = larger(starting, sum(own, sidecars));
  }
  return larger(total, starting);
}

/** What the pod asks for as a whole must suffice for its containers. */
export function* podRequestsWithinPod(path: string, spec: PodSpec): Rules {
  const { requests = nothing, limits = nothing } = spec.resources!;
  for (const kind of ['requests', 'limits'] as const) {
    const pod = kind === 'requests' ? requests : limits;
    const needed = aggregate(spec, kind);
    for (const name in needed) {
      if (pod[name] === undefined || (kind === 'limits' && !isHugePages(name))) continue;
      if (compareQuantities(needed[name]!, pod[name]) > 0)
        yield invalidValue(
          `${path}.${kind}[${name}]`,
          canonicalQuantity(pod[name]),
          `must be greater than or equal to aggregate container ${kind} of ${canonicalQuantity(needed[name]!)}`,
        );
    }
  }
  for (const [index, container] of (spec.containers ?? []).entries())
    for (const [name, limit] of Object.entries(listOf(container, 'limits')))
      if (limits[name] !== undefined && compareQuantities(limit, limits[name]) > 0)
        yield invalidValue(
          `${path}.containers[${index}][${name}].limits`,
          canonicalQuantity(limit),
          `must be less than or equal to pod limits of ${canonicalQuantity(limits[name])}`,
        );
}

const forQuality = ['cpu', 'memory'];
const positives = (lists: readonly ResourceList[]): ResourceList => {
  let total = nothing;
  for (const list of lists)
    for (const name of forQuality)
      if (list[name] !== undefined && compareQuantities(list[name], '0') > 0)
        total = sum(total, { [name]: list[name] });
  return total;
};

/** The quality of service that the pod's requests and limits give it. */
export function qosClass(spec: PodSpec): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const holders = spec.resources
    ? [{ resources: spec.resources }]
    : [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const lists = holders.map(({ resources }) => resources);
  if (lists.every((one) => !one?.requests && !one?.limits)) return 'BestEffort';
  const requests = positives(lists.map((one) => one?.requests ?? nothing));
  const limits = positives(lists.map((one) => one?.limits ?? nothing));
  const wanted = Object.keys(requests);
  const limited = Object.keys(limits);
  if (!wanted.length && !limited.length) return 'BestEffort';
  const allLimited = lists.every(
    (one) => Object.keys(positives([one?.limits ?? nothing])).length === forQuality.length,
  );
  const guaranteed =
    allLimited &&
    wanted.length === limited.length &&
    wanted.every((name) => compareQuantities(requests[name]!, limits[name] ?? '0') === 0);
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
