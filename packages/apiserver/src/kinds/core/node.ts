import { Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import type { Draft, Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn, wide } from '../rules/columns.ts';
import { equal } from '../rules/equal.ts';
import {
  duplicate,
  forbiddenField,
  internalFault,
  invalidValue,
  type Rules,
} from '../rules/field.ts';
import { internalForm } from '../rules/internal-form.ts';
import { parseRange, validRange } from '../rules/ip.ts';
import { rangeWarnings } from '../rules/ip-warnings.ts';
import { resourceDefaults } from '../rules/pod-defaults.ts';
import { resourceQuantity } from '../rules/resources.ts';
import { taints } from '../rules/scheduling.ts';
import { splitStatus } from '../rules/split.ts';

const split = splitStatus<Node>();
const unchanging = (field: string): string =>
  `node updates may not change ${field} except from "" to valid`;

function* resources({ status }: Node): Rules {
  for (const list of ['capacity', 'allocatable'] as const)
    for (const [name, quantity] of Object.entries(status?.[list] ?? {}))
      yield* resourceQuantity(`status.${list}.${name}`, name, quantity);
}

function* rules(node: Node): Rules {
  // Upstream names the taints of a node under its metadata.
  yield* taints('metadata.taints', node.spec.taints ?? []);
  yield* resources(node);
  const ranges = node.spec.podCIDRs ?? [];
  for (const [index, range] of ranges.entries())
    yield* validRange(`spec.podCIDRs[${index}]`, range);
  const wrong = ranges.findIndex((range) => !parseRange(range));
  if (ranges.length > 1 && wrong >= 0)
    yield internalFault(
      'spec.podCIDRs',
      `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${wrong}]: <nil> (invalid CIDR address: ${ranges[wrong]})`,
    );
  const families = new Set(ranges.map((range) => parseRange(range)?.family));
  if (ranges.length > 1 && (families.size !== 2 || ranges.length > 2))
    yield invalidValue(
      'spec.podCIDRs',
      ranges,
      'may specify no more than one CIDR for each IP family',
    );
}

function* updateRules(next: Node, before: Node): Rules {
  yield* rules(next);
  const seen = new Set<string>();
  for (const [index, address] of (next.status?.addresses ?? []).entries()) {
    const key = `${address.type} ${address.address}`;
    if (seen.has(key))
      yield duplicate(`status.addresses[${index}]`, internalForm('core.NodeAddress', address));
    seen.add(key);
  }
  if (before.spec.podCIDRs?.length && !equal(next.spec.podCIDRs, before.spec.podCIDRs))
    yield forbiddenField('spec.podCIDRs', unchanging('podCIDR'));
  if (before.spec.providerID && next.spec.providerID !== before.spec.providerID)
    yield forbiddenField('spec.providerID', unchanging('providerID'));
  if ((next.spec.externalID ?? '') !== (before.spec.externalID ?? ''))
    yield forbiddenField('spec.externalID', 'may not be updated');
}

function defaults(draft: Draft<Node>): void {
  draft.spec ??= {};
  // `podCIDR` is the old name of the first of `podCIDRs`: where they differ, it is alone.
  const { podCIDR, podCIDRs } = draft.spec;
  if (podCIDR && podCIDRs?.[0] !== podCIDR) draft.spec.podCIDRs = [podCIDR];
  else if (podCIDRs?.length) draft.spec.podCIDR = podCIDRs[0];
  // Nothing reads a kubelet's configuration from the cluster any more.
  delete draft.spec.configSource;
  delete draft.status?.config;
  const status = (draft.status ??= {});
  resourceDefaults(status.capacity);
  resourceDefaults(status.allocatable);
  if (status.capacity && !status.allocatable) status.allocatable = { ...status.capacity };
}

/** What a node is warned of: fields that nobody reads any more, ranges of an odd spelling. */
function* nodeWarnings({ spec }: Node): Generator<string> {
  if (spec.externalID)
    yield 'spec.externalID: this field is deprecated, and is unused by Kubernetes';
  for (const [index, range] of (spec.podCIDRs ?? []).entries())
    yield* rangeWarnings(`spec.podCIDRs[${index}]`, range);
}

const rolePrefix = 'node-role.kubernetes.io/';

function roles({ metadata }: Node): string {
  const names = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix))
      return key.length > rolePrefix.length ? key.slice(rolePrefix.length) : [];
    return key === 'kubernetes.io/role' && value ? value : [];
  });
  return [...new Set(names)].toSorted().join(',') || '<none>';
}

function statusText({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const word = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec.unschedulable ? `${word},SchedulingDisabled` : word;
}

const address =
  (type: string) =>
  ({ status }: Node): string =>
    status?.addresses?.find((one) => one.type === type)?.address ?? '<none>';

/** A machine that runs pods. */
export const nodeKind: Kind<Node> = {
  resource: Nodes,
  shortNames: ['no'],
  subresources: ['proxy'],
  generation: false,
  defaults,
  // A kubelet registers with its status, in one request.
  prepareForCreate: (node) => node,
  prepareForUpdate: split.prepareForUpdate!,
  resetFields: split.resetFields!,
  validate: rules,
  validateUpdate: updateRules,
  warnings: nodeWarnings,
  status: { ...split.status, validateUpdate: updateRules },

  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
  columns: [
    nameColumn,
    textColumn('Status', 'Whether it can run pods, and may be given new ones.', statusText),
    textColumn('Roles', 'What its labels say it is there for.', roles),
    ageColumn,
    textColumn(
      'Version',
      'The version of its kubelet.',
      ({ status }) => status?.nodeInfo?.kubeletVersion ?? '',
    ),
    wide(textColumn('Internal-IP', 'Its address inside the cluster.', address('InternalIP'))),
    wide(textColumn('External-IP', 'Its address outside the cluster.', address('ExternalIP'))),
    wide(
      textColumn(
        'OS-Image',
        'The system it runs.',
        ({ status }) => status?.nodeInfo?.osImage || '<unknown>',
      ),
    ),
    wide(
      textColumn(
        'Kernel-Version',
        'The kernel it runs.',
        ({ status }) => status?.nodeInfo?.kernelVersion || '<unknown>',
      ),
    ),
    wide(
      textColumn(
        'Container-Runtime',
        'What runs its containers.',
        ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
      ),
    ),
  ],
};
