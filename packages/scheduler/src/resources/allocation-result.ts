import { canonicalQuantity, formatQuantity, type QuantityLike } from '@coxswain/api/quantity';
import type { NodeSelector, NodeSelectorRequirement } from '@coxswain/api/types/core-v1';
import type {
  AllocationResult,
  DeviceAllocationConfiguration,
  DeviceRequestAllocationResult,
  ResourceClaim,
} from '@coxswain/api/types/resource-v1';
import type { Chosen } from './allocate.ts';
import type { Asked } from './requests.ts';

/** What a claim gets, as its status says it; shares of devices get their ids when it is written. */
export function allocationOf(
  claim: ResourceClaim,
  chosen: readonly Chosen[],
  picked: readonly Asked[],
  node: string,
): AllocationResult {
  const config = [...classSettings(picked), ...claimSettings(claim, picked)];
  const nodeSelector = nodesFor(chosen, node);
  return {
    devices: { results: chosen.map(resultOf), ...(config.length > 0 && { config }) },
    ...(nodeSelector && { nodeSelector }),
  };
}

const textOf = (amount: QuantityLike): string =>
  typeof amount === 'string' ? canonicalQuantity(amount) : formatQuantity(amount);

function resultOf({ asked, offer, taken }: Chosen): DeviceRequestAllocationResult {
  const { driver, pool } = offer.slice.spec;
  const { bindingConditions, bindingFailureConditions, name } = offer.device;
  const amounts = [...(taken ?? [])].map(([each, amount]) => [each, textOf(amount)] as const);
  return {
    ...{ request: asked.name, driver, pool: pool.name, device: name },
    ...(asked.adminAccess && { adminAccess: true }),
    ...(asked.tolerations?.length && { tolerations: asked.tolerations }),
    ...(bindingConditions?.length && { bindingConditions }),
    ...(bindingFailureConditions?.length && { bindingFailureConditions }),
    ...(taken && { shareID: '' }),
    ...(amounts.length > 0 && { consumedCapacity: Object.fromEntries(amounts) }),
  };
}

/** Those of each class once, for all requests that it serves. */
function classSettings(picked: readonly Asked[]): DeviceAllocationConfiguration[] {
  const byClass = Map.groupBy(picked, (asked) => asked.class.metadata.name);
  return [...byClass.values()].flatMap((served) =>
    (served[0]!.class.spec.config ?? []).map((config) => ({
      ...{ source: 'FromClass', requests: served.map(({ name }) => name) },
      ...config,
    })),
  );
}

const claimSettings = (
  { spec }: ResourceClaim,
  picked: readonly Asked[],
): DeviceAllocationConfiguration[] =>
  (spec.devices?.config ?? []).flatMap((config) => {
    const { requests = [] } = config;
    const one = { source: 'FromClaim', ...config };
    if (requests.length === 0) return [one];
    // Once for each request that it names, as upstream has it.
    return picked.flatMap(({ base, name }) =>
      requests.includes(base) || requests.includes(name) ? [one] : [],
    );
  });

/** Where all of the devices can be reached; undefined: everywhere. */
function nodesFor(chosen: readonly Chosen[], node: string): NodeSelector | undefined {
  const fields: NodeSelectorRequirement[] = [];
  const expressions: NodeSelectorRequirement[] = [];
  for (const { offer } of chosen) {
    const { spec } = offer.slice;
    const { nodeName, nodeSelector } = spec.perDeviceNodeSelection ? offer.device : spec;
    if (nodeName !== undefined || offer.device.bindsToNode) return onlyOn(node);
    const [term] = nodeSelector?.nodeSelectorTerms ?? [];
    addNew(fields, term?.matchFields);
    addNew(expressions, term?.matchExpressions);
  }
  if (fields.length + expressions.length === 0) return undefined;
  const term = {
    ...(fields.length > 0 && { matchFields: fields }),
    ...(expressions.length > 0 && { matchExpressions: expressions }),
  };
  return { nodeSelectorTerms: [term] };
}

const onlyOn = (node: string): NodeSelector => ({
  nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
});

function addNew(
  all: NodeSelectorRequirement[],
  more: readonly NodeSelectorRequirement[] = [],
): void {
  for (const one of more) if (!all.some((other) => isSame(one, other))) all.push(one);
}

function isSame(a: NodeSelectorRequirement, b: NodeSelectorRequirement): boolean {
  const [left, right] = [new Set(a.values), new Set(b.values)];
  return a.key === b.key && a.operator === b.operator && left.symmetricDifference(right).size === 0;
}
