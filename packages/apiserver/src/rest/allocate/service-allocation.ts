import { type FieldError, internalError, invalid } from '@coxswain/api';
import type { Service, ServicePort } from '@coxswain/api/types/core-v1';
import { isHeadless } from '../../kinds/core/service-address-rules.ts';
import {
  needsClusterIP,
  needsHealthCheckPort,
  needsNodePort,
} from '../../kinds/core/service-update.ts';
import { invalidValue } from '../../kinds/rules/field.ts';
import { AddressError, ClusterIPAllocator } from './cluster-ip-allocator.ts';
import { withFamilies } from './families.ts';
import { NodePortAllocator, PortError } from './node-port-allocator.ts';

/** What was allocated for one write, until it is known whether the write stands. */
export interface Allocation {
  readonly service: Service;
  /** The write stands: what the service no longer has is free again. */
  readonly commit: () => void;
  /** The write failed: what was taken for it is free again. */
  readonly revert: () => void;
}

export interface AllocationOptions {
  readonly dryRun: boolean;
  readonly random: () => number;
}

/** Addresses and ports of all services. One per server; the one place that gives and takes them back. */
export class ServiceAllocation {
  readonly #addresses: ReadonlyMap<string, ClusterIPAllocator>;
  readonly #ports: NodePortAllocator;

  /** `ranges` are the service ranges, the one of the default family first. */
  constructor(ranges: readonly string[], ports: NodePortAllocator = new NodePortAllocator()) {
    const allocators = ranges.map((range) => new ClusterIPAllocator(range));
    this.#addresses = new Map(allocators.map((one) => [one.family, one]));
    this.#ports = ports;
  }

  /** Takes what services have that are stored already. Two that share something are left to the repair of one of them. */
  seed(services: Iterable<Service>): void {
    for (const service of services) {
      for (const text of addressesOf(service)) attempt(() => this.#allocatorOf(text)?.take(text));
      for (const port of portsOf(service)) attempt(() => this.#ports.take(port));
    }
  }

  /** The service with all that it needs; throws ApiError when it cannot be had, and then keeps nothing. */
  allocate(next: Service, before: Service | undefined, options: AllocationOptions): Allocation {
    const taken: (() => void)[] = [];
    const revert = (): void => {
      for (const undo of taken.splice(0)) undo();
    };
    try {
      const { service: settled, errors } = withFamilies(next, before, [...this.#addresses.keys()]);
      if (errors.length) throw refused(next, errors);
      const addressed = this.#withAddresses(settled, before, options, taken);
      const service = this.#withPorts(addressed, before, options, taken);
      if (options.dryRun) revert();
      const commit = (): void => {
        taken.length = 0;
        if (before && !options.dryRun) this.#releaseDropped(before, service);
      };
      return { service, commit, revert };
    } catch (error) {
      revert();
      throw error;
    }
  }

  /** Frees all that a deleted service had. */
  release(service: Service): void {
    for (const text of addressesOf(service)) this.#allocatorOf(text)?.release(text);
    for (const port of portsOf(service)) this.#ports.release(port);
  }

  #allocatorOf(text: string): ClusterIPAllocator | undefined {
    return this.#addresses.get(text.includes(':') ? 'IPv6' : 'IPv4');
  }

  #releaseDropped(before: Service, after: Service): void {
    const kept = new Set<string | number>([...addressesOf(after), ...portsOf(after)]);
    for (const text of addressesOf(before))
      if (!kept.has(text)) this.#allocatorOf(text)?.release(text);
    for (const port of portsOf(before)) if (!kept.has(port)) this.#ports.release(port);
  }

  #withAddresses(
    service: Service,
    before: Service | undefined,
    { random }: AllocationOptions,
    taken: (() => void)[],
  ): Service {
    if (!needsClusterIP(service) || isHeadless(service)) return service;
    const held = new Set(before ? addressesOf(before) : []);
    const given = service.spec.clusterIPs ?? [];
    const clusterIPs = (service.spec.ipFamilies ?? []).map((family, index) => {
      const allocator = this.#addresses.get(family)!;
      const asked = given[index];
      if (asked && held.has(asked)) return asked;
      const text = asked ? takeAsked(service, allocator, asked) : takeAny(allocator, random);
      taken.push(() => allocator.release(text));
      return text;
    });
    return { ...service, spec: { ...service.spec, clusterIP: clusterIPs[0], clusterIPs } };
  }

  #withPorts(
    service: Service,
    before: Service | undefined,
    { random }: AllocationOptions,
    taken: (() => void)[],
  ): Service {
    const held = new Set(before ? portsOf(before) : []);
    let { spec } = service;
    if (needsNodePort(service))
      spec = { ...spec, ports: this.#nodePorts(service, held, random, taken) };
    if (needsHealthCheckPort(service) && !held.has(spec.healthCheckNodePort ?? 0)) {
      const asked = spec.healthCheckNodePort;
      const path = 'spec.healthCheckNodePort';
      const port = this.#takePort(service, path, asked, random, taken);
      spec = { ...spec, healthCheckNodePort: port };
    }
    return spec === service.spec ? service : { ...service, spec };
  }

  /** One number may serve two protocols: TCP and UDP of one port share a node port that is asked for or held. */
  #nodePorts(
    service: Service,
    held: ReadonlySet<number>,
    random: () => number,
    taken: (() => void)[],
  ): readonly ServicePort[] {
    const own = new Set(held);
    return (service.spec.ports ?? []).map((port, index) => {
      if (port.nodePort && own.has(port.nodePort)) return port;
      const path = `spec.ports[${index}].nodePort`;
      const nodePort = this.#takePort(service, path, port.nodePort, random, taken);
      own.add(nodePort);
      return { ...port, nodePort };
    });
  }

  #takePort(
    service: Service,
    path: string,
    asked: number | undefined,
    random: () => number,
    taken: (() => void)[],
  ): number {
    try {
      const port = asked || this.#ports.peek(random);
      this.#ports.take(port);
      taken.push(() => this.#ports.release(port));
      return port;
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      if (asked) throw refused(service, [invalidValue(path, asked, error.message)]);
      throw internalError(
        new Error(`failed to allocate a nodePort: ${error.message}`, { cause: error }),
      );
    }
  }
}

const addressesOf = (service: Service): readonly string[] =>
  needsClusterIP(service)
    ? (service.spec.clusterIPs ?? []).filter((text) => text && text !== 'None')
    : [];

const portsOf = ({ spec }: Service): readonly number[] =>
  [
    ...(spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0),
    spec.healthCheckNodePort ?? 0,
  ].filter((port) => port > 0);

const refused = ({ metadata }: Service, errors: readonly FieldError[]): Error =>
  invalid({ group: '', resource: 'services', kind: 'Service', name: metadata.name }, errors);

function takeAsked(service: Service, allocator: ClusterIPAllocator, text: string): string {
  try {
    allocator.take(text);
    return text;
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    const detail = `failed to allocate IP ${text}: ${error.message}`;
    throw refused(service, [
      invalidValue('spec.clusterIPs', service.spec.clusterIPs ?? [], detail),
    ]);
  }
}

function takeAny(allocator: ClusterIPAllocator, random: () => number): string {
  try {
    return allocator.takeNext(random);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw internalError(
      new Error(`failed to allocate a serviceIP: ${error.message}`, { cause: error }),
    );
  }
}

function attempt(take: () => void): void {
  try {
    take();
  } catch (error) {
    if (!(error instanceof AddressError) && !(error instanceof PortError)) throw error;
  }
}
