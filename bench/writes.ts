/**
 * Processor time of one write through the whole chain but for the network: `node bench/writes.ts [write,...] [store,...]
 * [rounds]`. Each write is measured in a process of its own: its first 5,000 (cold) and the best of the rounds after
 * that (warm), all threads and the collector included. Callers are who writes such things in a cluster; RBAC, the Node
 * authoriser and default admission decide; one informer watches what is written, as some component always does.
 */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiCall, UserInfo } from '@coxswain/api';
import { defaultFeatures as enabled } from '@coxswain/api/features';
import { type ApiServer, createApiServer, serviceStock } from '@coxswain/apiserver';
import { bootstrap, standardParts } from '@coxswain/apiserver/bootstrap';
import { issue } from '@coxswain/apiserver/certificates';
import { builtInKinds } from '@coxswain/apiserver/kinds';
import { systemWorld } from '@coxswain/base';
import { outgoing } from '@coxswain/base/wire';
import type { Storage } from '@coxswain/storage';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { openSqliteStorage } from '@coxswain/storage/sqlite';
import { configMap, pod } from './support/bodies.ts';

type Wanted = Pick<ApiCall, 'method' | 'path' | 'user' | 'agent' | 'body' | 'patchType'> & {
  readonly query?: ApiCall['query'];
};

interface Write {
  readonly name: string;
  /** What is watched while it is written. */
  readonly watched: string;
  /** The number of objects that are written again and again; 0 for creates. */
  readonly objects?: (total: number) => number;
  /** Makes what the `at`-th write changes, of `objects`. */
  readonly first?: (at: number) => Wanted;
  /** The `at`-th write, of the object `name`: the last answer for it stands beside. */
  readonly write: (at: number, object: number, seen: SeenObject) => Wanted;
}
type SeenObject = {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
};

const roundSize = 5_000;
const inFlight = 64;
const never = new AbortController().signal;
const everyone = 'system:authenticated';
const admin: UserInfo = { name: 'kubernetes-admin', groups: ['system:masters', everyone] };
const node: UserInfo = { name: 'system:node:node-1', groups: ['system:nodes', everyone] };
const scheduler: UserInfo = { name: 'system:kube-scheduler', groups: [everyone] };
const account = (name: string): UserInfo => ({
  name: `system:serviceaccount:kube-system:${name}`,
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', everyone],
});
const leaseHolder = (at: number): UserInfo => ({ ...node, name: `system:node:node-${at}` });

const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const of = (resource: string): string => `/api/v1/namespaces/bench/${resource}`;
const kubelet = 'kubelet/v1.36.2 (linux/amd64) kubernetes/coxswain';
const parsedPod = JSON.parse(pod()) as { metadata: object; spec: object };
const time = (at: number): string => new Date(1_800_000_000_000 + at * 1000).toISOString();
/** In one piece, as it would come from a clock of ours or over the network. */
const second = (at: number): string => [time(at).slice(0, -5), 'Z'].join('');
const micro = (at: number): string => [time(at).slice(0, -1), '000Z'].join('');

const lease = (object: number, at: number, resourceVersion?: string): object => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    ...{ name: `node-${object}`, namespace: 'kube-node-lease' },
    ...(resourceVersion && { resourceVersion }),
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Node', name: `node-${object}`, uid: `uid-${object}` },
    ],
  },
  spec: { holderIdentity: `node-${object}`, leaseDurationSeconds: 40, renewTime: micro(at) },
});

const created = (path: string, user: UserInfo, agent: string, body: unknown): Wanted => ({
  ...{ method: 'POST', path, user, agent, body },
});
const replicaSets = 'kube-controller-manager/v1.36.2 (linux/amd64) kubernetes/coxswain';
const podOf = (at?: number): object => ({
  ...parsedPod,
  metadata: { ...parsedPod.metadata, ...(at !== undefined && { name: `pod-${at}` }) },
});
const firstPod = (at: number): Wanted =>
  created(of('pods'), account('replicaset-controller'), replicaSets, podOf(at));
const bound = (at: number): Wanted =>
  created(of('pods'), account('replicaset-controller'), replicaSets, {
    ...podOf(at),
    spec: { ...parsedPod.spec, nodeName: 'node-1' },
  });
const bindingOf = (at: number): Wanted =>
  created(`${of('pods')}/pod-${at}/binding`, scheduler, 'kube-scheduler/v1.36.2', {
    ...{ apiVersion: 'v1', kind: 'Binding', metadata: { name: `pod-${at}`, namespace: 'bench' } },
    target: { apiVersion: 'v1', kind: 'Node', name: 'node-1' },
  });

