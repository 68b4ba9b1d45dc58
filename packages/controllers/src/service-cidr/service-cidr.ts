import { formatTime, IPAddresses, type KubeObject, ServiceCIDRs } from '@coxswain/api';
import type { Condition } from '@coxswain/api/types/meta';
import type { IPAddress, ServiceCIDR } from '@coxswain/api/types/networking-v1';
import { keyOf } from '@coxswain/client';
import type { Action, Controller, Observed } from '@coxswain/control';
import { contains, gives, overlaps, rangeOf, type ServiceRange } from './service-range.ts';

const finalizer = 'networking.k8s.io/service-cidr-finalizer';
const managedBy = 'ipaddress.kubernetes.io/managed-by';
const allocator = 'ipallocator.k8s.io';
/** Until then a server may still give addresses of a range that is on its way out. */
const deletionGraceMs = 10_000;

const rangesOf = ({ spec }: ServiceCIDR): readonly ServiceRange[] =>
  (spec.cidrs ?? []).flatMap((text) => rangeOf(text) ?? []);

const isAllocated = ({ metadata }: IPAddress): boolean =>
  metadata.labels?.[managedBy] === allocator;

const ready = {
  type: 'Ready',
  status: 'True',
  reason: '',
  message: 'Kubernetes Service CIDR is ready',
};
const terminating = {
  type: 'Ready',
  status: 'False',
  reason: 'Terminating',
  message:
    'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
};

/** Protects service ranges that are in use, and says of each whether it can be used. */
export const serviceCIDRController: Controller<ServiceCIDR> = {
  name: 'service-cidr-controller',
  account: 'service-cidrs-controller',
  reconciles: ServiceCIDRs,
  // A range that comes or goes may set free another that it overlaps.
  keys: (now, before, observed) => {
    const own = rangesOf((now ?? before)!);
    return [
      keyOf((now ?? before)!),
      ...observed
        .all(ServiceCIDRs)
        .filter((other) => rangesOf(other).some((range) => own.some((one) => overlaps(one, range))))
        .map(keyOf),
    ];
  },
  watches: [
    {
      resource: IPAddresses,
      keys: (now, before, observed) =>
        isAllocated((now ?? before)! as IPAddress)
          ? observed
              .all(ServiceCIDRs)
              .filter((each) => holds(each, (now ?? before)!.metadata.name))
              .map(keyOf)
          : [],
    },
  ],
  writes: [
    { resource: ServiceCIDRs, verbs: ['update'] },
    { resource: ServiceCIDRs, verbs: ['patch'], subresource: 'status' },
  ],
  plan(range, observed) {
    if (!range) return { actions: [] };
    if (!range.metadata.deletionTimestamp)
      return { actions: [...protect(range), ...say(range, ready, observed)] };
    if (!mayGo(range, observed)) return { actions: say(range, terminating, observed) };
    const leftMs = Date.parse(range.metadata.deletionTimestamp) + deletionGraceMs - observed.nowMs;
    return leftMs > 0 ? { actions: [], requeueAfterMs: leftMs } : { actions: release(range) };
  },
};

const holds = (range: ServiceCIDR, address: string): boolean =>
  rangesOf(range).some((one) => gives(one, address));

/** A range may go when others contain all of it, or when no address is left without one. */
function mayGo(range: ServiceCIDR, observed: Observed): boolean {
  const others = observed
    .all(ServiceCIDRs)
    .filter(({ metadata }) => metadata.name !== range.metadata.name);
  const isContained = rangesOf(range).every((own) =>
    others.some((other) => rangesOf(other).some((one) => contains(one, own))),
  );
  if (isContained) return true;
  return !observed
    .all(IPAddresses)
    .some(
      (address) =>
        isAllocated(address) &&
        holds(range, address.metadata.name) &&
        !others.some((other) => holds(other, address.metadata.name)),
    );
}

const withFinalizers = (object: ServiceCIDR, finalizers: readonly string[]): readonly Action[] => [
  {
    do: 'update',
    resource: ServiceCIDRs,
    object: { ...object, metadata: { ...object.metadata, finalizers } } as KubeObject,
  },
];

const protect = (range: ServiceCIDR): readonly Action[] => {
  const { finalizers = [] } = range.metadata;
  return finalizers.includes(finalizer) ? [] : withFinalizers(range, [...finalizers, finalizer]);
};

const release = (range: ServiceCIDR): readonly Action[] => {
  const { finalizers = [] } = range.metadata;
  return finalizers.includes(finalizer)
    ? withFinalizers(
        range,
        finalizers.filter((one) => one !== finalizer),
      )
    : [];
};

function say(
  range: ServiceCIDR,
  condition: Omit<Condition, 'lastTransitionTime'>,
  { nowMs }: Observed,
): readonly Action[] {
  const conditions = range.status?.conditions ?? [];
  const known = conditions.find(({ type }) => type === condition.type);
  const { status, reason, message } = condition;
  if (known?.status === status && known.reason === reason && known.message === message) return [];
  const others = conditions.filter(({ type }) => type !== condition.type);
  const next = [...others, { ...condition, lastTransitionTime: formatTime(nowMs) }];
  return [
    {
      do: 'patch',
      resource: ServiceCIDRs,
      object: range as KubeObject,
      type: 'merge',
      subresource: 'status',
      patch: { status: { conditions: next } },
    },
  ];
}
