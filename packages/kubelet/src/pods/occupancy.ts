import type { Pod } from '@coxswain/api/types/core-v1';
import { podRequests, type Requests } from './resources.ts';
import { containersOf, isHostNetwork } from './spec.ts';

/** A port of the node that a pod takes: address, protocol, number. */
type HostPort = readonly [ip: string, protocol: string, port: number];

/** What the pods of a node take of it, kept by differences. */
export class Occupancy {
  pods = 0;
  milliCpu = 0;
  memoryBytes = 0;
  storageBytes = 0;
  readonly others: Record<string, number> = {};
  readonly #ports: HostPort[] = [];

  static of(pods: Iterable<Pod>): Occupancy {
    const occupancy = new Occupancy();
    for (const pod of pods) occupancy.add(pod);
    return occupancy;
  }

  add(pod: Pod): void {
    this.#count(podRequests(pod), 1);
    this.#ports.push(...hostPorts(pod));
  }

  /** Takes back what `add` took for the same spec. */
  remove(pod: Pod): void {
    this.#count(podRequests(pod), -1);
    for (const port of hostPorts(pod)) {
      const at = this.#ports.findIndex((one) => one.join() === port.join());
      if (at >= 0) this.#ports.splice(at, 1);
    }
  }

  /** One of the pod's host ports is taken. */
  clashes(pod: Pod): boolean {
    if (this.#ports.length === 0) return false;
    return hostPorts(pod).some(([ip, protocol, port]) =>
      this.#ports.some(
        ([otherIp, otherProtocol, otherPort]) =>
          port === otherPort &&
          protocol === otherProtocol &&
          (ip === otherIp || ip === '0.0.0.0' || otherIp === '0.0.0.0'),
      ),
    );
  }

  #count({ milliCpu, memoryBytes, storageBytes, others }: Requests, sign: 1 | -1): void {
    this.pods += sign;
    this.milliCpu += sign * milliCpu;
    this.memoryBytes += sign * memoryBytes;
    this.storageBytes += sign * storageBytes;
    for (const name in others) this.others[name] = (this.others[name] ?? 0) + sign * others[name]!;
  }
}

const hostPorts = (pod: Pod): readonly HostPort[] =>
  [...containersOf(pod)].flatMap(([kind, { ports = [] }]) =>
    kind === 'init' || kind === 'ephemeral'
      ? []
      : ports.flatMap(({ hostPort, containerPort, hostIP, protocol }) => {
          const port = hostPort || (isHostNetwork(pod) ? containerPort : 0);
          return port ? [[hostIP || '0.0.0.0', protocol ?? 'TCP', port] as const] : [];
        }),
  );
