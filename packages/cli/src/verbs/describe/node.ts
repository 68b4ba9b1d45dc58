import {
  ago,
  hasReason,
  Leases,
  milliValue,
  Nodes,
  Pods,
  ResourceSlices,
  wholeValue,
} from '@coxswain/api';
import { addLists, podAmounts } from '@coxswain/api/quota';
import type { Lease } from '@coxswain/api/types/coordination-v1';
import type { Node, Pod, ResourceList, Taint } from '@coxswain/api/types/core-v1';
import type { ResourceSlice } from '@coxswain/api/types/resource-v1';
import { type Ask, type Describer, describer } from './describer.ts';
import {
  amounts,
  entriesOf,
  labelsOf,
  type Lines,
  quantityText,
  row,
  section,
  table,
  timeText,
  values,
  watchedConditions,
} from './lines.ts';

interface Found {
  /** Undefined where the user may not see pods. */
  readonly pods: readonly Pod[] | undefined;
  readonly slices: readonly ResourceSlice[];
  readonly lease: Lease | Error;
}

async function ask(from: Ask, { metadata: { name } }: Node): Promise<Found> {
  const fields = `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed`;
  const [pods, slices, lease] = await Promise.all([
    from.list(Pods, '', { fields }).catch((error: unknown) => {
      if (hasReason(error, 'Forbidden')) return undefined;
      throw error;
    }),
    from.list(ResourceSlices, '', { fields: `spec.nodeName=${name}` }).catch(() => []),
    from.get(Leases, 'kube-node-lease', name).catch((error: Error) => error),
  ]);
  return { pods, slices, lease };
}

const rolePrefix = 'node-role.kubernetes.io/';

const rolesOf = ({ metadata }: Node): string => {
  const roles = Object.entries(metadata.labels ?? {}).map(([key, value]) =>
    key.startsWith(rolePrefix)
      ? key.slice(rolePrefix.length)
      : key === 'kubernetes.io/role'
        ? value
        : '',
  );
  return [...new Set(roles.filter(Boolean))].toSorted().join(',') || '<none>';
};

const taintText = ({ key, value = '', effect }: Taint): string => {
  if (!effect) return value ? `${key}=${value}:` : key;
  return `${key}${value && `=${value}`}:${effect}`;
};

const taintKey = ({ key, effect }: Taint): string => `${effect},${key}`;

const leaseLines = (lease: Lease | Error): Lines =>
  lease instanceof Error
    ? [`Lease:\tFailed to get lease: ${lease.message}`]
    : [
        'Lease:',
        [
          `HolderIdentity:\t${lease.spec?.holderIdentity ?? '<unset>'}`,
          ...(['acquireTime', 'renewTime'] as const).map((field) => {
            const time = lease.spec?.[field];
            const label = field === 'acquireTime' ? 'AcquireTime' : 'RenewTime';
            return `${label}:\t${time ? timeText(time) : '<unset>'}`;
          }),
        ],
      ];

/** Pools of devices that are shown. */
const poolsMax = 10;

function sliceLines(slices: readonly ResourceSlice[]): Lines {
  if (slices.length === 0) return [];
  const pools = Object.groupBy(slices, ({ spec }) => `${spec.driver}/${spec.pool.name}`);
  const rows = entriesOf(pools).map(([, each = []]) => {
    const { driver, pool } = each[0]!.spec;
    const devices = each.reduce((sum, { spec }) => sum + (spec.devices ?? []).length, 0);
    return `${driver}\t${pool.name}\t${each.length}\t${devices}`;
  });
  const hidden = rows.length - poolsMax;
  return [
    'Node-Local ResourceSlices:',
    table(
      ['Driver', 'Pool', 'Slices', 'Devices'],
      [...rows.slice(0, poolsMax), hidden > 0 && `...and ${hidden} more pools`],
    ),
  ];
}

const systemFacts = [
  ['Machine ID', 'machineID'],
  ['System UUID', 'systemUUID'],
  ['Boot ID', 'bootID'],
  ['Kernel Version', 'kernelVersion'],
  ['OS Image', 'osImage'],
  ['Operating System', 'operatingSystem'],
  ['Architecture', 'architecture'],
  ['Container Runtime Version', 'containerRuntimeVersion'],
  ['Kubelet Version', 'kubeletVersion'],
] as const;

/** The whole per cent that an amount is of what the node can give; a sum of nothing gives 0, a pod alone Go's number for it. */
function share(name: string, amount: string, allocatable: ResourceList, none = '0'): string {
  const size = name === 'cpu' ? milliValue : wholeValue;
  const whole = size(allocatable[name] ?? '0');
  if (whole === 0) return none;
  return String(Math.trunc((size(amount) / whole) * 100));
}

