import type { Container, Pod, PodSpec, ResourceList } from '../generated/core-v1.ts';
import { compareQuantities } from '../quantity/index.ts';
import { addLists, maxLists } from './lists.ts';

export type AmountKind = 'requests' | 'limits';

/** What all containers need together at the worst moment: sidecars stay, other init containers run one by one. */
export function containerAmounts(
  spec: PodSpec,
  of: (container: Container) => ResourceList | undefined,
): ResourceList {
  let total: ResourceList = {};
  for (const container of spec.containers ?? []) total = addLists(total, of(container));
  let sidecars: ResourceList = {};
  let starting: ResourceList = {};
  for (const container of spec.initContainers ?? []) {
    const own = of(container);
    if (container.restartPolicy === 'Always') {
      total = addLists(total, own);
      sidecars = addLists(sidecars, own);
      starting = maxLists(starting, sidecars);
    } else starting = maxLists(starting, addLists(own ?? {}, sidecars));
  }
  return maxLists(total, starting);
}

/** Resources that a pod can ask for as a whole. */
export const isPodLevel = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

/**
 * What a pod takes, with its overhead: `most` is the higher of what it wants and what it has while it is resized,
 * `wanted` what its spec says.
 */
export function podAmounts(
  pod: Pod,
  kind: AmountKind,
  which: 'most' | 'wanted' = 'most',
): ResourceList {
  const { spec } = pod;
  const status = which === 'most' ? pod.status : undefined;
  const isInfeasible = status?.conditions?.some(
    ({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible',
  );
  const statuses = new Map(
    [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].map(
      (each) => [each.name, each] as const,
    ),
  );
  const sidecars = new Set(
    (spec.initContainers ?? [])
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => name),
  );
  const regular = new Set((spec.containers ?? []).map(({ name }) => name));
  const total = containerAmounts(spec, (container) => {
    const wants = container.resources?.[kind];
    const mayResize = regular.has(container.name) || sidecars.has(container.name);
    const has = mayResize ? statuses.get(container.name) : undefined;
    if (!has?.resources) return wants;
    const held = maxLists(
      has.resources[kind] ?? {},
      kind === 'requests' ? has.allocatedResources : undefined,
    );
    return isInfeasible ? held : maxLists(wants ?? {}, held);
  });
  const whole = { ...total };
  for (const [name, amount] of Object.entries(spec.resources?.[kind] ?? {}))
    if (isPodLevel(name)) whole[name] = amount;
  return kind === 'requests'
    ? addLists(whole, spec.overhead)
    : addLists(whole, overheadOf(whole, spec.overhead ?? {}));
}

/** A pod without a limit has none for its overhead either. */
const overheadOf = (limits: ResourceList, overhead: ResourceList): ResourceList =>
  Object.fromEntries(
    Object.entries(overhead).filter(
      ([name]) => limits[name] !== undefined && compareQuantities(limits[name], '0') !== 0,
    ),
  );
