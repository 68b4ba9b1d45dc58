import { type FieldError, internalError, invalid } from '@coxswain/api';
import type { Service, ServicePort } from '@coxswain/api/types/core-v1';
import { isHeadless } from '../../kinds/core/service-address-rules.ts';
import {
  needsClusterIP,
  needsHealthCheckPort,
  needsNodePort,
} from '../../kinds/core/service-update.ts';
import { invalidValue } from '../../kinds/rules/field.ts';
import { freeAddress, holds, networkAddress } from './address-pool.ts';
import { isUntouchedPreference, withFamilies } from './families.ts';
import { type NodePortAllocator, NodePorts, PortError } from './node-port-allocator.ts';
import type { ServiceAddresses } from './service-addresses.ts';

/** What was allocated for one write, until it is known whether the write stands. */
export interface Allocation {
  readonly service: Service;
  /** Addresses that the service has from now on, and those that it had and gives back. */
  readonly taken: readonly string[];
  readonly dropped: readonly string[];
  /** The write stands: what was taken is known by the objects that were stored. */
  readonly commit: () => void;
  /** The write failed: what was taken for it is free again. */
  readonly revert: () => void;
}

export interface AllocationOptions {
  readonly dryRun: boolean;
  readonly random: () => number;
}

/**
 * Gives services addresses and ports. What stored objects have is read from the caches; here is only what writes that
 * are under way have taken.
 */
export class ServiceAllocation {
  readonly #addresses: ServiceAddresses;
  readonly #ports: NodePortAllocator;
  readonly #pending = new Set<string>();

  constructor(addresses: ServiceAddresses, ports: NodePortAllocator) {
    this.#addresses = addresses;
    this.#ports = ports;
  }

  /** The service with all that it needs; throws ApiError when it cannot be had, and then keeps nothing. */
  allocate(next: Service, before: Service | undefined, options: AllocationOptions): Allocation {
    const taken: string[] = [];
    const ports = new NodePorts(this.#ports, options);
    const leave = (): void => {
      for (const address of taken) this.#pending.delete(address);
    };
    const revert = (): void => {
      leave();
      ports.revert();
    };
    try {
      const { service: settled, errors } = withFamilies(next, before, this.#addresses.families);
      if (errors.length) throw refused(next, errors);
      const addressed = this.#withAddresses(settled, before, options, taken);
      const service = withPorts(addressed, before, ports);
      if (options.dryRun) return { service, taken: [], dropped: [], commit: leave, revert };
      const dropped = before ? droppedAddresses(service, before) : [];
      return { service, taken, dropped, commit: leave, revert };
    } catch (error) {
      revert();
      throw error;
    }
  }

  /** An update takes addresses only where there were none, or where a second family came. */
  #withAddresses(
    service: Service,
    before: Service | undefined,
    options: AllocationOptions,
    taken: string[],
  ): Service {
    if (!needsClusterIP(service) || isHeadless(service)) return service;
    const families = service.spec.ipFamilies ?? [];
    const given = service.spec.clusterIPs ?? [];
    let from = 0;
    if (before && needsClusterIP(before)) {
      const old = before.spec.ipFamilies?.length ?? 0;
      const isUpgrade = old === 1 && families.length === 2;
      if (isHeadless(before) || isUntouchedPreference(service.spec, before.spec) || !isUpgrade)
        return service;
      from = 1;
    }
    const clusterIPs = families.map((family, index) => {
      const asked = given[index] ?? '';
      if (index < from) return asked;
      const address = asked
        ? this.#asked(service, family, asked, options)
        : this.#any(service, family, options);
      if (!options.dryRun) {
        this.#pending.add(address);
        taken.push(address);
      }
      return address;
    });
    const clusterIP = from === 0 ? clusterIPs[0] : service.spec.clusterIP;
    return { ...service, spec: { ...service.spec, clusterIP, clusterIPs } };
  }

  #isTaken(address: string): boolean {
    return this.#pending.has(address) || this.#addresses.isTaken(address);
  }

  #asked(service: Service, family: string, address: string, { dryRun }: AllocationOptions): string {
    const refuse = (why: string): Error =>
      refused(service, [
        invalidValue(
          'spec.clusterIPs',
          service.spec.clusterIPs ?? [],
          `failed to allocate IP ${address}: ${why}`,
        ),
      ]);
    const pools = this.#addresses.pools(family, dryRun ? 'all' : 'ready');
    if (pools.some((pool) => holds(pool, address))) {
      // Upstream's dry run does not look whether an address is taken.
      if (dryRun || !this.#isTaken(address)) return address;
      throw refuse('provided IP is already allocated');
    }
    if (!dryRun) throw refuse('the provided network does not match the current range');
    throw refuse(
      `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${pools[0]?.range ?? ''}`,
    );
  }