/** What Go makes of a division by nothing. */
const overflow = '-9223372036854775808';

function podRows(pods: readonly Pod[], allocatable: ResourceList, nowMs: number): Lines {
  const columns = ['CPU Requests', 'CPU Limits', 'Memory Requests', 'Memory Limits', 'Age'];
  return table(
    ['Namespace', 'Name', '', ...columns],
    pods.map((pod) => {
      const lists = [podAmounts(pod, 'requests'), podAmounts(pod, 'limits')];
      const cells = ['cpu', 'memory'].flatMap((name) =>
        lists.map((list) => {
          const amount = list[name] ?? '0';
          return `${quantityText(amount)} (${share(name, amount, allocatable, overflow)}%)`;
        }),
      );
      const { namespace, name, creationTimestamp } = pod.metadata;
      return [namespace, name, '', ...cells, ago(creationTimestamp, nowMs)].join('\t');
    }),
  );
}

const standard = ['cpu', 'memory', 'ephemeral-storage'];

function totalRows(pods: readonly Pod[], allocatable: ResourceList): Lines {
  const sum = (kind: 'requests' | 'limits'): ResourceList =>
    pods.reduce<ResourceList>((all, pod) => addLists(all, podAmounts(pod, kind, 'wanted')), {});
  const lists = [sum('requests'), sum('limits')];
  const names = Object.keys(allocatable).toSorted();
  const pages = names.filter((name) => name.startsWith('hugepages-'));
  const others = names.filter((name) => ![...standard, ...pages, 'pods'].includes(name));
  const shared = [...standard, ...pages].map((name) =>
    [
      name,
      ...lists.map((list) => {
        const amount = list[name] ?? '0';
        return `${quantityText(amount)} (${share(name, amount, allocatable)}%)`;
      }),
    ].join('\t'),
  );
  return table(
    ['Resource', 'Requests', 'Limits'],
    [
      ...shared,
      ...others.map((name) => [name, ...lists.map((list) => quantityText(list[name]))].join('\t')),
    ],
  );
}

function usage(pods: readonly Pod[] | undefined, { status }: Node, nowMs: number): Lines {
  if (!pods) return ['Pods:\tnot authorized'];
  const { capacity = {}, allocatable = {} } = status ?? {};
  const given = Object.keys(allocatable).length > 0 ? allocatable : capacity;
  return [
    `Non-terminated Pods:\t(${pods.length} in total)`,
    podRows(pods, given, nowMs),
    'Allocated resources:',
    ['(Total limits may be over 100 percent, i.e., overcommitted.)', ...totalRows(pods, given)],
  ];
}

function lines(object: Node, { pods, slices, lease }: Found, nowMs: number): Lines {
  const { metadata, spec, status } = object;
  return [
    `Name:\t${metadata.name}`,
    `Roles:\t${rolesOf(object)}`,
    ...labelsOf(metadata),
    `CreationTimestamp:\t${timeText(metadata.creationTimestamp)}`,
    ...values(
      'Taints',
      (spec?.taints ?? []).toSorted((a, b) => (taintKey(a) < taintKey(b) ? -1 : 1)).map(taintText),
    ),
    `Unschedulable:\t${spec?.unschedulable ?? false}`,
    ...leaseLines(lease),
    ...watchedConditions(
      'LastHeartbeatTime',
      (status?.conditions ?? []).map((each) => ({ ...each, at: each.lastHeartbeatTime })),
    ),
    'Addresses:',
    (status?.addresses ?? []).map(({ type, address }) => `${type}:\t${address}`),
    ...section('Capacity:', amounts(status?.capacity)),
    ...section('Allocatable:', amounts(status?.allocatable)),
    ...sliceLines(slices),
    'System Info:',
    systemFacts.map(([label, field]) => `${label}:\t${status?.nodeInfo?.[field] ?? ''}`),
    row('PodCIDR', spec?.podCIDR),
    row('PodCIDRs', spec?.podCIDRs?.join(',')),
    row('ProviderID', spec?.providerID),
    ...usage(pods, object, nowMs),
  ];
}

/** A Node. Its events are found by its uid, and by its name in place of one, as kubelets write it. */
export const node: Describer = describer({
  resource: Nodes,
  ask,
  lines,
  events: ({ metadata }) => [
    { kind: 'Node', metadata },
    { kind: 'Node', metadata: { ...metadata, uid: metadata.name } },
  ],
});
