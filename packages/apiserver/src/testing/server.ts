import {
  type ApiHandler,
  ConfigMaps,
  Deployments,
  type KubeObject,
  Namespaces,
  Pods,
  type UserInfo,
  type WatchEvent,
} from '@coxswain/api';
import type { Deployment } from '@coxswain/api/types/apps-v1';
import type { Namespace, Pod } from '@coxswain/api/types/core-v1';
import { type VirtualClock, virtualWorld, type World } from '@coxswain/base';
import type { Storage } from '@coxswain/storage';
import { openMemoryStorage } from '@coxswain/storage/memory';
import type { Kind, Status } from '../kinds/kind.ts';
import { type ApiServer, createApiServer } from '../server.ts';

type Query = Readonly<Record<string, string>>;
type WithStatus = KubeObject & { readonly status?: unknown };

const statusOnly = <T extends KubeObject>(): Status<T> => ({
  prepareForUpdate: (next, before) => ({
    ...before,
    metadata: next.metadata,
    status: (next as WithStatus).status,
  }),
});

const pods: Kind<Pod> = {
  resource: Pods,
  subresources: ['binding', 'eviction'],
  graceSeconds: ({ spec }, asked) =>
    spec?.nodeName ? (asked ?? spec.terminationGracePeriodSeconds ?? 30) : 0,
  selectableFields: { 'spec.nodeName': ({ spec }) => spec?.nodeName ?? '' },
  status: statusOnly(),
};

const namespaces: Kind<Namespace> = {
  resource: Namespaces,
  generation: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  facets: {
    finalize: { prepareForUpdate: (next, before) => ({ ...next, status: before.status }) },
  },
  prepareForCreate: (object) => ({ ...object, spec: { finalizers: ['kubernetes'] } }),
  status: statusOnly(),
};

const deployments: Kind<Deployment> = {
  resource: Deployments,
  prepareForUpdate: (next, before) => ({ ...next, status: before.status }),
  status: statusOnly(),
  scale: {
    specReplicas: ({ spec }) => spec?.replicas ?? 1,
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: () => 'a=b',
    withReplicas: (object, replicas) => ({ ...object, spec: { ...object.spec!, replicas } }),
  },
};

/** Small kinds that show every way through the engine. */
export const testKinds: readonly Kind[] = [
  { resource: ConfigMaps, generation: false },
  pods as unknown as Kind,
  namespaces as unknown as Kind,
  deployments as unknown as Kind,
];

/** A server in memory, on a virtual clock, for one administrator. */
export interface TestServer extends AsyncDisposable, CallVerbs {
  readonly server: ApiServer;
  readonly world: World & { readonly clock: VirtualClock };
  readonly storage: Storage;
  /** Moves the clock, and lets everything that this wakes happen. */
  advance(ms: number): Promise<void>;
}

/** The verbs of the API, as one user calls them. */
export interface CallVerbs {
  get<T>(path: string, query?: Query): Promise<T>;
  post<T>(path: string, body: unknown, query?: Query): Promise<T>;
  put<T>(path: string, body: unknown, query?: Query): Promise<T>;
  patch<T>(path: string, type: string, body: unknown, query?: Query): Promise<T>;
  delete<T>(path: string, body?: unknown, query?: Query): Promise<T>;
  watch(
    path: string,
    query: Query,
    signal: AbortSignal,
  ): Promise<AsyncIterable<readonly WatchEvent[]>>;
}

export async function openTestServer(): Promise<TestServer> {
  const world = virtualWorld();
  const storage = openMemoryStorage(world);
  const server = createApiServer({
    world,
    storage,
    kinds: testKinds,
    freezeDeeply: true,
    parts: () => ({
      authenticators: [{ name: 'all', authenticate: async () => user }],
      authorizers: [{ name: 'all', authorize: () => ({ decision: 'allow', reason: '' }) }],
      admission: [],
    }),
  });
  await server.ready();
  return {
    server,
    world,
    storage,
    ...verbsOf(server.handle, user),
    advance: (ms) => advance(world, ms),
    ...disposal(server, storage),
  };
}

const user = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
const never = new AbortController().signal;

/** The verbs of the API on `handle`, as `user`. */
export function verbsOf(handle: ApiHandler, user: UserInfo): CallVerbs {
  const call = async <T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    query: Query = {},
    body?: unknown,
    patchType?: string,
  ): Promise<T> => {
    const answer = await handle({
      method,
      path,
      query,
      user,
      agent: 'test/1',
      body,
      patchType,
      signal: never,
    });
    return answer.object as T;
  };
  return {
    get: (path, query) => call('GET', path, query),
    post: (path, body, query) => call('POST', path, query, body),
    put: (path, body, query) => call('PUT', path, query, body),
    patch: (path, type, body, query) => call('PATCH', path, query, body, type),
    delete: (path, body, query) => call('DELETE', path, query, body),
    async watch(path, query, signal) {
      const all = { ...query, watch: 'true' };
      const answer = await handle({
        method: 'GET',
        path,
        query: all,
        user,
        agent: 'test/1',
        signal,
      });
      return answer.watch!;
    },
  };
}

async function advance({ clock }: { readonly clock: VirtualClock }, ms: number): Promise<void> {
  const until = clock.now() + ms;
  await quiet();
  while (clock.step(until)) await quiet();
  await quiet();
}

/** A few turns of the loop: memory storage needs no more to hand its events on. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

const disposal = (server: ApiServer, storage: Storage): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    await server[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  },
});
