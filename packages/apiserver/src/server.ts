import type { ApiHandler, Resource } from '@coxswain/api';
import type { World } from '@coxswain/base';
import type { Storage } from '@coxswain/storage';
import type { AdmissionPlugin } from './admission/plugin.ts';
import type { Authenticator } from './authn/authenticator.ts';
import { type ProxyHeaders, proxyHeaderTest } from './authn/front-proxy.ts';
import type { Authorizer } from './authz/authorizer.ts';
import type { Objects } from './authz/objects.ts';
import { authenticate } from './chain/authenticate.ts';
import { authorize } from './chain/authorize.ts';
import { chain } from './chain/chain.ts';
import { deadline } from './chain/deadline.ts';
import { panicNet } from './chain/panic-net.ts';
import type { Next, Request, Response, Station } from './chain/station.ts';
import { CustomResources } from './crd/custom-resources.ts';
import { conversionWebhook, unreachable } from './crd/webhook.ts';
import { direct } from './direct/index.ts';
import { discovery } from './discovery/index.ts';
import type { Kind } from './kinds/kind.ts';
import { addressIn, objectsOf } from './objects.ts';
import { measured } from './metrics/index.ts';
import { openApi } from './openapi/index.ts';
import { oversight, type OversightSettings } from './oversight.ts';
import { Catalog, type ComponentProbe, type Engine, rest, type Review } from './rest/index.ts';
import type { Stock } from './rest/stock.ts';
import { subresources } from './rest/subresources/index.ts';
import { type Versions, versionsOf } from './rest/versions.ts';
import { tracedStations, tracedVerb } from './tracing/index.ts';
import type { WebhookClient } from './webhook-client/index.ts';
import { WatchCache } from './watch-cache/index.ts';

/** What decides about requests. */
export interface ServerParts {
  readonly authenticators: readonly Authenticator[];
  readonly authorizers: readonly Authorizer[];
  readonly admission: readonly AdmissionPlugin[];
  /** By `resource.group`: what answers reviews, which are never stored. */
  readonly reviews?: ReadonlyMap<string, Review>;
  /** What calls the webhooks by which custom resources are converted. */
  readonly webhooks?: WebhookClient;
  /** Lets a user act as another. Stands after `audit`. */
  readonly impersonate?: Station;
  /** `--requestheader-*`; upstream's usual ones when absent. */
  readonly proxyHeaders?: ProxyHeaders | undefined;
  /** Answer paths of their own, behind authorisation. */
  readonly pages?: readonly Station[];
}

export interface ApiServerOptions extends OversightSettings {
  readonly world: World;
  readonly storage: Storage;
  readonly kinds: readonly Kind[];
  /** Kinds that clients do not see: `--runtime-config`. */
  readonly isOff?: (resource: Resource) => boolean;
  /** Puts together what decides; it may read the server's own caches, and later call the server itself. */
  readonly parts: (objects: Objects, call: ApiHandler, versions: Versions) => ServerParts;
  /** What objects of some resources take their share of. */
  readonly stocks?: readonly Stock[];
  readonly enabled?: (gate: string) => boolean;
  readonly eventTtlMs?: number;
  /** Freezes what direct calls hand out all the way down: for tests. */
  readonly freezeDeeply?: boolean;
}

/** An API server without a network: its chain, its caches, and what hangs on them. */
export interface ApiServer extends AsyncDisposable {
  readonly engine: Engine;
  /** The server's own caches. */
  readonly objects: Objects;
  /** The chain without bytes, for components in this process. */
  readonly handle: ApiHandler;
  /** The chain, for whatever brings requests: a listener, a service worker, a test. */
  readonly respond: (request: Request) => Promise<Response>;
  /** The stations in their order. */
  readonly stations: readonly string[];
  /** Told of the size of each answer on the wire. */
  readonly answered: (request: Request, bytes: number) => void;
  /** Serves a kind of one's own that asks something and is never stored; `answer` answers it. */
  addReview(kind: Kind, answer: Review): void;
  /** Parts of the control plane, which `componentstatuses` tells of before the store. */
  addComponents(...probes: readonly ComponentProbe[]): void;
  /** Adds a station before the end of the chain, after authorisation. */
  addStation(station: Station): void;
  /** Ends `part` before the server itself. */
  endsWith(part: AsyncDisposable): void;
  /** Resolves once the caches are filled and requests are answered. */
  ready(): Promise<void>;
}

/** Upstream's --event-ttl. */
const eventTtlMs = 3_600_000;

