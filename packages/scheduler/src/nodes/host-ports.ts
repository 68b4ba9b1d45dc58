import type { Container, Pod } from '@coxswain/api/types/core-v1';

/** A port that a pod wants of its node. */
export interface HostPort {
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
}

const anyAddress = '0.0.0.0';
const none: readonly HostPort[] = [];

/** Those of its containers and sidecars. */
export function hostPorts({ spec }: Pod): readonly HostPort[] {
  let found: HostPort[] | undefined;
  const look = ({ ports }: Container): void => {
    for (const { hostPort, hostIP, protocol = 'TCP' } of ports ?? [])
      if (hostPort)
        (found ??= []).push({ address: hostIP || anyAddress, protocol, port: hostPort });
  };
  for (const container of spec.initContainers ?? [])
    if (container.restartPolicy === 'Always') look(container);
  spec.containers.forEach(look);
  return found ?? none;
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
