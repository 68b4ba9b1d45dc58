import type { Pod } from '@coxswain/api/types/core-v1';

/** A port that a pod wants of its node. */
export interface HostPort {
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
}

const anyAddress = '0.0.0.0';
const none: readonly HostPort[] = [];
const cache = new WeakMap<Pod, readonly HostPort[]>();

export function hostPorts(pod: Pod): readonly HostPort[] {
  let ports = cache.get(pod);
  if (ports) return ports;
  const sidecars = (pod.spec.initContainers ?? []).filter(
    (container) => container.restartPolicy === 'Always',
  );
  const found = [...sidecars, ...pod.spec.containers].flatMap((container) =>
    (container.ports ?? [])
      .filter((port) => (port.hostPort ?? 0) > 0)
      .map((port) => ({
        address: port.hostIP || anyAddress,
        protocol: port.protocol ?? 'TCP',
        port: port.hostPort!,
      })),
  );
  ports = found.length > 0 ? found : none;
  cache.set(pod, ports);
  return ports;
}

/** The ports in use on a node, by protocol and number. Every address conflicts with "any address". */
export class PortsInUse {
  readonly #addresses = new Map<string, string[]>();

  add({ address, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`;
    const addresses = this.#addresses.get(key);
    if (addresses) addresses.push(address);
    else this.#addresses.set(key, [address]);
  }

  remove({ address, protocol, port }: HostPort): void {
    const key = `${protocol}/${port}`;
    const addresses = this.#addresses.get(key) ?? [];
    const at = addresses.indexOf(address);
    if (at >= 0) addresses.splice(at, 1);
    if (addresses.length === 0) this.#addresses.delete(key);
  }

  conflicts({ address, protocol, port }: HostPort): boolean {
    const addresses = this.#addresses.get(`${protocol}/${port}`);
    if (!addresses) return false;
    return (
      address === anyAddress || addresses.some((used) => used === address || used === anyAddress)
    );
  }
}
