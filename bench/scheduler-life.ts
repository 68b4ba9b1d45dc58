/**
 * Processor time a pod of all that a scheduler does in the server's process: caches, queue, cycle, bindings handed out and
 * events made, with a server that only answers: `node bench/scheduler-life.ts [nodes] [pods] [Deployments] [rounds]`.
 * Pods have what the API gives: the spreading that is upstream's default, three revisions each, parts shared among them.
 */
import { Namespaces, Nodes, Pods, ReplicaSets, type Resource } from '@coxswain/api';
import type { ReplicaSet } from '@coxswain/api/types/apps-v1';
import type { Pod, PodStatus } from '@coxswain/api/types/core-v1';
import { seededRandom, systemWorld } from '@coxswain/base';
import type { Client, Informers } from '@coxswain/client';
import { WatchedCache } from '../packages/client/src/cache/watched-cache.ts';
import { runScheduler } from '../packages/scheduler/src/index.ts';
import { createVerdicts } from '../packages/scheduler/src/why/verdicts.ts';
import { fleetDeployment } from './support/fleet-bodies.ts';
import { nodeOf } from './support/scheduler-loads.ts';

const [nodes = 5_000, pods = 15_000, deployments = 100, rounds = 3] = process.argv
  .slice(2)
  .map(Number);
/** Pods that come in one batch, as controllers make them side by side. */
const batch = 64;

const replicaSets = Array.from({ length: deployments }, (_, at): ReplicaSet => {
  const { metadata, spec } = fleetDeployment(`d-${at}`, `bench-${at % 20}`, 1);
  const { selector, template } = spec!;
  return { metadata: { ...metadata, uid: `rs-${at}` }, spec: { selector, template } } as ReplicaSet;
});

function podOf(at: number): Pod {
  const { metadata, spec } = replicaSets[at % deployments]!;
  const { name, namespace, uid } = metadata;
  const token = { name: `token-${at}`, projected: { sources: [] } };
  const tolerations = ['not-ready', 'unreachable'].map((key) => ({
    ...{ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute' },
    tolerationSeconds: 300,
  }));
  const template = spec!.template!;
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: uid!, controller: true };
  const own = template.spec!.containers.map((container) => ({
    ...container,
    volumeMounts: [...container.volumeMounts!, { name: token.name, mountPath: '/var/run' }],
  }));
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      ...template.metadata,
      ...{ name: `${name}-${at}`, namespace: namespace!, uid: `pod-${at}`, resourceVersion: '1' },
      ownerReferences: [owner],
    },
    spec: {
      ...template.spec,
      ...{ containers: own, volumes: [...template.spec!.volumes!, token], tolerations },
      ...{ schedulerName: 'default-scheduler', priority: 0, enableServiceLinks: true },
    } as Pod['spec'],
    status: { phase: 'Pending' },
  };
}

/** Caches that are filled by hand. */
function handFilled(): Informers & { readonly cacheOf: (of: Resource<any>) => WatchedCache<any> } {
  const caches = new Map<string, WatchedCache<any>>();
  const cacheOf = (resource: Resource<any>): WatchedCache<any> => {
    let cache = caches.get(resource.resource);
    if (!cache) {
      caches.set(resource.resource, (cache = new WatchedCache(resource)));
      cache.replace([], '1');
    }
    return cache;
  };
  const nothing = async (): Promise<void> => {};
  return {
    ...{ cacheOf, of: cacheOf, stop: nothing, synced: nothing },
    [Symbol.asyncDispose]: nothing,
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const running: PodStatus = {
  ...{ phase: 'Running', startTime: '2026-01-01T00:00:00Z' },
  conditions: [{ type: 'Ready', status: 'True' }],
};

async function round(): Promise<{ readonly ms: number; readonly places: number }> {
  const informers = handFilled();
  const { cacheOf } = informers;
  const zones = ['a', 'b', 'c'];
  cacheOf(Nodes).replace(
    Array.from({ length: nodes }, (_, at) => nodeOf(at, zones)),
    '2',
  );
  const spaces = new Set(replicaSets.map(({ metadata }) => metadata.namespace!));
  cacheOf(Namespaces).replace(
    Array.from(spaces, (name) => ({ metadata: { name } })),
    '2',
  );
  cacheOf(ReplicaSets).replace(replicaSets, '2');
  let [revision, places, bound] = [2, 0, 0];
  let changed: Pod[] = [];
  const client = {
    raw: async ({ path, body }: { path: string; body: any }) => {
      const [, , , , namespace, , name] = path.split('/');
      const pod = cacheOf(Pods).get(name!, namespace) as Pod;
      const { name: nodeName } = body.target;
      places = (Math.imul(places, 31) + Number(nodeName.slice(5))) | 0;
      bound++;
      const now = { ...pod, spec: { ...pod.spec, nodeName } };
      changed.push(now, { ...now, status: running });
    },
    create: async (_: unknown, object: unknown) => object,
  } as unknown as Client;
  const all = Array.from({ length: pods }, (_, at) => podOf(at));
  const end = new AbortController();
  const { signal } = end;
  const world = { ...systemWorld(), random: seededRandom(1) };
  const living = runScheduler({ world, client, informers, signal, verdicts: createVerdicts() });
  const tell = (type: 'ADDED' | 'MODIFIED', some: readonly Pod[]): void =>
    cacheOf(Pods).apply(
      some.map((object) => {
        const resourceVersion = String(++revision);
        return {
          type,
          object: { ...object, metadata: { ...object.metadata, resourceVersion } },
        };
      }),
    );
  await turn();
  const { user, system } = process.cpuUsage();
  for (let at = 0; bound < pods || changed.length > 0; at += batch) {
    if (at < pods) tell('ADDED', all.slice(at, at + batch));
    const some = changed;
    changed = [];
    tell('MODIFIED', some);
    await turn();
  }
  const after = process.cpuUsage({ user, system });
  end.abort();
  await living;
  return { ms: (after.user + after.system) / 1000, places };
}

for (let at = 0; at < rounds; at++) {
  const { ms, places } = await round();
  const us = ((1000 * ms) / pods).toFixed(1);
  process.stdout.write(`${nodes} nodes, ${pods} pods: ${us} us a pod, places ${places >>> 0}\n`);
}
