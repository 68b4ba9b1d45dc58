import { prefixOf } from '../../packages/apiserver/src/rest/catalog.ts';
import type { Fields } from '../scene/model.ts';
import type { KeptCache, Process } from '../scene/process.ts';
import type { Invariant, View } from './invariant.ts';
import { controllerOf, hasCondition, isActive, isLeaving, isReady, nameOf } from './pods.ts';

/** Every cache of every component holds what the store holds. */
export const cachesEqualStore: Invariant = {
  name: 'caches equal the store',
  watch: (view) => ({
    *end() {
      for (const process of view.processes.values())
        for (const kept of process.caches) yield* cacheDiffers(view, process, kept);
    },
  }),
};

function* cacheDiffers(
  { model }: View,
  process: Process,
  { cache, resource, selection }: KeptCache,
): Generator<string> {
  const prefix = prefixOf(resource, false);
  const [field, value] = selection.fields?.split('=') ?? [];
  const isMeant = (object: Fields | undefined): boolean =>
    field === undefined ||
    (field === 'metadata.name' ? object?.metadata.name : object?.['spec'].nodeName) === value;
  const held = new Map(
    cache
      .all()
      .map(({ metadata: { namespace, name, resourceVersion } }) => [
        prefix + (namespace ? `${namespace}/${name}` : name),
        Number(resourceVersion),
      ]),
  );
  const who = `${process.role.name}'s cache of ${resource.resource}`;
  const kind = prefix.slice('/registry/'.length, -1);
  for (const { key, revision, object } of model.all(kind)) {
    if (!isMeant(object)) continue;
    const seen = held.get(key);
    held.delete(key);
    if (seen !== revision) yield `${who} has ${key} of ${seen ?? 'nowhere'}; it is of ${revision}`;
  }
  for (const key of held.keys()) yield `${who} has ${key}, which is gone`;
}

/** Nothing belongs to what is gone, nothing is forever on its way out, and every pod is on a node that exists. */
export const nothingLeftOver: Invariant = {
  name: 'nothing left over',
  watch: ({ model, nowMs }) => ({
    *end() {
      const uids = new Set<string>();
      for (const kind of model.kinds)
        for (const { metadata } of model.objects(kind)) uids.add(metadata.uid!);
      for (const kind of model.kinds)
        for (const object of model.objects(kind)) {
          const { ownerReferences = [], deletionTimestamp } = object.metadata;
          const what = `${object.kind} ${nameOf(object)}`;
          if (ownerReferences.length > 0 && !ownerReferences.some(({ uid }) => uids.has(uid)))
            yield `${what} belongs to ${ownerReferences[0]!.kind} ${ownerReferences[0]!.name}, which is gone`;
          // What is asked to end now may take as long as its grace.
          if (deletionTimestamp && Date.parse(deletionTimestamp) + 60_000 < nowMs())
            yield `${what} was to go at ${deletionTimestamp}`;
        }
      const nodes = new Set([...model.objects('minions')].map(({ metadata }) => metadata.name));
      for (const pod of model.objects('pods')) {
        const { nodeName } = pod['spec'];
        if (nodeName && !nodes.has(nodeName))
          yield `pod ${nameOf(pod)} is on ${nodeName}, which is gone`;
      }
    },
  }),
};

const isIn = (
  pod: Fields,
  namespace: string | undefined,
  labels: Record<string, string>,
): boolean =>
  pod.metadata.namespace === namespace &&
  Object.entries(labels).every(([name, value]) => pod.metadata.labels?.[name] === value);

/** How many pods a workload is to have, by kind; undefined: it says nothing. */
const sizes: Readonly<Record<string, (object: Fields, nodes: number) => number>> = {
  deployments: (object) => object['spec'].replicas ?? 1,
  statefulsets: (object) => object['spec'].replicas ?? 1,
  daemonsets: (_, nodes) => nodes,
};

/** Every workload has its pods, all ready and all of the newest template, and says so. */
export const workloadsAreWell: Invariant = {
  name: 'workloads are well',
  watch: ({ model }) => ({
    *end() {
      const nodes = [...model.objects('minions')];
      for (const node of nodes) {
        const { taints = [], unschedulable } = node['spec'];
        if (!hasCondition(node, 'Ready')) yield `${node.metadata.name} is not Ready`;
        if (taints.length > 0 && !unschedulable)
          yield `${node.metadata.name} keeps the taint ${taints[0].key}`;
      }
      for (const [kind, sizeOf] of Object.entries(sizes))
        for (const object of model.objects(kind)) {
          const { spec, status = {} } = object as Fields;
          const what = `${object.kind} ${nameOf(object)}`;
          const pods = [...model.objects('pods')].filter((pod) =>
            isIn(pod, object.metadata.namespace, spec.selector.matchLabels),
          );
          const [size, ready] = [sizeOf(object, nodes.length), pods.filter(isReady).length];
          const active = pods.filter(isActive).length;
          if (active !== size || ready !== size)
            yield `${what} has ${active} pods, ${ready} of them ready; it is to have ${size}`;
          if (status.observedGeneration !== object.metadata.generation)
            yield `${what} has seen generation ${status.observedGeneration} of ${object.metadata.generation}`;
          const told = status.readyReplicas ?? status.numberReady ?? 0;
          const updated = status.updatedReplicas ?? status.updatedNumberScheduled ?? 0;
          if (told !== size || updated !== size)
            yield `${what} tells of ${told} ready and ${updated} new pods; it has ${size}`;
        }
      for (const set of model.objects('replicasets'))
        if ((set['status']?.readyReplicas ?? 0) !== (set['spec'].replicas ?? 1))
          yield `ReplicaSet ${nameOf(set)} tells of ${set['status']?.readyReplicas} ready pods of ${set['spec'].replicas}`;
    },
  }),
};

