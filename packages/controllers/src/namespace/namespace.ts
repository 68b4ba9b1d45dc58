import { ApiError, type KubeObject, Namespaces, Pods } from '@coxswain/api';
import type { Namespace } from '@coxswain/api/types/core-v1';
import { type Client, splitKey } from '@coxswain/client';
import {
  type Because,
  KeyedQueue,
  type Loop,
  type LoopContext,
  type Outcome,
} from '@coxswain/control';
import { discover, type Served, takes } from '../discovery/discover.ts';
import { same } from '../objects/same.ts';
import { ended } from '../objects/ended.ts';
import { conditionsAfter, type Findings } from './conditions.ts';
import { removeContent } from './content.ts';

const workers = 10;

/** Empties namespaces that are being deleted, pods first, and lets them go when nothing is left. */
export const namespaceController: Loop = {
  name: 'namespace-controller',
  reads: [Namespaces, Pods],
  rules: [
    { apiGroups: [''], resources: ['namespaces'], verbs: ['delete', 'get', 'list', 'watch'] },
    {
      apiGroups: [''],
      resources: ['namespaces/finalize', 'namespaces/status'],
      verbs: ['update'],
    },
    { apiGroups: ['*'], resources: ['*'], verbs: ['delete', 'deletecollection', 'get', 'list'] },
  ],
  async run(context) {
    const { informers, signal, world } = context;
    const namespaces = informers.of(Namespaces);
    const pods = informers.of(Pods);
    await Promise.all([namespaces.whenSynced(signal), pods.whenSynced(signal)]);
    await using queue = new KeyedQueue(world, 'namespace', workers, (name) =>
      world.work.track(empty(name, context)),
    );
    const isGoing = (name: string): boolean =>
      namespaces.get(name)?.metadata.deletionTimestamp !== undefined;
    using _namespaces = namespaces.subscribe((changes) => {
      for (const { now } of changes)
        if (now?.metadata.deletionTimestamp) queue.add(now.metadata.name);
    });
    // The last pod's end lets the rest be deleted at once, instead of after the estimate.
    using _pods = pods.subscribe((changes) => {
      for (const { now, before } of changes) {
        const name = before?.metadata.namespace ?? '';
        if (!now && isGoing(name) && pods.all(name).length === 0) queue.add(name);
      }
    });
    await ended(signal);
  },
};

async function empty(
  key: string,
  { client, world, reasons, signal }: LoopContext,
): Promise<Outcome> {
  const { name } = splitKey(key);
  try {
    const ns = await client.get(Namespaces, name, { signal });
    if (!ns.metadata.deletionTimestamp || !ns.spec?.finalizers?.length) return { step: 'done' };
    const { findings, estimateSeconds, errors } = await emptyOnce(client, name, signal);
    const about = { kind: 'Namespace', name, uid: ns.metadata.uid };
    reasons.keep('namespace-controller', about, world.clock.now(), whyKept(findings));
    const conditions = conditionsAfter(ns.status?.conditions, findings, world.clock.now());
    const after = await writeConditions(client, ns, conditions, signal);
    if (errors) return { step: 'retry' };
    if (estimateSeconds > 0)
      return { step: 'done', requeueAfterMs: (Math.floor(estimateSeconds / 2) + 1) * 1000 };
    await finalize(client, after, signal);
    return { step: 'done' };
  } catch (error) {
    if (signal.aborted || (error instanceof ApiError && error.code === 404))
      return { step: 'done' };
    if (!(error instanceof ApiError)) throw error;
    return { step: 'retry' };
  }
}

/** What keeps a namespace from going, one reason for each resource, finalizer and failure. */
const whyKept = (findings: Findings): readonly Because[] => [
  ...[...findings.remaining].map(([resource, count]) => ({
    verdict: 'objects remain',
    facts: { resource: resource.replace(/\.$/, ''), count },
  })),
  ...[...findings.finalizers].map(([finalizer, count]) => ({
    verdict: 'finalizer remains',
    facts: { finalizer, count },
  })),
  ...findings.discoveryErrors.map((message) => ({
    verdict: 'discovery failed',
    facts: { message },
  })),
  ...findings.deletionErrors.map((message) => ({ verdict: 'deletion failed', facts: { message } })),
];

async function emptyOnce(
  client: Client,
  namespace: string,
  signal: AbortSignal,
): Promise<{ findings: Findings; estimateSeconds: number; errors: boolean }> {
  const { resources, failures } = await discover(client, signal);
  const contents = resources.filter((each) => each.namespaced && takes(each, 'delete'));
  const isPods = ({ resource, group }: Served): boolean => resource === 'pods' && group === '';
  const remaining = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const deletionErrors: string[] = [];
  let estimateSeconds = 0;
  const remove = async (some: readonly Served[]): Promise<void> => {
    for (const resource of some) {
      const left = await removeContent(client, resource, namespace, signal);
      if (left.error) deletionErrors.push(left.error);
      if (left.instances > 0)
        remaining.set(`${resource.resource}.${resource.group}`, left.instances);
      for (const [finalizer, count] of left.finalizers)
        finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + count);
      estimateSeconds = Math.max(estimateSeconds, left.estimateSeconds);
    }
  };
  await remove(contents.filter(isPods));
  // What pods may still need while they stop goes only after them.
  if (estimateSeconds === 0 && deletionErrors.length === 0)
    await remove(contents.filter((each) => !isPods(each)));
  const discoveryErrors = failures.map(
    ({ groupVersion, error }) => `${groupVersion}: ${error.message}`,
  );
  return {
    findings: { discoveryErrors, parseErrors: [], deletionErrors, remaining, finalizers },
    estimateSeconds,
    errors: deletionErrors.length + discoveryErrors.length > 0,
  };
}

async function writeConditions(
  client: Client,
  ns: Namespace,
  conditions: NonNullable<Namespace['status']>['conditions'],
  signal: AbortSignal,
): Promise<Namespace> {
  const status = { ...ns.status, phase: 'Terminating', conditions };
  if (same(ns.status, status)) return ns;
  return client.update(Namespaces, { ...ns, status }, { subresource: 'status', signal });
}

async function finalize(client: Client, ns: Namespace, signal: AbortSignal): Promise<void> {
  const finalizers = ns.spec?.finalizers?.filter((each) => each !== 'kubernetes') ?? [];
  const object: KubeObject = { ...ns, spec: { ...ns.spec, finalizers } } as Namespace;
  await client.update(Namespaces, object as Namespace, { subresource: 'finalize', signal });
}
