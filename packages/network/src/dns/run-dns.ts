import { ApiError, EndpointSlices, Services } from '@coxswain/api';
import type { Service } from '@coxswain/api/types/core-v1';
import type { EndpointSlice } from '@coxswain/api/types/discovery-v1';
import type { World } from '@coxswain/base';
import type { Client, Informers } from '@coxswain/client';
import { serviceView } from '../services.ts';
import { machineNameServers, type NameServer } from './forward.ts';
import { Names } from './names.ts';
import { DnsServer } from './server.ts';
import { serviceRecords } from './service-records.ts';

export interface DnsOptions {
  readonly world: World;
  readonly client: Client;
  readonly informers: Informers;
  /** Where to listen; pods must be able to reach it. */
  readonly address: string;
  readonly port?: number; // default: any free one
  readonly domain: string; // cluster.local
  /** The address of the kube-dns Service: what pods have in their resolv.conf. */
  readonly clusterAddress: string;
  /** Who is asked about the world outside; default: the machine's own name servers. */
  readonly forwarders?: readonly NameServer[];
  readonly signal: AbortSignal;
  readonly onReady?: (port: number) => void;
}

/** Serves the cluster's names, and stands behind the Service kube-system/kube-dns, until `signal` aborts. */
export async function runDns(options: DnsOptions): Promise<void> {
  const { world, domain, address, informers, signal } = options;
  const names = new Names(domain);
  await using server = await DnsServer.open({
    address,
    port: options.port ?? 0,
    domain,
    names,
    forwarders: options.forwarders ?? (await machineNameServers()),
    clock: world.clock,
    random: world.random,
    log: world.log,
  });
  const view = serviceView(informers);
  await view.whenSynced(signal);
  using _names = view.subscribe((keys) => {
    for (const key of keys) {
      const service = view.service(key);
      names.set(key, service ? serviceRecords(service, view.slices(key), domain) : []);
    }
  });
  await publish(options, server.port);
  options.onReady?.(server.port);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const namespace = 'kube-system';
const name = 'kube-dns';
const manager = 'coxswain-dns';

/** The Service that upstream's tools look for, and one endpoint: this server. Both are applied, so a restart mends them. */
async function publish(
  { world, client, clusterAddress, address, signal }: DnsOptions,
  port: number,
): Promise<void> {
  const labels = {
    'k8s-app': 'kube-dns',
    'kubernetes.io/cluster-service': 'true',
    'kubernetes.io/name': 'CoreDNS',
  };
  const ports = [
    { name: 'dns', port: 53, protocol: 'UDP', targetPort: port },
    { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: port },
  ];
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels },
    spec: { clusterIP: clusterAddress, ports },
  };
  const slice: EndpointSlice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-coxswain`,
      namespace,
      labels: {
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': manager,
      },
    },
    addressType: 'IPv4',
    ports: ports.map((one) => ({ name: one.name, port, protocol: one.protocol })),
    endpoints: [
      { addresses: [address], conditions: { ready: true, serving: true, terminating: false } },
    ],
  };
  const at = { manager, force: true, signal };
  await client.apply(Services, service, at).catch((error: unknown) => {
    // Somebody else's Service has the address or the name: ours would not be asked.
    if (error instanceof ApiError)
      throw new Error(`Service ${namespace}/${name}: ${error.message}`, { cause: error });
    throw error;
  });
  await client.apply(EndpointSlices, slice, at).catch((error: unknown) => {
    // API servers refuse loopback: names are answered all the same, to who asks here.
    if (!(error instanceof ApiError && error.code === 422 && address.startsWith('127.')))
      throw error;
    world.log.warn('only this machine reaches the name server; no Service leads to it', {
      address,
    });
  });
}
