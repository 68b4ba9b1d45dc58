import {
  type ApiHandler,
  APIServices,
  CustomResourceDefinitions,
  EndpointSlices,
  type KubeObject,
  type Resource,
  Services,
} from '@coxswain/api';
import type { APIVersionDiscovery } from '@coxswain/api/types/apidiscovery-v2';
import type { APIService } from '@coxswain/api/types/apiregistration-v1';
import type { Carrier, World } from '@coxswain/base';
import type { StreamWire } from '@coxswain/api/streaming';
import type { Station } from '../chain/station.ts';
import type { Objects } from '../authz/objects.ts';
import { serverUser } from '../bootstrap/bootstrap.ts';
import { isSame } from '../rest/equal.ts';
import { availabilityOf, withAvailable } from './availability.ts';
import { builtInServices, customServices, localStep } from './local-services.ts';
import { type KnownRemote, type Ranks, ranksOf } from './merge.ts';
import { isAvailable, type ProxyIdentity, type RemoteWays } from './remote.ts';
import { type RemoteOpenApi, remoteOpenApi } from './remote-openapi.ts';
import { remoteDiscovery } from './remote-discovery.ts';
import { aggregate } from './station.ts';

const agent = 'kube-apiserver/aggregator';
const path = '/apis/apiregistration.k8s.io/v1/apiservices';
/** How often servers elsewhere are asked whether they still answer. */
const resyncMs = 30_000;
const backoffMs = { first: 5, max: 30_000 };

export interface AggregatorWanted {
  readonly world: World;
  readonly objects: Objects;
  readonly call: ApiHandler;
  /** What the server serves from the start. */
  readonly resources: Iterable<Resource>;
  readonly outgoing: Carrier;
  readonly identity: () => ProxyIdentity;
  /** `--enable-aggregator-routing`. */
  readonly asksEndpoints?: boolean;
  /** The protocols of streams, for upgrades that are passed on. */
  readonly wire: Omit<StreamWire, 'dial'>;
}

/** Other API servers behind this one. */
export interface Aggregator extends AsyncDisposable {
  /** Passes requests on and puts discovery together; stands before discovery. */
  readonly station: Station;
}

/** Keeps APIServices and their conditions, and knows which of them are elsewhere. */
export function openAggregator(wanted: AggregatorWanted): Aggregator {
  const keeper = new Keeper(wanted);
  return {
    station: aggregate(keeper, keeper.ways, wanted.wire),
    [Symbol.asyncDispose]: () => keeper[Symbol.asyncDispose](),
  };
}

const figuresOf = ({ metrics }: World) => ({
  unavailable: metrics.gauge({
    ...{ name: 'aggregator_unavailable_apiservice', labels: ['name'], stability: 'ALPHA' },
    help: 'Whether an APIService cannot be asked.',
  }),
  lost: metrics.counter({
    ...{ name: 'aggregator_unavailable_apiservice_total', stability: 'ALPHA' },
    ...{
      labels: ['name', 'reason'],
      help: 'Times that an APIService could not be asked any more.',
    },
  }),
});

class Keeper implements AsyncDisposable {
  readonly ways: RemoteWays;
  readonly #wanted: AggregatorWanted;
  readonly #builtIn: ReadonlyMap<string, APIService>;
  readonly #remotes = new Map<string, APIService>();
  readonly #discovered = new Map<string, APIVersionDiscovery>();
  readonly #figures: ReturnType<typeof figuresOf>;
  readonly #openApi = new Map<string, RemoteOpenApi>();
  readonly #end = new AbortController();
  readonly #followed: Disposable[] = [];
  readonly #running = new Map<string, Promise<void>>();
  readonly #dirty = new Set<string>();
  readonly #timers = new Map<string, Disposable>();
  readonly #failures = new Map<string, number>();
  readonly #started = new Set<string>();
  #ranks: Ranks | undefined;

