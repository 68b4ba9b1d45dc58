import type { Pod, Service } from '@coxswain/api/types/core-v1';

const nameOf = (text: string): string => text.toUpperCase().replaceAll('-', '_');
const joined = (ip: string, port: number): string =>
  ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;

/** `HELLO_SERVICE_HOST` and its kin for every Service the pod may see by variable: its namespace's, and always the API server's. */
export function serviceEnvironment(
  pod: Pod,
  services: Iterable<Service>,
): ReadonlyMap<string, string> {
  const seen = new Map<string, Service>();
  const hasLinks = pod.spec!.enableServiceLinks ?? true;
  for (const service of services) {
    const { name, namespace } = service.metadata;
    const ip = service.spec.clusterIP;
    if (!ip || ip === 'None') continue;
    if (namespace === 'default' && name === 'kubernetes') {
      if (!seen.has(name)) seen.set(name, service);
    } else if (hasLinks && namespace === pod.metadata.namespace) seen.set(name, service);
  }
  const variables = new Map<string, string>();
  for (const service of seen.values()) addVariables(service, variables);
  return variables;
}

function addVariables({ metadata, spec }: Service, variables: Map<string, string>): void {
  const prefix = nameOf(metadata.name);
  const ip = spec.clusterIP!;
  const ports = spec.ports ?? [];
  variables.set(`${prefix}_SERVICE_HOST`, ip);
  if (!ports[0]) return;
  variables.set(`${prefix}_SERVICE_PORT`, String(ports[0].port));
  for (const { name, port } of ports)
    if (name) variables.set(`${prefix}_SERVICE_PORT_${nameOf(name)}`, String(port));
  for (const [index, { port, protocol = 'TCP' }] of ports.entries()) {
    const scheme = protocol.toLowerCase();
    const url = `${scheme}://${joined(ip, port)}`;
    const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    if (index === 0) variables.set(`${prefix}_PORT`, url);
    variables.set(link, url);
    variables.set(`${link}_PROTO`, scheme);
    variables.set(`${link}_PORT`, String(port));
    variables.set(`${link}_ADDR`, ip);
  }
}