/** Every Job that may run has ended, with its pods counted and let go; CronJobs keep to their times. */
export const jobsEnd: Invariant = {
  name: 'jobs end',
  watch: ({ model, nowMs }) => ({
    *end() {
      const live = new Set<string>();
      for (const job of model.objects('jobs')) {
        const { spec, status = {}, metadata } = job as Fields;
        const isOver = hasCondition(job, 'Complete') || hasCondition(job, 'Failed');
        if (!isOver) live.add(metadata.uid!);
        const isYoung = Date.parse(metadata.creationTimestamp!) + 120_000 > nowMs();
        if (!isOver && !spec.suspend && !isYoung) yield `Job ${nameOf(job)} has not ended`;
        if (hasCondition(job, 'Complete') && status.succeeded !== (spec.completions ?? 1))
          yield `Job ${nameOf(job)} is complete with ${status.succeeded} of ${spec.completions ?? 1}`;
        const left = status.uncountedTerminatedPods;
        if (isOver && (left?.succeeded?.length || left?.failed?.length || status.active))
          yield `Job ${nameOf(job)} has ended and still has pods to count`;
      }
      for (const pod of model.objects('pods')) {
        const owner = controllerOf(pod);
        const isHeld = pod.metadata.finalizers?.includes('batch.kubernetes.io/job-tracking');
        if (isHeld && !live.has(owner?.uid ?? ''))
          yield `pod ${nameOf(pod)} is held for a Job that has ended`;
      }
      for (const cron of model.objects('cronjobs')) {
        const { metadata, spec, status = {} } = cron as Fields;
        if (spec.suspend || isLeaving(cron)) continue;
        const periodMs = Number(/^\*\/(\d+)/.exec(spec.schedule)![1]) * 60_000;
        const sinceMs = nowMs() - Date.parse(status.lastScheduleTime ?? metadata.creationTimestamp);
        const isBusy = spec.concurrencyPolicy === 'Forbid' && status.active?.length > 0;
        if (sinceMs > periodMs + 15_000 && !isBusy)
          yield `CronJob ${nameOf(cron)} ran ${Math.round(sinceMs / 1000)}s ago`;
      }
    },
  }),
};

/** Services lead to all ready pods and to no others; budgets tell what is so. */
export const servicesLeadToReadyPods: Invariant = {
  name: 'services lead to ready pods',
  watch: ({ model }) => ({
    *end() {
      for (const service of model.objects('services/specs')) {
        const { selector } = service['spec'];
        const { namespace, name } = service.metadata;
        if (!selector) continue;
        const pods = [...model.objects('pods')].filter((pod) => isIn(pod, namespace, selector));
        const ready = addresses(pods.filter(isReady).map((pod) => pod['status'].podIP));
        const sliced = [...model.objects('endpointslices')]
          .filter(({ metadata }) =>
            isIn({ metadata } as Fields, namespace, { 'kubernetes.io/service-name': name }),
          )
          .flatMap((slice) => slice['endpoints'] ?? [])
          .filter(({ conditions }) => conditions.ready)
          .flatMap((endpoint) => endpoint.addresses as string[]);
        const endpoints = model.get(`/registry/services/endpoints/${namespace}/${name}`)?.object;
        const listed: string[] = (endpoints?.['subsets'] ?? []).flatMap((subset: any) =>
          (subset.addresses ?? []).map(({ ip }: { ip: string }) => ip),
        );
        for (const [what, told] of [
          ['slices', sliced],
          ['Endpoints', listed],
        ] as const)
          if (addresses(told) !== ready)
            yield `the ${what} of Service ${nameOf(service)} have ${addresses(told)}; ready are ${ready}`;
      }
      for (const budget of model.objects('poddisruptionbudgets')) {
        const { spec, status = {}, metadata } = budget as Fields;
        const pods = [...model.objects('pods')].filter((pod) =>
          isIn(pod, metadata.namespace, spec.selector.matchLabels),
        );
        const ready = pods.filter(isReady).length;
        if (status.currentHealthy !== ready && pods.length > 0)
          yield `PodDisruptionBudget ${nameOf(budget)} tells of ${status.currentHealthy} healthy pods of ${ready}`;
      }
    },
  }),
};

const addresses = (each: readonly string[]): string => each.toSorted().join(' ') || 'none';