const condition = (type: string, at: number): object => ({
  ...{ type, status: at % 2 === 0 ? 'True' : 'False', lastProbeTime: null },
  lastTransitionTime: second(at),
});
const status = (at: number): object => ({
  status: {
    phase: 'Running',
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady'].map(
      (type) => condition(type, at),
    ),
    ...{ hostIP: '10.0.0.1', podIP: '10.244.1.7', podIPs: [{ ip: '10.244.1.7' }] },
    startTime: second(1),
    containerStatuses: ['web', 'sidecar'].map((name) => ({
      ...{ name, ready: at % 2 === 0, started: true, restartCount: at },
      ...{ image: `registry.example/team/${name}:1.2.3`, imageID: 'sha256:1234', lastState: {} },
      state: { running: { startedAt: second(at) } },
    })),
  },
});

const event = (at: number): object => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `web-5d9f7c6b8-abcde.${at.toString(16)}`, namespace: 'bench' },
  involvedObject: {
    ...{ apiVersion: 'v1', kind: 'Pod', namespace: 'bench', name: 'web-5d9f7c6b8-abcde' },
    ...{ uid: '7a9ddb9e-8a56-4a53-8c9b-2f9a3ff8f3b1', resourceVersion: '12345' },
  },
  ...{ reason: 'Scheduled', type: 'Normal' },
  message: 'Successfully assigned bench/web-5d9f7c6b8-abcde to node-1',
  source: { component: 'default-scheduler' },
  ...{ firstTimestamp: null, lastTimestamp: null, eventTime: micro(at), action: 'Binding' },
  ...{ reportingComponent: 'default-scheduler', reportingInstance: 'default-scheduler-node-1' },
});

const merge = 'application/merge-patch+json';
const apply = 'application/apply-patch+yaml';
const [large, small] = [configMap({}), configMap({}, 2, 100)].map(
  (text) => JSON.parse(text) as { metadata: object },
);
const map = (metadata: object, like = large!): unknown => ({
  ...like,
  metadata: { ...like.metadata, ...metadata },
});
const patched = (object: number, patchType: string, body: unknown, query = {}): Wanted => ({
  ...{ method: 'PATCH', path: `${of('configmaps')}/c-${object}`, user: admin, agent: 'bench/1' },
  ...{ body, patchType, query },
});
const applied = (object: number, labels: object): Wanted =>
  patched(object, apply, map({ name: `c-${object}`, labels }, small), {
    ...{ fieldManager: 'bench', force: 'true' },
  });

const writes: readonly Write[] = [
  {
    name: 'Lease update',
    watched: '/apis/coordination.k8s.io/v1/leases',
    objects: () => 100,
    first: (at) => created(leases, leaseHolder(at), kubelet, lease(at, 0)),
    write: (at, object, { metadata }) => ({
      ...{ method: 'PUT', path: `${leases}/node-${object}`, user: leaseHolder(object) },
      ...{ agent: kubelet, body: lease(object, at, metadata.resourceVersion) },
    }),
  },
  {
    name: 'ConfigMap create',
    watched: '/api/v1/configmaps',
    write: () => created(of('configmaps'), admin, 'bench/1', map({ generateName: 'cm-' })),
  },
  {
    name: 'Pod create',
    watched: '/api/v1/pods',
    write: () => created(of('pods'), account('replicaset-controller'), replicaSets, podOf()),
  },
  {
    name: 'Pod binding',
    watched: '/api/v1/pods',
    objects: (total) => total,
    first: firstPod,
    write: (at) => bindingOf(at),
  },
  {
    name: 'Pod status patch',
    watched: '/api/v1/pods',
    objects: () => 1_000,
    first: bound,
    write: (at, object) => ({
      ...{
        method: 'PATCH',
        path: `${of('pods')}/pod-${object}/status`,
        user: node,
        agent: kubelet,
      },
      ...{ patchType: 'application/strategic-merge-patch+json', body: status(at) },
    }),
  },
  {
    name: 'Event create',
    watched: '/api/v1/events',
    write: (at) => created(of('events'), scheduler, 'kube-scheduler/v1.36.2', event(at)),
  },
  {
    name: 'merge patch',
    watched: '/api/v1/configmaps',
    objects: () => 1_000,
    first: (at) => created(of('configmaps'), admin, 'bench/1', map({ name: `c-${at}` })),
    write: (at, object) =>
      patched(object, merge, { metadata: { labels: { 'bench/phase': `p${at}` } } }),
  },
  {
    name: 'apply update',
    watched: '/api/v1/configmaps',
    objects: () => 1_000,
    first: (at) => applied(at, {}),
    write: (at, object) => applied(object, { round: `p${at}` }),
  },
  { name: 'apply create', watched: '/api/v1/configmaps', write: (at) => applied(at, {}) },
];

