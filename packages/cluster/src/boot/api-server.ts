import { type ApiServer, createApiServer, serviceStock } from '@coxswain/apiserver';
import {
  bootstrap,
  extensionAuthentication,
  keepConfigMaps,
  keepFlowControl,
  legacyTokenTracking,
  standardParts,
} from '@coxswain/apiserver/bootstrap';
import type { Pki } from '@coxswain/apiserver/certificates';
import { openAggregator } from '@coxswain/apiserver/aggregation';
import { connect, type ConnectWire } from '@coxswain/apiserver/connect';
import { connectWire } from '@coxswain/apiserver/connect/wire';
import { builtInKinds } from '@coxswain/apiserver/kinds';
import { listen, type Listener } from '@coxswain/apiserver/listen';
import type { Carrier, World } from '@coxswain/base';
import { outgoing } from '@coxswain/base/wire';
import type { Storage } from '@coxswain/storage';
import { countedCarrier } from './counted-carrier.ts';
import { Failure } from '../command/verb.ts';
import { auditSettings, openTracingOf } from './oversight-settings.ts';
import { processFigures } from './process-figures.ts';
import { serverFlags } from './server-flags.ts';
import { accessSettings } from './access-settings.ts';
import { keepIdentityLease } from './identity-lease.ts';
import { accountKeysOf, authoritiesOf, followKeys, listenKeys } from './key-settings.ts';
import type { ServerSettings } from './server-settings.ts';

export interface ApiServerWanted {
  readonly world: World;
  readonly storage: Storage;
  readonly pki: Pki;
  readonly settings: ServerSettings;
  /** PEM: whom kubelets must be signed by, unless a flag names others. Undefined: they are not checked. */
  readonly kubeletAuthority: string | undefined;
  /** The ways to kubelets and pods, and to servers outside, where they are not this machine's network. */
  readonly wire?: ConnectWire | undefined;
  readonly outgoing?: Carrier | undefined;
  readonly signal: AbortSignal;
}

/** The server with its caches filled and the system's own objects in place; not listening yet. */
export async function openApiServer(wanted: ApiServerWanted): Promise<ApiServer> {
  const { world, storage, pki, settings, signal } = wanted;
  const audit = await auditSettings(settings.flags, world, signal);
  const tracing = await openTracingOf(settings.flags, world);
  const { keys } = settings;
  let authorities = authoritiesOf(pki, keys);
  const toBelieve: ((next: typeof authorities) => void)[] = [];
  const server = createApiServer({
    world,
    storage,
    kinds: builtInKinds,
    parts: standardParts({
      ...settings,
      ...(await accessSettings(settings.flags, world, signal)),
      world,
      outgoing: wanted.outgoing ?? countedCarrier(outgoing(), world.work),
      enabled: settings.features,
      ...authorities,
      followAuthorities: (change) => void toBelieve.push(change),
      proxyHeaders: keys.proxyHeaders,
      serviceAccountKeys: accountKeysOf(pki, keys),
      tokenLife: keys.tokenLife,
    }),
    stocks: [serviceStock(settings.serviceRanges, settings.nodePorts)],
    inFlight: settings.inFlight,
    isFair: settings.flags['enable-priority-and-fairness'] !== 'false',
    flags: flagValues(settings.flags),
    process: processFigures,
    ...(audit && { audit }),
    ...(tracing && { tracer: tracing.tracer }),
    enabled: settings.features,
    isOff: settings.isOff,
    eventTtlMs: settings.eventTtlMs,
  });
  const wire = wanted.wire ?? wireOf(wanted);
  if (tracing) server.endsWith(tracing);
  server.addStation(connect(server, wire));
  try {
    await server.ready();
    const system = {
      serviceRanges: settings.serviceRanges,
      enabled: settings.features,
    };
    await bootstrap(server.handle, server.objects, system, signal);
    const trust = () => ({ ...authorities, headers: keys.proxyHeaders });
    const told = [
      extensionAuthentication(trust, () => world.clock.now()),
      legacyTokenTracking(() => world.clock.now()),
    ];
    const tell = await keepConfigMaps(world, server.objects, server.handle, told, signal);
    let proxy = keys.proxyClient;
    followKeys(settings.flags, world, signal, (next) => {
      authorities = authoritiesOf(pki, next);
      proxy = next.proxyClient;
      for (const believe of toBelieve) believe(authorities);
      tell();
    });
    aggregate(server, wanted, wire, () => proxy ?? pki.frontProxyClient);
    keepFlowControl(world, server.objects, server.handle, signal);
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** To kubelets by TLS, with the server's own certificate. */
function wireOf({ world, pki, settings, kubeletAuthority }: ApiServerWanted): ConnectWire {
  const { certificate, key } = settings.keys.kubeletClient ?? pki.kubeletClient;
  const authority = settings.kubeletAuthority ?? kubeletAuthority;
  return connectWire(world.clock, () => ({ certificate, key, authority }));
}

/** Other API servers behind this one; they see the front proxy's certificate. */
function aggregate(
  server: ApiServer,
  { world, settings }: ApiServerWanted,
  wire: ConnectWire,
  identity: () => Pki['frontProxyClient'],
): void {
  const aggregator = openAggregator({
    ...{ world, wire, outgoing: outgoing(), objects: server.objects, call: server.handle },
    resources: server.engine.catalog
      .all()
      .filter(({ kind }) => !kind.custom)
      .map(({ resource }) => resource),
    identity,
    asksEndpoints: settings.flags['enable-aggregator-routing'] !== 'false',
  });
  server.addStation(aggregator.station);
  server.endsWith(aggregator);
}

/** Every flag with its value: as given, or what it is without. */
const flagValues = (given: ServerSettings['flags']): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(serverFlags).map(([name, { fallback }]) => [name, fallback ?? '']),
  ),
  ...given,
});

export interface Listening {
  readonly listener: Listener;
  readonly port: number;
  /** Shows the cluster's own certificates as they are now, where no flag names others. */
  readonly renewed: (pki: Pki) => void;
}

/** Serves on `port` of every host; the first host's port decides when it is 0. Follows the files that flags name. */
export async function openListener(
  server: ApiServer,
  pki: Pki,
  hosts: readonly string[],
  port: number,
  { keys: first, flags }: Pick<ServerSettings, 'keys' | 'flags'>,
): Promise<Listening> {
  let now = { pki, keys: first };
  const end = new AbortController();
  const opened = await listen(server, {
    addresses: hosts.map((host) => ({ host, port })),
    ...listenKeys(pki, first),
  }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw cause;
    throw new Failure(`port ${port} is taken by another program`, {
      cause,
      advice: `choose another one: --port ${port + 1} (or --port 0 for any free one)`,
    });
  });
  const show = (next: Partial<typeof now>): void => {
    now = { ...now, ...next };
    opened.renew(listenKeys(now.pki, now.keys));
  };
  followKeys(flags, server.engine.world, end.signal, (keys) => show({ keys }));
  void keepIdentityLease(server, end.signal);
  const listener: Listener = {
    ...opened,
    [Symbol.asyncDispose]() {
      end.abort();
      return opened[Symbol.asyncDispose]();
    },
  };
  return { listener, port: opened.addresses[0]!.port, renewed: (next) => show({ pki: next }) };
}
