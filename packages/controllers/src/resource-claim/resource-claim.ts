import { type KubeObject, Pods, ResourceClaims, ResourceClaimTemplates } from '@coxswain/api';
import type { Pod, PodResourceClaim } from '@coxswain/api/types/core-v1';
import type { ResourceClaim, ResourceClaimTemplate } from '@coxswain/api/types/resource-v1';
import { keyOf } from '@coxswain/client';
import type { Action, Controller, Observed, Plan } from '@coxswain/control';
import { namespaceIsGoing } from '../objects/going.ts';
import { controllerKeys } from '../objects/owner.ts';
import { isTerminated } from '../pods/state.ts';
import { claimNameOf, entryAnnotation, isOwnedBy, podClaimKeys } from './claim-names.ts';

const byClaim = 'resource claim';
const byTemplate = 'resource claim template';
const templatesOf = ({ metadata, spec }: Pod): readonly string[] =>
  (spec?.resourceClaims ?? []).flatMap(({ resourceClaimTemplateName: name }) =>
    name === undefined ? [] : [`${metadata.namespace}/${name}`],
  );

/** Makes the claims that pods have templates for, and has claims know pods that came to their nodes by another way. */
export const resourceClaimController: Controller<Pod> = {
  name: 'resourceclaim-controller',
  account: 'resource-claim-controller',
  eventSource: 'resource_claim',
  reconciles: Pods,
  keys: (now) => (now?.spec?.resourceClaims?.length ? [keyOf(now)] : []),
  indexes: { [byClaim]: podClaimKeys, [byTemplate]: templatesOf },
  watches: [
    {
      resource: ResourceClaims,
      keys: (now, before, observed) => [
        ...controllerKeys(Pods, now, before),
        ...observed.by(Pods, byClaim, keyOf((now ?? before)!)).map(keyOf),
      ],
    },
    {
      resource: ResourceClaimTemplates,
      keys: (now, before, observed) =>
        now && !before ? observed.by(Pods, byTemplate, keyOf(now)).map(keyOf) : [],
    },
  ],
  writes: [
    { resource: ResourceClaims, verbs: ['create'] },
    { resource: ResourceClaims, subresource: 'status', verbs: ['update'] },
    { resource: Pods, subresource: 'status', verbs: ['patch'] },
  ],
  plan: (pod, observed) =>
    // One that has ended has lost its claims for good.
    pod && !pod.metadata.deletionTimestamp && !isTerminated(pod)
      ? plan(pod, observed)
      : { actions: [] },
};

function plan(pod: Pod, observed: Observed): Plan {
  const entries = pod.spec.resourceClaims ?? [];
  const missing = entries.filter((entry) => isMissing(pod, entry, observed));
  const made = missing.map((entry) => [entry, madeFor(pod, entry, observed)] as const);
  const lacking = made.flatMap(([entry, claim]) => (claim ? [] : [entry]));
  if (lacking.length > 0)
    return { actions: lacking.flatMap((entry) => create(pod, entry, observed)) };
  if (made.length > 0) {
    const resourceClaimStatuses = made.map(([{ name }, claim]) => ({
      name,
      resourceClaimName: claim!.metadata.name,
    }));
    return { actions: [patchStatus(pod, { resourceClaimStatuses })] };
  }
  if (!pod.spec.nodeName) return { actions: [] }; // the scheduler reserves them
  return { actions: entries.flatMap((entry) => reserve(pod, entry, observed)) };
}

/** It is to be made from a template, and is not there, or is another pod's. */
function isMissing(pod: Pod, entry: PodResourceClaim, observed: Observed): boolean {
  if (entry.resourceClaimTemplateName === undefined) return false;
  const known = pod.status?.resourceClaimStatuses?.find(({ name }) => name === entry.name);
  if (!known) return true;
  if (known.resourceClaimName === undefined) return false; // none is needed
  const claim = observed.get(ResourceClaims, known.resourceClaimName, pod.metadata.namespace);
  return !claim || !isOwnedBy(claim, pod);
}

/** Made already, but not told of yet. */
const madeFor = (
  pod: Pod,
  { name }: PodResourceClaim,
  observed: Observed,
): ResourceClaim | undefined =>
  observed
    .owned(ResourceClaims, pod)
    .find(({ metadata }) => metadata.annotations?.[entryAnnotation] === name);

function create(pod: Pod, entry: PodResourceClaim, observed: Observed): readonly Action[] {
  const { namespace } = pod.metadata;
  const name = entry.resourceClaimTemplateName!;
  const said = (why: string) =>
    ({
      type: 'Warning',
      reason: 'FailedResourceClaimCreation',
      message: `PodResourceClaim ${entry.name}: ${why}`,
    }) as const;
  const template = observed.get(ResourceClaimTemplates, name, namespace);
  if (!template) {
    const why = `resource claim template ${JSON.stringify(name)}: resourceclaimtemplate.resource.k8s.io ${JSON.stringify(name)} not found`;
    return [{ do: 'event', about: pod as KubeObject, ...said(why) }];
  }
  const announce = {
    about: pod as KubeObject,
    failed: (error: Error) =>
      namespaceIsGoing(error) ? undefined : said(`create ResourceClaim : ${error.message}`),
  };
  return [
    { do: 'create', resource: ResourceClaims, object: claimFrom(pod, entry, template), announce },
  ];
}

/** Most of a generated name before what the server adds. */
const prefixMax = 57;

function claimFrom(
  { metadata: { name, namespace, uid = '' } }: Pod,
  entry: PodResourceClaim,
  { spec: { metadata, spec } }: ResourceClaimTemplate,
): ResourceClaim {
  const prefix = `${name}-${entry.name}-`;
  // A long one loses of both names.
  const share = (text: string, whole: number): string =>
    text.slice(0, Math.trunc((text.length * prefixMax) / whole));
  const generateName =
    prefix.length <= prefixMax
      ? prefix
      : `${share(name, prefix.length)}-${share(entry.name, prefix.length)}`;
  return {
    apiVersion: `${ResourceClaims.group}/${ResourceClaims.version}`,
    kind: ResourceClaims.kind,
    metadata: {
      // The server chooses the name.
      ...({ generateName, namespace } as ResourceClaim['metadata']),
      annotations: { ...metadata?.annotations, [entryAnnotation]: entry.name },
      ...(metadata?.labels && { labels: metadata.labels }),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid, controller: true }],
    },
    spec,
  };
}

const patchStatus = (pod: Pod, status: object): Action => ({
  ...{ do: 'patch', resource: Pods, object: pod, type: 'strategic', subresource: 'status' },
  patch: { metadata: { uid: pod.metadata.uid }, status },
});

/** A pod that is on its node already uses claims with devices, whoever put it there. */
function reserve(pod: Pod, entry: PodResourceClaim, observed: Observed): readonly Action[] {
  const { name, namespace, uid = '' } = pod.metadata;
  const claim = observed.get(ResourceClaims, claimNameOf(pod, entry) ?? '', namespace);
  const isOther = entry.resourceClaimTemplateName !== undefined && claim && !isOwnedBy(claim, pod);
  if (!claim?.status?.allocation || isOther) return [];
  const { reservedFor = [] } = claim.status;
  if (reservedFor.some((each) => each.uid === uid)) return [];
  const consumer = { resource: 'pods', name, uid };
  const object = { ...claim, status: { ...claim.status, reservedFor: [...reservedFor, consumer] } };
  return [{ do: 'update', resource: ResourceClaims, object, subresource: 'status' }];
}
