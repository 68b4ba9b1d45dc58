import { canonicalQuantity, compareQuantities } from '@coxswain/api/quantity';
import { addLists, type AmountKind, containerAmounts } from '@coxswain/api/quota';
import type { PodSpec, ResourceList } from '@coxswain/api/types/core-v1';
import { invalidValue, type Rules } from './field.ts';
import { isHugePages } from './resources.ts';

const nothing: ResourceList = {};

/** What all containers need together at the worst moment. */
export const aggregate = (spec: PodSpec, kind: AmountKind): ResourceList =>
  containerAmounts(spec, ({ resources }) => resources?.[kind]);

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
    for (const [name, limit] of Object.entries(container.resources?.limits ?? nothing))
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
        total = addLists(total, { [name]: list[name] });
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
