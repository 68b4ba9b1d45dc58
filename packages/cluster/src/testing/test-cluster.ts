import type { UserInfo } from '@coxswain/api';
import type { Enabled } from '@coxswain/api/features';
import {
  type ApiServer,
  createApiServer,
  type Kind,
  type ServerParts,
  serviceStock,
} from '@coxswain/apiserver';
import { builtInKinds } from '@coxswain/apiserver/kinds';
import { subjectAccessReview } from '@coxswain/apiserver/reviews';
import { advanceTo, comeToRest, type VirtualClock, virtualWorld, type World } from '@coxswain/base';
import { type Client, createInformers, type Informers } from '@coxswain/client';
import { directClient } from '@coxswain/client/direct';
import { type Action, createReasons, type Reasons, runUnits, type Unit } from '@coxswain/control';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { actionText } from './action-text.ts';
import { durationMs } from './duration.ts';

export interface TestClusterOptions {
  readonly seed?: number;
  readonly controllers?: readonly Unit[];
  readonly kinds?: readonly Kind[];
  /** Where Services have their addresses from; they have none when absent. */
  readonly serviceRange?: string;
  /** Feature gates that are on; none when absent. */
  readonly enabled?: Enabled;
}

/** A cluster in this process with a time of its own. The same seed and calls give the same history. */
export interface TestCluster extends AsyncDisposable {
  readonly world: World & { readonly clock: VirtualClock };
  readonly server: ApiServer;
  readonly client: Client;
  readonly informers: Informers;
  readonly reasons: Reasons;
  /** Aborts when the cluster is disposed. */
  readonly signal: AbortSignal;
  /** What the controllers did so far: `unit key: create pods shop/web-1`. */
  readonly actions: readonly string[];
  /** Starts further controllers. */
  start(...units: readonly Unit[]): void;
  /** Until nothing is left to do at this instant. Fails with the last actions when that never ends. */
  settle(): Promise<void>;
  /** Moves time, `'5m'`, settling at every instant at which something is due. */
  advance(duration: string): Promise<void>;
}

const admin: UserInfo = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
const everyoneMay: ServerParts['authorizers'][number] = {
  name: 'AlwaysAllow',
  authorize: () => ({ decision: 'allow', reason: '' }),
};
const everyoneIsAdmin: ServerParts['authenticators'][number] = {
  name: 'everyone',
  authenticate: () => Promise.resolve(admin),
};
const reviews: NonNullable<ServerParts['reviews']> = new Map([
  ['subjectaccessreviews.authorization.k8s.io', subjectAccessReview([everyoneMay])],
]);
const actionsShown = 20;
const nodePorts = { from: 30_000, to: 32_767 };

export async function createTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const world = virtualWorld(options.seed);
  const storage = openMemoryStorage(world);
  const server = createApiServer({
    world,
    storage,
    kinds: options.kinds ?? builtInKinds,
    stocks: options.serviceRange ? [serviceStock([options.serviceRange], nodePorts)] : [],
    parts: () => ({
      authenticators: [everyoneIsAdmin],
      authorizers: [everyoneMay],
      admission: [],
      reviews,
    }),
    freezeDeeply: true,
    ...(options.enabled && { enabled: options.enabled }),
  });
  await server.ready();
  const clientOf = (agent: string): Client => directClient(server.handle, { user: admin, agent });
  const client = clientOf('test');
  const informers = createInformers(client, world);
  const reasons = createReasons();
  const end = new AbortController();
  const actions: string[] = [];
  const journal = (unit: string, key: string, action: Action): void =>
    void actions.push(`${unit} ${key}: ${actionText(action)}`);
  const context = { world, informers, reasons, clientOf, journal };
  const running: Promise<void>[] = [];
  const start = (...units: readonly Unit[]): void =>
    void running.push(runUnits(units, context, end.signal));
  const settle = (): Promise<void> =>
    comeToRest(world.clock, world.work, { last: () => actions.slice(-actionsShown).join('\n') });
  start(...(options.controllers ?? []));
  return {
    ...{ world, server, client, informers, reasons, signal: end.signal, actions, start, settle },
    async advance(duration) {
      await advanceTo(world.clock, world.clock.now() + durationMs(duration), settle);
    },
    async [Symbol.asyncDispose]() {
      end.abort(new Error('the test cluster ended'));
      await Promise.all(running);
      await informers[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
}
