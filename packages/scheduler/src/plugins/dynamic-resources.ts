import { matchesTerm } from '@coxswain/api/nodes';
import type { Pod } from '@coxswain/api/types/core-v1';
import type { AllocationResult, ResourceClaim } from '@coxswain/api/types/resource-v1';
import type { ClaimTaken, DeviceReservation, Devices, GivenUp } from '../framework/devices.ts';
import type { ClusterEvent } from '../framework/event.ts';
import { fits, rejected, type SchedulerPlugin, type Verdict } from '../framework/plugin.ts';
import type { NodeInfo } from '../nodes/node-info.ts';
import { allocate, type Supply } from '../resources/allocate.ts';
import { isOverdue, readiness } from '../resources/binding-conditions.ts';
import {
  emptyClaimFor,
  extendedResources,
  inMemoryName,
  type Mapping,
  missingOn,
  requestsFor,
} from '../resources/extended-claim.ts';
import { claimsOfPod } from '../resources/pod-claims.ts';
import { poolsFor } from '../resources/pools.ts';
import { AllocationError, claimKey } from '../resources/requests.ts';

/** What is known of one pod's claims in its cycle. */
interface State {
  readonly devices: Devices;
  /** Those of the user. */
  readonly claims: readonly ResourceClaim[];
  /** The one that stands for extended resources, and these. */
  readonly extended: ResourceClaim | undefined;
  readonly names: readonly string[];
  readonly supply: Supply;
  /** What was found for nodes. */
  readonly found: Map<string, Found>;
  /** Allocated, but not where the pod could run. */
  readonly unavailable: Set<ResourceClaim>;
}

/** What a node has for the claims of a pod. */
interface Found {
  /** Claims that had no devices, with those that the node has for them. */
  readonly allocations: () => ReadonlyMap<ResourceClaim, AllocationResult>;
  readonly extended?: { readonly claim: ResourceClaim; readonly mappings: readonly Mapping[] };
}

/** What the configuration may say. */
export interface DynamicResourcesArgs {
  readonly filterTimeoutMs: number; // 0: none
  readonly bindingTimeoutMs: number;
}

const nothingToGive = 'no new claims to deallocate';
/** Points for the first alternative of a request; each further one is worth less. */
const alternativesMax = 8;

/** Finds devices for the claims of a pod, and has them written before the pod is bound. */
export const dynamicResourcesWith = (
  args: DynamicResourcesArgs,
): SchedulerPlugin<State, State> => ({
  name: 'DynamicResources',
  wakeOn: [
    { event: 'node/add' },
    { event: 'node/labels' },
    { event: 'node/allocatable' },
    { event: 'resource-claim', cures: (pod, event, { devices }) => isCured(pod, event, devices) },
    {
      event: 'pod/updated',
      cures: (_pod, event, { devices }) =>
        event.type === 'pod/updated' &&
        JSON.stringify(event.pod.status?.resourceClaimStatuses) !==
          JSON.stringify(event.before.status?.resourceClaimStatuses) &&
        typeof claimsOfPod(event.pod, devices) !== 'string',
    },
    { event: 'device-class' },
    { event: 'slice' },
  ],
  admit(pod, { devices }) {
    const claims = claimsOfPod(pod, devices);
    return typeof claims === 'string' ? rejected(claims, false) : fits;
  },
  prepare(pod, { around: { devices } }) {
    const claims = claimsOfPod(pod, devices);
    if (typeof claims === 'string') return { is: 'rejected', reason: claims };
    const names = extendedResources(pod, devices.classFor);
    if (claims.length === 0 && !names) return { is: 'skip' };
    const reason = problemOf(claims, devices);
    if (reason !== undefined) return { is: 'rejected', reason };
    const { deviceClass, allocated } = devices;
    const stepsMax = args.filterTimeoutMs * stepsPerMs || Number.POSITIVE_INFINITY;
    const state: State = {
      ...{ devices, claims, names: names ?? [] },
      extended: names && (devices.extendedClaimOf(pod) ?? emptyClaimFor(pod)),
      supply: { deviceClass, allocated, counters: new Map(), read: new Map(), stepsMax },
      ...{ found: new Map(), unavailable: new Set() },
    };
    return { is: 'ready', state };
  },
  filter: (state, node, pod) => filter(state, node, pod, args.bindingTimeoutMs),
  scoring: {
    weight: 2,
    prepare: (_pod, _nodes, _scene, known) => {
      const state = known as State | undefined;
      return state?.claims.some(hasAlternatives) ? state : undefined;
    },
    score: (state, node) => scoreOf(state, node.name),
    normalize: 'higherIsBetter',
  },
  reserve: (state, node, pod) => reserve(state, node.name, pod, args.bindingTimeoutMs),
  makeRoom: (state, pod) => (state ? makeRoom(state, pod) : { reason: nothingToGive }),
});

/** How many steps of a search count as a millisecond of upstream's time for it: the same search always ends alike. */
const stepsPerMs = 100;

/** As in the default profile. */
export const dynamicResources: SchedulerPlugin = dynamicResourcesWith({
  filterTimeoutMs: 10_000,
  bindingTimeoutMs: 600_000,
});

/** Devices that come free help whoever lacks some; of what else a claim tells, only its own pods. */
function isCured(pod: Pod, event: ClusterEvent, devices: Devices): boolean {
  if (event.type !== 'resource-claim') return false;
  const claims = claimsOfPod(pod, devices);
  if (typeof claims === 'string') return false;
  const { now, before } = event;
  if (before?.status?.allocation && !now.status?.allocation) return true;
  if (!claims.some(({ metadata }) => metadata.uid === now.metadata.uid)) return false;
  return !before || JSON.stringify(before.status) !== JSON.stringify(now.status);
}

