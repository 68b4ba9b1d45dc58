import { Pods, ResourceClaims } from '@coxswain/api';
import type {
  ResourceClaim,
  ResourceClaimConsumerReference,
} from '@coxswain/api/types/resource-v1';
import type { Controller, Observed, Plan } from '@coxswain/control';
import { finalizer, isDone, podClaimKeys } from './claim-names.ts';

/** A pod that is not seen may be so new that its claim was heard of first. */
const unseenMs = 1000;
/** So long a claim without devices keeps what guards them: the scheduler sets it before it writes them. */
const idleMs = 5000;

/** Takes pods that have ended off their claims, devices off claims that nobody uses, and removes claims of ended pods. */
export const resourceClaimConsumers: Controller<ResourceClaim> = {
  name: 'resourceclaim-consumers',
  account: 'resource-claim-controller',
  reconciles: ResourceClaims,
  watches: [
    {
      resource: Pods,
      // Those that still run need their claims.
      keys: (now, before) => (now && !isDone(now) ? [] : podClaimKeys((now ?? before)!)),
    },
  ],
  writes: [
    { resource: ResourceClaims, verbs: ['update', 'delete'] },
    { resource: ResourceClaims, subresource: 'status', verbs: ['update'] },
  ],
  plan: (claim, observed) => (claim ? plan(claim, observed) : { actions: [] }),
};

function plan(claim: ResourceClaim, observed: Observed): Plan {
  const { reservedFor = [], allocation } = claim.status ?? {};
  const ends = reservedFor.map((each) => endOf(each, claim, observed));
  const remaining = reservedFor.filter((_, at) => ends[at] !== 'gone');
  const again = ends.includes('unseen') ? { requeueAfterMs: unseenMs } : {};
  const isGuarded = claim.metadata.finalizers?.includes(finalizer) ?? false;
  if (remaining.length < reservedFor.length)
    return { actions: [withStatus(claim, remaining, isGuarded)], ...again };
  if (remaining.length > 0) return { actions: [], ...again };
  const isLeaving = claim.metadata.deletionTimestamp !== undefined;
  if (isGuarded && isLeaving && allocation) return { actions: [withStatus(claim, [], true)] };
  if (isGuarded && !allocation) {
    const waitMs = isLeaving ? 0 : observed.since('without devices') + idleMs - observed.nowMs;
    if (waitMs <= 0) return { actions: [unguarded(claim)] };
    return { actions: removal(claim, observed), requeueAfterMs: waitMs };
  }
  return { actions: removal(claim, observed) };
}

/** Whether a consumer still needs the claim; others than pods are left to who put them there. */
function endOf(
  { apiGroup, resource, name, uid }: ResourceClaimConsumerReference,
  { metadata }: ResourceClaim,
  observed: Observed,
): 'here' | 'gone' | 'unseen' {
  if (apiGroup || resource !== 'pods') return 'here';
  const pod = observed.get(Pods, name, metadata.namespace);
  if (pod) return pod.metadata.uid !== uid || isDone(pod) ? 'gone' : 'here';
  return observed.since(`pod ${uid} is not seen`) + unseenMs <= observed.nowMs ? 'gone' : 'unseen';
}

/** The claim for those that remain; without any it gives its devices back. */
function withStatus(
  claim: ResourceClaim,
  reservedFor: readonly ResourceClaimConsumerReference[],
  isGuarded: boolean,
): Plan['actions'][number] {
  const { reservedFor: _before, allocation, ...others } = claim.status ?? {};
  const isUsed = reservedFor.length > 0;
  const status = {
    ...others,
    ...(allocation && (isUsed || !isGuarded) && { allocation }),
    ...(isUsed && { reservedFor }),
  };
  const object: ResourceClaim = { ...claim, status };
  return { do: 'update', resource: ResourceClaims, object, subresource: 'status' };
}

function unguarded(claim: ResourceClaim): Plan['actions'][number] {
  const finalizers = claim.metadata.finalizers!.filter((each) => each !== finalizer);
  const object = { ...claim, metadata: { ...claim.metadata, finalizers } };
  return { do: 'update', resource: ResourceClaims, object };
}

/** A claim that was made for a pod goes with the pod's work, not only with the pod. */
function removal(claim: ResourceClaim, observed: Observed): Plan['actions'] {
  const { namespace, ownerReferences = [], deletionTimestamp } = claim.metadata;
  const owner = ownerReferences.find(
    ({ controller, apiVersion, kind }) => controller && apiVersion === 'v1' && kind === 'Pod',
  );
  const pod = owner && observed.get(Pods, owner.name, namespace);
  if (!pod || deletionTimestamp || (pod.metadata.uid === owner.uid && !isDone(pod))) return [];
  return [{ do: 'remove', resource: ResourceClaims, object: claim }];
}
