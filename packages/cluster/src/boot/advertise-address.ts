import { networkInterfaces } from 'node:os';

/** Our own bridges and links, and those of other container programs: no address to be found at. */
const inner = /^(cox|cni|veth|docker|br-|virbr)/;
/** What upstream's server says of itself when there is nothing better. */
const placeholder = '192.0.2.2';

/** An IPv4 address of this machine that is not loopback: what the Service `kubernetes` points at, which may not be loopback. */
export function advertiseAddress(): string {
  const named = Object.entries(networkInterfaces()).filter(([name]) => !inner.test(name));
  const addresses = named.flatMap(([, list]) => list ?? []);
  return (
    addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? placeholder
  );
}
