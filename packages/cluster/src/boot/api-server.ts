import { type ApiServer, createApiServer, serviceStock } from '@coxswain/apiserver';
import { bootstrap, keepFlowControl, standardParts } from '@coxswain/apiserver/bootstrap';
import type { Pki } from '@coxswain/apiserver/certificates';
import { openAggregator } from '@coxswain/apiserver/aggregation';
import { connect, type ConnectWire } from '@coxswain/apiserver/connect';
import { connectWire } from '@coxswain/apiserver/connect/wire';
import { builtInKinds } from '@coxswain/apiserver/kinds';
import { listen, type Listener } from '@coxswain/apiserver/listen';
import type { Carrier, World } from '@coxswain/base';
import { outgoing } from '@coxswain/base/wire';
import type { Storage } from '@coxswain/storage';
import { Failure } from '../command/verb.ts';
import { auditSettings } from './oversight-settings.ts';
import { processFigures } from './process-figures.ts';
import { serverFlags } from './server-flags.ts';
import { accessSettings, proxyIdentity } from './access-settings.ts';
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
  const server = createApiServer({
    world,
    storage,
    kinds: builtInKinds,
    parts: standardParts({
      ...settings,
      ...(await accessSettings(settings.flags, world, signal)),
      world,
      outgoing: wanted.outgoing ?? outgoing(),
      enabled: settings.features,
      clientCa: pki.ca.certificate,
      frontProxyCa: pki.frontProxyCa.certificate,
      serviceAccountKeys: {
        key: pki.serviceAccount.key,
        publicKeys: [pki.serviceAccount.publicKey],
      },
    }),
    stocks: [serviceStock([settings.serviceRange], settings.nodePorts)],
    inFlight: settings.inFlight,
    isFair: settings.flags['enable-priority-and-fairness'] !== 'false',
    flags: flagValues(settings.flags),
    process: processFigures,
    ...(audit && { audit }),
    enabled: settings.features,
    isOff: settings.isOff,
    eventTtlMs: settings.eventTtlMs,
  });
  const wire = wanted.wire ?? wireOf(wanted);
  server.addStation(connect(server, wire));
  try {
    await server.ready();
    const system = {
      serviceRanges: [settings.serviceRange],
      clientCa: pki.ca.certificate,
      frontProxyCa: pki.frontProxyCa.certificate,
      enabled: settings.features,
    };
    await bootstrap(server.handle, server.objects, system, signal);
    const proxy = await proxyIdentity(settings.flags);
    aggregate(server, world, wire, () => proxy ?? pki.frontProxyClient);
    keepFlowControl(world, server.objects, server.handle, signal);
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** To kubelets by TLS, with the server's own certificate. */
function wireOf({ world, pki, settings, kubeletAuthority }: ApiServerWanted): ConnectWire {
  const { certificate, key } = pki.kubeletClient;
  const authority = settings.kubeletAuthority ?? kubeletAuthority;
  return connectWire(world.clock, () => ({ certificate, key, authority }));
}

/** Other API servers behind this one; they see the front proxy's certificate. */
function aggregate(
  server: ApiServer,
  world: World,
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

/** What the listener shows, and whom it believes. */
export const listenerKeys = (
  pki: Pki,
): { readonly certificate: string; readonly key: string; readonly clientAuthorities: string } => ({
  certificate: pki.serving.certificate,
  key: pki.serving.key,
  clientAuthorities: `${pki.ca.certificate}${pki.frontProxyCa.certificate}`,
});

/** Serves on `port` of every host; the first host's port decides when it is 0. */
export async function openListener(
  server: ApiServer,
  pki: Pki,
  hosts: readonly string[],
  port: number,
): Promise<{ readonly listener: Listener; readonly port: number }> {
  try {
    const listener = await listen(server, {
      addresses: hosts.map((host) => ({ host, port })),
      ...listenerKeys(pki),
    });
    return { listener, port: listener.addresses[0]!.port };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new Failure(`port ${port} is taken by another program`, {
      cause,
      advice: `choose another one: --port ${port + 1} (or --port 0 for any free one)`,
    });
  }
}