  constructor(wanted: AggregatorWanted) {
    this.#wanted = wanted;
    this.#figures = figuresOf(wanted.world);
    const { objects, outgoing, identity, world } = wanted;
    const asksEndpoints = wanted.asksEndpoints !== false;
    this.ways = { objects, random: world.random, carry: outgoing, identity, asksEndpoints };
    this.#builtIn = builtInServices(wanted.resources);
    this.#follow(APIServices, (service) => {
      const { name } = service.metadata;
      this.#ranks = undefined;
      const now = objects.get(APIServices, name);
      if (now?.spec.service) this.#remotes.set(name, now);
      else this.#remotes.delete(name);
      this.#wake(name);
    });
    for (const name of this.#builtIn.keys()) this.#wake(name);
    this.#follow(CustomResourceDefinitions, ({ spec }) => {
      for (const { name } of spec.versions) this.#wake(`${name}.${spec.group}`);
    });
    this.#follow(Services, ({ metadata }) => this.#wakeBehind(metadata.namespace, metadata.name));
    this.#follow(EndpointSlices, ({ metadata }) =>
      this.#wakeBehind(metadata.namespace, metadata.labels?.['kubernetes.io/service-name']),
    );
  }

  /** The APIService of a group and version that is served elsewhere. */
  remote(group: string, version: string): APIService | undefined {
    return this.#remotes.size > 0 ? this.#remotes.get(`${version}.${group}`) : undefined;
  }

  get remotes(): readonly KnownRemote[] {
    return [...this.#remotes].map(([name, service]) => ({
      service,
      discovery: this.#discovered.get(name),
      openApi: this.#openApi.get(name),
      isCurrent: isAvailable(service),
    }));
  }

  get world(): World {
    return this.#wanted.world;
  }

  get ranks(): Ranks {
    return (this.#ranks ??= ranksOf(this.#wanted.objects.all(APIServices)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(new Error('the server is ending'));
    for (const each of [...this.#followed, ...this.#timers.values()]) each[Symbol.dispose]();
    await Promise.allSettled(this.#running.values());
  }

  #follow<T extends KubeObject>(resource: Resource<T>, changed: (object: T) => void): void {
    const { objects, world } = this.#wanted;
    this.#followed.push(
      // What has changed is told before it can be read.
      objects.follow(resource, (now, before) => {
        const done = world.work.begin();
        queueMicrotask(() => {
          done[Symbol.dispose]();
          if (!this.#end.signal.aborted) changed((now ?? before)!);
        });
      }),
    );
  }

  #wakeBehind(namespace: string | undefined, service: string | undefined): void {
    for (const [name, { spec }] of this.#remotes)
      if (spec.service?.name === service && spec.service?.namespace === namespace) this.#wake(name);
  }

  /** One run a name at a time; what comes meanwhile runs once more after it. */
  #wake(name: string): void {
    if (this.#end.signal.aborted) return;
    this.#dirty.add(name);
    if (this.#running.has(name)) return;
    const run = this.#wanted.world.work.track(this.#run(name));
    this.#running.set(name, run);
  }

  async #run(name: string): Promise<void> {
    this.#timers.get(name)?.[Symbol.dispose]();
    this.#timers.delete(name);
    let againMs: number | undefined;
    while (this.#dirty.delete(name) && !this.#end.signal.aborted) {
      try {
        againMs = await this.#sync(name);
        this.#failures.delete(name);
      } catch {
        // The condition says why; it is tried again, later each time.
        againMs = this.#backoff(name);
      }
    }
    this.#running.delete(name);
    if (againMs === undefined || this.#end.signal.aborted) return;
    this.#timers.set(
      name,
      this.#wanted.world.clock.after(againMs, () => this.#wake(name)),
    );
  }

  #backoff(name: string): number {
    const failures = this.#failures.get(name) ?? 0;
    this.#failures.set(name, failures + 1);
    return Math.min(backoffMs.first * 2 ** failures, backoffMs.max);
  }

  /** Brings one APIService about, and its condition; the time until it must be looked at again. */
  async #sync(name: string): Promise<number | undefined> {
    const { objects, world } = this.#wanted;
    await this.#keepLocal(name);
    const service = objects.get(APIServices, name);
    if (!service) {
      this.#discovered.delete(name);
      this.#openApi.delete(name);
      this.#figures.unavailable.drop(name);
      return undefined;
    }
    const { signal } = this.#end;
    const found = await availabilityOf(this.ways, world.clock, service, signal);
    if (service.spec.service && found.status === 'True') {
      const read = await remoteDiscovery(this.ways, world.clock, service, signal).catch(
        () => undefined,
      );
      if (read) this.#discovered.set(name, read);
      const known = this.#openApi.get(name) ?? {};
      const looks = await remoteOpenApi(this.ways, world.clock, service, known, signal);
      this.#openApi.set(name, looks);
    }
    const isGone = found.status !== 'True';
    if (isGone && isAvailable(service)) this.#figures.lost.add(1, name, found.reason!);
    this.#figures.unavailable.set(isGone ? 1 : 0, name);
    const before = service.status?.conditions ?? [];
    const conditions = withAvailable(before, found, world.clock.now());
    if (!isSame(before, conditions))
      await this.#call('PUT', `${path}/${name}/status`, { ...service, status: { conditions } });
    if (!service.spec.service) return undefined;
    if (found.reason === 'FailedDiscoveryCheck') throw new Error(found.message);
    return resyncMs;
  }

  async #keepLocal(name: string): Promise<void> {
    const { objects } = this.#wanted;
    const wanted = this.#builtIn.get(name) ?? customServices(objects).get(name);
    const step = localStep(name, wanted, objects.get(APIServices, name), !this.#started.has(name));
    if (step?.do === 'create') await this.#call('POST', path, step.object);
    if (step?.do === 'update') await this.#call('PUT', `${path}/${name}`, step.object);
    if (step?.do === 'delete') await this.#call('DELETE', `${path}/${name}`);
    this.#started.add(name);
  }

  async #call(method: 'POST' | 'PUT' | 'DELETE', to: string, body?: object): Promise<void> {
    const { signal } = this.#end;
    await this.#wanted.call({ method, path: to, query: {}, user: serverUser, agent, body, signal });
  }
}
