import { Pods, ResourceClaims, ResourceSlices } from '@coxswain/api';
import { tolerates } from '@coxswain/api/nodes';
import type { Pod } from '@coxswain/api/types/core-v1';
import type {
  DeviceRequestAllocationResult,
  DeviceTaint,
  ResourceClaim,
  ResourceSlice,
} from '@coxswain/api/types/resource-v1';
import { keyOf } from '@coxswain/client';
import type { Controller, Observed, Plan } from '@coxswain/control';
import { same } from '../objects/same.ts';
import { timeMs } from '../objects/time.ts';
import { disruptionStatus } from '../pods/disrupt.ts';
import { claimNameOf, isOwnedBy } from '../resource-claim/claim-names.ts';

type Result = DeviceRequestAllocationResult;

const byPool = 'pool';
const poolOf = ({ spec }: ResourceSlice): string => `${spec.driver}/${spec.pool.name}`;
const resultsOf = ({ status }: ResourceClaim): readonly Result[] =>
  status?.allocation?.devices?.results ?? [];
const poolsOf = (claim: ResourceClaim): readonly string[] => [
  ...new Set(resultsOf(claim).map(({ driver, pool }) => `${driver}/${pool}`)),
];
const userKeys = ({ metadata, status }: ResourceClaim): readonly string[] =>
  (status?.reservedFor ?? []).flatMap(({ resource, name }) =>
    resource === 'pods' ? [`${metadata.namespace}/${name}`] : [],
  );
const evicting = (slice: ResourceSlice | undefined) =>
  (slice?.spec.devices ?? []).flatMap(({ name, taints = [] }) => {
    const own = taints.filter(({ effect }) => effect === 'NoExecute');
    return own.length > 0 ? [{ name, own }] : [];
  });

/** Evicts pods whose devices have NoExecute taints that their claims do not tolerate, or not any longer. */
export const deviceTaintEvictionController: Controller<Pod> = {
  name: 'device-taint-eviction-controller',
  reconciles: Pods,
  keys: (now) => (now?.spec?.nodeName && now.spec.resourceClaims?.length ? [keyOf(now)] : []),
  watches: [
    {
      resource: ResourceClaims,
      keys: (now) => (now ? userKeys(now) : []),
      indexes: { [byPool]: poolsOf },
    },
    {
      resource: ResourceSlices,
      keys: (now, before, observed) =>
        same(evicting(now), evicting(before))
          ? []
          : observed.by(ResourceClaims, byPool, poolOf((now ?? before)!)).flatMap(userKeys),
      indexes: { [byPool]: (slice) => [poolOf(slice)] },
    },
  ],
  writes: [
    { resource: Pods, verbs: ['delete'] },
    { resource: Pods, subresource: 'status', verbs: ['patch'] },
  ],
  workers: 8,
  plan: (pod, observed) =>
    pod?.spec.nodeName && !pod.metadata.deletionTimestamp ? plan(pod, observed) : { actions: [] },
};

function plan(pod: Pod, observed: Observed): Plan {
  const claims = (pod.spec.resourceClaims ?? []).flatMap((entry) => {
    const name = claimNameOf(pod, entry) ?? '';
    const claim = observed.get(ResourceClaims, name, pod.metadata.namespace);
    const isOther =
      entry.resourceClaimTemplateName !== undefined && claim && !isOwnedBy(claim, pod);
    const isUsed = claim?.status?.reservedFor?.some(({ uid }) => uid === pod.metadata.uid);
    return isUsed && !isOther ? [claim!] : [];
  });
  const ends = claims.flatMap(resultsOf).flatMap((result) => endsOf(result, observed));
  if (ends.length === 0) return { actions: [] };
  const leftMs = Math.min(...ends) - observed.nowMs;
  if (leftMs > 0) return { actions: [], requeueAfterMs: leftMs };
  const why = {
    reason: 'DeletionByDeviceTaintManager',
    message: 'Device Taint manager: deleting due to NoExecute taint',
    failed: false,
  };
  return {
    actions: [
      {
        ...{ do: 'event', about: pod, type: 'Normal', reason: 'DeviceTaintManagerEviction' },
        message: 'Marking for deletion',
      },
      ...disruptionStatus(pod, why, observed.nowMs),
      { do: 'remove', resource: Pods, object: pod },
    ],
    why: [{ verdict: 'evicted by a taint of a device', facts: {} }],
  };
}

/** Until when each taint of the device lets its user be; none for those that are tolerated for good. */
function endsOf(
  { driver, pool, device, tolerations = [] }: Result,
  observed: Observed,
): readonly number[] {
  const slices = observed.by(ResourceSlices, byPool, `${driver}/${pool}`);
  const newest = Math.max(...slices.map(({ spec }) => spec.pool.generation));
  const found = slices
    .filter(({ spec }) => spec.pool.generation === newest)
    .flatMap(({ spec }) => spec.devices ?? [])
    .find(({ name }) => name === device);
  return (found?.taints ?? []).flatMap((taint) => {
    if (taint.effect !== 'NoExecute') return [];
    // One that names no effect keeps a device from being passed over, but nobody from being evicted.
    const own = tolerations.filter((each) => each.effect === 'NoExecute' && tolerates(each, taint));
    if (own.some(({ tolerationSeconds }) => tolerationSeconds === undefined)) return [];
    const seconds = own.map(({ tolerationSeconds = 0 }) => Math.max(0, tolerationSeconds));
    return [addedMs(taint) + (own.length > 0 ? Math.min(...seconds) : 0) * 1000];
  });
}

const addedMs = ({ timeAdded }: DeviceTaint): number => timeMs(timeAdded) ?? 0;