/** What no node can change. */
function problemOf(claims: readonly ResourceClaim[], devices: Devices): string | undefined {
  for (const claim of claims) {
    if (claim.status?.allocation) continue;
    if (devices.isPending(claim))
      return `resource claim ${claimKey(claim)} is in the process of being allocated`;
    for (const { name, exactly, firstAvailable = [] } of claim.spec.devices?.requests ?? []) {
      const wanted = exactly
        ? [[name, exactly.deviceClassName] as const]
        : firstAvailable.map((each) => [`${name}/${each.name}`, each.deviceClassName] as const);
      if (wanted.length === 0)
        return `resource claim ${claimKey(claim)}, request ${name}: unknown request type`;
      for (const [request, of] of wanted)
        if (!devices.deviceClass(of))
          return `request ${request}: device class ${of} does not exist`;
    }
  }
  return undefined;
}

function filter(state: State, info: NodeInfo, pod: Pod, timeoutMs: number): Verdict {
  const extended = extendedOn(state, info, pod);
  if (typeof extended === 'string') return rejected(extended, false);
  const unavailable = state.claims.filter((claim) => !isAvailable(claim, info, state, timeoutMs));
  const open = state.claims.filter(({ status }) => !status?.allocation);
  const wanted = extended ? [...open, extended.claim] : open;
  const node = info.node;
  const pools = poolsFor(node, state.devices.slices());
  const results = found(() => allocate(wanted, node, pools, state.supply));
  if (results === 'invalid') return rejected('invalid resource pools were encountered', false);
  if (results === 'none') return rejected('cannot allocate all claims', false);
  for (const claim of unavailable) state.unavailable.add(claim);
  if (unavailable.length > 0) return rejected('resourceclaim not available on the node', false);
  const allocations = (): ReadonlyMap<ResourceClaim, AllocationResult> => {
    const all = results();
    return new Map(wanted.map((claim, at) => [claim, all[at]!]));
  };
  state.found.set(info.name, { allocations, ...(extended && { extended }) });
  return fits;
}

/** What is wrong everywhere is an error, and no verdict on a node. */
function found<T>(search: () => T): T {
  try {
    return search();
  } catch (cause) {
    if (!(cause instanceof AllocationError)) throw cause;
    throw new Error(`running "DynamicResources" filter plugin: ${cause.message}`, { cause });
  }
}

/** The claim for extended resources that the node lacks, if it lacks any; a text where the pod cannot be there. */
function extendedOn(
  { extended, names, devices }: State,
  info: NodeInfo,
  pod: Pod,
): Found['extended'] | string {
  if (!extended) return undefined;
  if (extended.spec.devices?.requests) return 'cannot schedule extended resource claim';
  const missing = missingOn(info, names, devices.classFor);
  if (typeof missing === 'string') return missing;
  if (missing.size === 0) return undefined;
  const { requests, mappings } = requestsFor(pod, missing);
  return { claim: { ...extended, spec: { devices: { requests } } }, mappings };
}

/** A claim without devices may get them; one that has them may have them elsewhere, or never get them ready. */
function isAvailable(
  claim: ResourceClaim,
  { node }: NodeInfo,
  { devices }: State,
  timeoutMs: number,
): boolean {
  const { allocation } = claim.status ?? {};
  if (!allocation) return true;
  const { nodeSelector } = allocation;
  if (nodeSelector && !nodeSelector.nodeSelectorTerms.some((term) => matchesTerm(term, node)))
    return false;
  const { is } = readiness(claim);
  return is === 'waiting' ? !isOverdue(claim, devices.nowMs(), timeoutMs) : is === 'done';
}

const hasAlternatives = ({ spec }: ResourceClaim): boolean =>
  spec.devices?.requests?.some(({ firstAvailable }) => firstAvailable?.length) ?? false;

/** More for alternatives that come earlier. */
function scoreOf({ claims, found: of }: State, node: string): number {
  let score = 0;
  const found = of.get(node)?.allocations();
  for (const claim of claims) {
    const allocation = claim.status?.allocation ?? found?.get(claim);
    const taken = new Set((allocation?.devices?.results ?? []).map(({ request }) => request));
    for (const { name, firstAvailable = [] } of claim.spec.devices?.requests ?? [])
      for (const [at, each] of firstAvailable.entries())
        if (taken.has(`${name}/${each.name}`)) score += alternativesMax - at;
  }
  return score;
}

function reserve(
  { claims, found: of }: State,
  node: string,
  pod: Pod,
  timeoutMs: number,
): DeviceReservation | undefined {
  const { extended, ...on } = of.get(node)!;
  const allocations = on.allocations();
  const taken: ClaimTaken[] = claims.map((claim) => ({
    claim,
    allocation: allocations.get(claim),
  }));
  if (extended) {
    const { claim, mappings } = extended;
    taken.push({ claim, allocation: allocations.get(claim), mappings });
  }
  if (taken.length === 0) return undefined;
  return { is: 'devices', pod, node, claims: taken, timeoutMs };
}

/** Gives up devices that keep the pod from where it could run. */
function makeRoom(
  { extended, unavailable }: State,
  pod: Pod,
): { readonly reason: string; readonly givesUp?: GivenUp } {
  const claim = [...unavailable].find(({ status }) =>
    (status?.reservedFor ?? []).every(
      ({ uid }, _at, { length }) => length === 1 && uid === pod.metadata.uid,
    ),
  );
  if (claim)
    return {
      reason: 'deallocation of ResourceClaim completed',
      givesUp: { claim, how: 'deallocate' },
    };
  if (extended && extended.metadata.name !== inMemoryName)
    return {
      reason: 'deletion of ResourceClaim completed',
      givesUp: { claim: extended, how: 'delete' },
    };
  return { reason: 'still not schedulable' };
}