/** What every station of the chain works with. */
const engineOf = (
  options: ApiServerOptions,
  parts: ServerParts,
  cache: WatchCache,
  catalog: Catalog,
  objects: Objects,
): Engine => ({
  ...{ world: options.world, storage: options.storage, cache, catalog, subresources },
  authorizers: parts.authorizers,
  admission: measured(parts.admission, options.world),
  reviews: parts.reviews ?? new Map(),
  stocks: options.stocks ?? [],
  enabled: options.enabled ?? (() => false),
  eventTtlMs: options.eventTtlMs ?? eventTtlMs,
  components: [storeProbe(options.storage)],
  address: () => addressIn(objects),
});

/** The stations up to authorisation, in their order. */
const throughAuthorization = (
  { world }: Engine,
  parts: ServerParts,
  over: ReturnType<typeof oversight>,
): readonly Station[] => [
  over.requests.station,
  panicNet(world),
  deadline(world),
  ...over.audit.failed,
  authenticate(parts.authenticators, over.access, proxyHeaderTest(parts.proxyHeaders)),
  ...over.audit.audit,
  ...(parts.impersonate ? [parts.impersonate] : []),
  ...over.audit.actor,
  over.fairness,
  authorize(parts.authorizers, over.access),
];

function catalogOf({ kinds, isOff }: ApiServerOptions, cache: WatchCache): Catalog {
  const catalog = new Catalog((each) => cache.add(each));
  for (const kind of kinds) {
    catalog.add(kind);
    if (isOff?.(kind.resource)) catalog.hide(kind.resource);
  }
  return catalog;
}

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { world, storage } = options;
  const cache = new WatchCache(world, storage);
  const catalog = catalogOf(options, cache);
  const objects = objectsOf(catalog);
  const parts = options.parts(objects, (request) => call(request), versionsOf(catalog));
  const reviews = new Map(parts.reviews);
  const engine = engineOf(options, { ...parts, reviews }, cache, catalog, objects);
  const over = oversight(options, engine, objects);
  const first = tracedStations(options.tracer, throughAuthorization(engine, parts, over));
  const added: Station[] = [];
  const ending: AsyncDisposable[] = [];
  const own = [over.pages, ...(parts.pages ?? [])];
  const last: readonly Station[] = [...own, discovery(engine), openApi(engine)];
  const end = options.tracer ? tracedVerb(rest(engine)) : rest(engine);
  let handle: Next = chain([...first, ...last], end);
  const custom = definesKinds(catalog)
    ? new CustomResources({
        ...{ engine, objects, call: (request) => call(request) },
        ask: parts.webhooks ? conversionWebhook(world, parts.webhooks) : unreachable,
      })
    : undefined;
  const opened = once(async () => {
    await cache.open();
    over.open();
    for (const stock of engine.stocks) stock.open(objects);
    await custom?.open();
  });
  let isOpen = false;
  const respond = (request: Request): Promise<Response> =>
    isOpen
      ? handle(request)
      : opened().then(() => {
          isOpen = true;
          return handle(request);
        });
  const call = direct(respond, options.freezeDeeply ?? false);
  return {
    engine,
    objects,
    handle: call,
    respond,
    get stations() {
      return [...first, ...added, ...last].map(({ name }) => name);
    },
    addReview(kind, answer) {
      const { group, resource } = kind.resource;
      reviews.set(`${resource}.${group}`, answer);
      catalog.add(kind);
    },
    addComponents: (...probes) => void engine.components.unshift(...probes),
    addStation(station) {
      added.push(station);
      handle = chain([...first, ...added, ...last], end);
    },
    answered: (request, bytes) => over.requests.answered(request, bytes),
    ready: opened,
    endsWith(part) {
      ending.push(part);
    },
    async [Symbol.asyncDispose]() {
      for (const part of ending.toReversed()) await part[Symbol.asyncDispose]();
      await custom?.[Symbol.asyncDispose]();
      await cache[Symbol.asyncDispose]();
    },
  };
}

const definesKinds = (catalog: Catalog): boolean =>
  catalog.kept('apiextensions.k8s.io', 'v1', 'customresourcedefinitions') !== undefined;

/** The store, by upstream's name. */
const storeProbe = (storage: Storage): ComponentProbe => ({
  name: 'etcd-0',
  async check() {
    await storage.current();
    return 'ok';
  },
});

/** Runs `job` on the first call; every call gets the same promise. */
function once(job: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= job());
}
