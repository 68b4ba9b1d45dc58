import { Nodes } from '@coxswain/api';
import type { Node } from '@coxswain/api/types/core-v1';
import type { Draft, Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn, wide } from '../rules/columns.ts';
import { rangeWarnings } from '../rules/ip-warnings.ts';
import { resourceDefaults } from '../rules/pod-defaults.ts';
import { splitStatus } from '../rules/split.ts';
import { nodeRules, nodeStatusRules, nodeUpdateRules } from './node-rules.ts';

const split = splitStatus<Node>();

function defaults(draft: Draft<Node>): void {
  draft.spec ??= {};
  // `podCIDR` is the old name of the first of `podCIDRs`: where they differ, it is alone.
  const { podCIDR, podCIDRs } = draft.spec;
  if (podCIDR && podCIDRs?.[0] !== podCIDR) draft.spec.podCIDRs = [podCIDR];
  else if (podCIDRs?.length) draft.spec.podCIDR = podCIDRs[0];
  const status = (draft.status ??= {});
  resourceDefaults(status.capacity);
  resourceDefaults(status.allocatable);
  if (status.capacity && !status.allocatable) status.allocatable = { ...status.capacity };
}

/** Nothing reads a kubelet's configuration from the cluster any more. */
function withoutConfiguration(node: Node): Node {
  const { configSource, ...spec } = node.spec;
  const { config, ...status } = node.status ?? {};
  return {
    ...node,
    ...(configSource && { spec }),
    ...(config && { status }),
  };
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
  prepareForCreate: withoutConfiguration,
  prepareForUpdate: (next, before) => withoutConfiguration({ ...next, status: before.status }),
  resetFields: split.resetFields!,
  validate: nodeRules,
  validateUpdate: nodeUpdateRules,
  warnings: nodeWarnings,
  status: {
    ...split.status,
    prepareForUpdate: (next, before) => withoutConfiguration({ ...next, spec: before.spec }),
    validateUpdate: nodeStatusRules,
  },

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