  #any(service: Service, family: string, { dryRun, random }: AllocationOptions): string {
    const { name } = service.metadata;
    const pools = this.#addresses.pools(family, dryRun ? 'all' : 'ready');
    if (dryRun && pools[0]) return networkAddress(pools[0]);
    for (const pool of pools) {
      const address = freeAddress(pool, random, (one) => this.#isTaken(one));
      if (address !== undefined && !name) throw nameless(service, address);
      if (address !== undefined) return address;
    }
    throw internalError(
      new Error(
        `failed to allocate a serviceIP for Service ${JSON.stringify(name)}: range is full`,
      ),
    );
  }
}

/** An address belongs to somebody: upstream finds so before it looks at the Service itself. */
const nameless = (service: Service, address: string): Error =>
  refused(service, [
    invalidValue(
      'spec.clusterIPs',
      [''],
      `failed to allocate IP: IPAddress.networking.k8s.io "${address}" is invalid: spec.parentRef.name: Required value`,
    ),
  ]);

function withPorts(service: Service, before: Service | undefined, ports: NodePorts): Service {
  let { spec } = service;
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer')
    spec = {
      ...spec,
      ports: before ? updatedPorts(service, before, ports) : newPorts(service, ports),
    };
  const needed = before !== undefined && needsHealthCheckPort(before);
  if (needsHealthCheckPort(service) && !needed)
    spec = { ...spec, healthCheckNodePort: healthPort(spec.healthCheckNodePort ?? 0, ports) };
  return spec === service.spec ? service : { ...service, spec };
}

/** One number serves all protocols of a port. */
function newPorts(service: Service, ports: NodePorts): readonly ServicePort[] {
  const given = service.spec.ports ?? [];
  const ofPort = new Map<number, number>();
  return given.map((port, index) => {
    if (!port.nodePort && !needsNodePort(service)) return port;
    const known = ofPort.get(port.port);
    if (known === undefined) {
      const asked = given.find((one) => one.port === port.port && one.nodePort)?.nodePort ?? 0;
      const nodePort = asked ? takeAsked(service, index, asked, ports) : takeAny(ports);
      ofPort.set(port.port, nodePort);
      return { ...port, nodePort };
    }
    if (!port.nodePort) return { ...port, nodePort: known };
    if (port.nodePort !== known) takeAsked(service, index, port.nodePort, ports);
    return port;
  });
}

function updatedPorts(service: Service, before: Service, ports: NodePorts): readonly ServicePort[] {
  const held = new Set(portsOf(before));
  return (service.spec.ports ?? []).map((port, index) => {
    if (!port.nodePort)
      return needsNodePort(service) ? { ...port, nodePort: takeAny(ports) } : port;
    if (held.has(port.nodePort)) return port;
    takeAsked(service, index, port.nodePort, ports);
    held.add(port.nodePort);
    return port;
  });
}

function takeAsked(service: Service, index: number, port: number, ports: NodePorts): number {
  try {
    ports.take(port);
    return port;
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    const at = `spec.ports[${index}].nodePort`;
    throw refused(service, [invalidValue(at, port, error.message)]);
  }
}

const takeAny = (ports: NodePorts): number =>
  internally('failed to allocate a nodePort', () => ports.takeNext());

const healthPort = (asked: number, ports: NodePorts): number =>
  asked
    ? internally(`failed to allocate requested HealthCheck NodePort ${asked}`, () => {
        ports.take(asked);
        return asked;
      })
    : internally('failed to allocate a HealthCheck NodePort 0', () => ports.takeNext());

function internally(what: string, take: () => number): number {
  try {
    return take();
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    throw internalError(new Error(`${what}: ${error.message}`, { cause: error }));
  }
}

/** The addresses that a service has of its own. */
export const clusterAddresses = (service: Service): readonly string[] =>
  needsClusterIP(service)
    ? (service.spec.clusterIPs ?? []).filter((text) => text && text !== 'None')
    : [];

/** The ports that a service opens on nodes. */
export const portsOf = ({ spec }: Service): readonly number[] =>
  [
    ...(spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0),
    spec.healthCheckNodePort ?? 0,
  ].filter((port) => port > 0);

function droppedAddresses(service: Service, before: Service): readonly string[] {
  const kept = new Set(clusterAddresses(service));
  return clusterAddresses(before).filter((address) => !kept.has(address));
}

const refused = ({ metadata }: Service, errors: readonly FieldError[]): Error =>
  invalid({ group: '', resource: 'services', kind: 'Service', name: metadata.name }, errors);
