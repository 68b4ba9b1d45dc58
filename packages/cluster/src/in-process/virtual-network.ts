import { EndpointSlices, Services } from '@coxswain/api';
import type { EndpointSlice } from '@coxswain/api/types/discovery-v1';
import type { Service } from '@coxswain/api/types/core-v1';
import type { Informers } from '@coxswain/client';
import type { Handler } from './process.ts';

/** A connection that could not be made, in the words that probes and clients know. */
export class DialError extends Error {
  override readonly name = 'DialError';
}

const serviceOf = ({ metadata }: EndpointSlice): readonly string[] => {
  const name = metadata.labels?.['kubernetes.io/service-name'];
  return name ? [`${metadata.namespace}/${name}`] : [];
};
const addressOf = ({ spec }: Service): readonly string[] => spec?.clusterIPs ?? [];

const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host);

/** The network between the pods of a cluster whose images are functions: addresses, ports, Services, names. */
export class VirtualNetwork {
  readonly #ports = new Map<string, Map<number, Handler>>();
  readonly #domain: string;
  readonly #random: () => number;
  #informers: Informers | undefined;

  constructor(domain: string, random: () => number) {
    this.#domain = domain;
    this.#random = random;
  }

  open(informers: Informers): void {
    this.#informers = informers;
    informers.of(Services).addIndex('cluster-ip', addressOf);
    informers.of(EndpointSlices).addIndex('virtual-network', serviceOf);
  }

  /** Gives a pod its place; one that has none is not known to anybody. */
  join(address: string): void {
    if (!this.#ports.has(address)) this.#ports.set(address, new Map());
  }

  leave(address: string): void {
    this.#ports.delete(address);
  }

  has(address: string): boolean {
    return this.#ports.has(address);
  }

  listen(address: string, port: number, handler: Handler): Disposable {
    this.join(address);
    const ports = this.#ports.get(address)!;
    if (ports.has(port)) throw new Error(`listen tcp :${port}: bind: address already in use`);
    ports.set(port, handler);
    return { [Symbol.dispose]: () => void (ports.get(port) === handler && ports.delete(port)) };
  }

  /** Who answers at a host and port, as seen from `namespace`. Throws DialError. */
  find(host: string, port: number, namespace: string): Handler {
    const service = isAddress(host) ? this.#serviceAt(host) : this.#named(host, namespace);
    const [address, at] = service ? this.#endpoint(service, host, port) : [host, port];
    const where = `${address}:${at}`;
    const ports = this.#ports.get(address);
    if (!ports) throw new DialError(`dial tcp ${where}: connect: no route to host`);
    const handler = ports.get(at);
    if (!handler) throw new DialError(`dial tcp ${where}: connect: connection refused`);
    return handler;
  }

  /** Whether a name or address is one of this cluster: all else lies outside. */
  knows(host: string, namespace: string): boolean {
    try {
      if (isAddress(host)) return this.has(host) || this.#serviceAt(host) !== undefined;
      return this.#named(host, namespace) !== undefined;
    } catch {
      return false;
    }
  }

  #serviceAt(address: string): Service | undefined {
    return this.#informers?.of(Services).by('cluster-ip', address)[0];
  }

  /** `web`, `web.shop`, `web.shop.svc`, `web.shop.svc.cluster.local`, and with a host before it. */
  #named(host: string, namespace: string): Service {
    const bare = host.replace(/\.$/, '').replace(new RegExp(`\\.svc(\\.${this.#domain})?$`), '');
    const words = bare.split('.');
    const services = this.#informers?.of(Services);
    const tries: (readonly [string | undefined, string])[] = [
      [words[0], words[1] ?? namespace],
      [words[1], words[2] ?? namespace],
    ];
    for (const [name, place] of tries) {
      const found = name === undefined ? undefined : services?.get(name, place);
      if (found) return found;
    }
    throw new DialError(`lookup ${host}: no such host`);
  }

  /** One of the ready endpoints, by lot; of a headless Service the one that a host name means. */
  #endpoint(service: Service, host: string, port: number): readonly [string, number] {
    const { name, namespace } = service.metadata;
    const isHeadless = service.spec?.clusterIP === 'None';
    const wanted = service.spec?.ports?.find((one) => one.port === port);
    if (!wanted && !isHeadless)
      throw new DialError(`dial tcp ${host}:${port}: connect: connection refused`);
    const label = isAddress(host) ? name : host.split('.')[0];
    const slices = this.#informers!.of(EndpointSlices);
    const ends = slices.by('virtual-network', `${namespace}/${name}`).flatMap((slice) => {
      const target = isHeadless
        ? port
        : slice.ports?.find((one) => (one.name ?? '') === (wanted?.name ?? ''))?.port;
      const publishes = service.spec?.publishNotReadyAddresses === true;
      const ready = (slice.endpoints ?? []).filter(
        ({ conditions, hostname }) =>
          (publishes || conditions?.ready !== false) && (label === name || hostname === label),
      );
      return target === undefined || target === null
        ? []
        : ready.flatMap(({ addresses }) => addresses.map((address) => [address, target] as const));
    });
    const chosen = ends[Math.floor(this.#random() * ends.length)];
    if (!chosen) throw new DialError(`dial tcp ${host}:${port}: connect: connection refused`);
    return chosen;
  }
}