async function openServer(storage: Storage): Promise<ApiServer> {
  const world = systemWorld();
  const authority = issue({
    ...{ commonName: 'authority', use: 'authority' },
    ...{ notBeforeMs: Date.UTC(2020, 0), notAfterMs: Date.UTC(2060, 0) },
  }).certificate;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = { format: 'pem' } as const;
  const server = createApiServer({
    ...{ world, storage, kinds: builtInKinds, enabled },
    parts: standardParts({
      ...{ world, enabled, clientCa: authority, frontProxyCa: authority },
      serviceAccountKeys: {
        key: privateKey.export({ ...pem, type: 'pkcs8' }) as string,
        publicKeys: [publicKey.export({ ...pem, type: 'spki' }) as string],
      },
      authorizationMode: 'Node,RBAC',
      admission: { enable: ['NodeRestriction'], disable: [] },
      anonymous: true,
      outgoing: outgoing(),
    }),
    stocks: [serviceStock(['10.96.0.0/16'], { from: 30_000, to: 32_767 })],
  });
  await server.ready();
  const system = { serviceRanges: ['10.96.0.0/16'], clientCa: authority, frontProxyCa: authority };
  await bootstrap(server.handle, server.objects, { ...system, enabled }, never);
  return server;
}

/** Runs `job` for 0 to `count` - 1, some at a time; every answer after another of the same lane. */
async function inLanes(count: number, job: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await job(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

async function follow({ handle }: ApiServer, path: string, ready: () => void): Promise<void> {
  const query = { watch: 'true' };
  const user = account('generic-garbage-collector');
  const { watch } = await handle({
    method: 'GET',
    path,
    query,
    user: { ...user, groups: admin.groups },
    agent: 'informer',
    signal: never,
  });
  ready();
  const objects = new Map<string, unknown>();
  for await (const batch of watch!)
    for (const { object } of batch)
      objects.set(`${object.metadata.namespace}/${object.metadata.name}`, object);
}

const openStores: Readonly<Record<string, (folder: string) => Promise<Storage>>> = {
  memory: async () => openMemoryStorage(systemWorld()),
  sqlite: (folder) => openSqliteStorage(systemWorld(), { path: join(folder, 'store.db') }),
};

/** Microseconds of one write: of the first, and of each later round. */
async function measure(write: Write, store: string, rounds: number): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cox-bench-writes-'));
  const storage = await openStores[store]!(folder);
  const server = await openServer(storage);
  const call = async (wanted: Wanted): Promise<SeenObject> =>
    (await server.handle({ query: {}, ...wanted, signal: never })).object as SeenObject;
  for (const name of ['bench', 'kube-node-lease']) {
    const create = (path: string, kind: string, name: string): Promise<unknown> =>
      call(created(path, admin, 'bench/1', { apiVersion: 'v1', kind, metadata: { name } }));
    await create('/api/v1/namespaces', 'Namespace', name).catch(() => undefined);
    await create(`/api/v1/namespaces/${name}/serviceaccounts`, 'ServiceAccount', 'default');
  }
  await call(
    created('/api/v1/nodes', admin, 'bench/1', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'node-1' },
    }),
  );
  const objects = write.objects?.(roundSize * (rounds + 1)) ?? 0;
  const seen: SeenObject[] = [];
  await inLanes(objects, async (at) => {
    seen[at] = await call(write.first!(at));
  });
  await new Promise<void>((ready) => void follow(server, write.watched, ready));
  const figures: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const before = process.cpuUsage();
    await inLanes(roundSize, async (each) => {
      const at = round * roundSize + each;
      const object = objects > 0 ? at % objects : at;
      const answer = await call(write.write(at, object, seen[object]!));
      if (objects > 0) seen[object] = answer;
    });
    const { user, system } = process.cpuUsage(before);
    figures.push((user + system) / roundSize);
  }
  rmSync(folder, { recursive: true, force: true });
  return figures;
}

const [names = '', stores = 'memory,sqlite', rounds = '4', inside] = process.argv.slice(2);
const chosen = writes.filter(({ name }) => names.split(',').some((part) => name.includes(part)));
if (inside) {
  const figures = await measure(chosen[0]!, stores, Number(rounds));
  process.stdout.write(JSON.stringify(figures), () => process.exit());
} else {
  const table: Record<string, Record<string, number>> = {};
  for (const { name } of chosen)
    for (const store of stores.split(',')) {
      const own = [new URL(import.meta.url).pathname, name, store, rounds, 'inside'];
      const { stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, ...own], {
        encoding: 'utf8',
      });
      if (stdout === '') throw new Error(stderr);
      const [cold, ...warm] = JSON.parse(stdout) as number[];
      const row = (table[name] ??= {});
      row[`${store} cold µs`] = Math.round(cold!);
      row[`${store} warm µs`] = Math.round(Math.min(...warm));
    }
  console.table(table);
}
