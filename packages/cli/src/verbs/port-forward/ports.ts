import type { ContainerPort, Pod, Service } from '@coxswain/api/types/core-v1';

/** A port here and the port of the pod that it leads to; 0 here is any that is free. */
export interface ForwardedPort {
  readonly local: number;
  readonly remote: number;
}

/** `LOCAL:REMOTE`, or one for both. */
function split(given: string): readonly [local: string, remote: string] {
  const parts = given.split(':');
  return parts.length === 2 ? [parts[0]!, parts[1]!] : [parts[0]!, parts[0]!];
}

const isNumber = (text: string): boolean => /^[+-]?\d+$/.test(text);

function podPortNamed({ metadata, spec }: Pod, name: string): number {
  const found = [...spec!.containers, ...(spec!.initContainers ?? [])]
    .flatMap(({ ports = [] }): readonly ContainerPort[] => ports)
    .find((port) => port.name === name);
  if (!found) throw new Error(`Pod '${metadata!.name}' does not have a named port '${name}'`);
  return found.containerPort;
}

function servicePortNamed({ metadata, spec }: Service, name: string): number {
  const found = spec!.ports?.find((port) => port.name === name);
  if (!found) throw new Error(`Service '${metadata!.name}' does not have a named port '${name}'`);
  return found.port;
}

/** The pod's port behind a port of a service. */
function targetOf({ metadata, spec }: Service, pod: Pod, port: number): number {
  const found = spec!.ports?.find((each) => each.port === port);
  if (!found) throw new Error(`Service ${metadata!.name} does not have a service port ${port}`);
  const { targetPort } = found;
  if (spec!.clusterIP === 'None') return port;
  if (typeof targetPort === 'string' && !isNumber(targetPort)) return podPortNamed(pod, targetPort);
  return Number(targetPort ?? 0) || found.port;
}

/** Throws where a port is of UDP alone. */
function refuseUdp(
  given: readonly string[],
  ports: readonly { readonly protocol?: string; readonly number: number }[],
  named: (name: string) => number,
): void {
  const of = (protocol: string): Set<number> =>
    new Set(ports.filter((each) => each.protocol === protocol).map(({ number }) => number));
  const udpOnly = of('UDP').difference(of('TCP'));
  for (const [, remote] of given.map(split))
    if (udpOnly.has(isNumber(remote) ? Number(remote) : named(remote)))
      throw new Error(`UDP protocol is not supported for ${remote}`);
}

const ofService = (service: Service, pod: Pod, given: readonly string[]): readonly string[] => {
  refuseUdp(
    given,
    (service.spec!.ports ?? []).map(({ protocol, port }) => ({
      number: port,
      ...(protocol && { protocol }),
    })),
    (name) => servicePortNamed(service, name),
  );
  return given.map((each) => {
    const [local, remote] = split(each);
    const number = isNumber(remote) ? Number(remote) : servicePortNamed(service, remote);
    const shown = local === remote && !isNumber(remote) ? String(number) : local;
    return `${shown}:${targetOf(service, pod, number)}`;
  });
};

const ofPod = (pod: Pod, given: readonly string[]): readonly string[] => {
  refuseUdp(
    given,
    pod
      .spec!.containers.flatMap(({ ports = [] }): readonly ContainerPort[] => ports)
      .map(({ protocol, containerPort }) => ({
        number: containerPort,
        ...(protocol && { protocol }),
      })),
    (name) => podPortNamed(pod, name),
  );
  return given.map((each) => {
    const [local, remote] = split(each);
    if (remote === '') throw new Error('remote port cannot be empty');
    const number = isNumber(remote) ? remote : String(podPortNamed(pod, remote));
    return local === remote ? number : `${local}:${number}`;
  });
};

function numberOf(what: string, text: string): number {
  const why = !/^\d+$/.test(text)
    ? 'invalid syntax'
    : Number(text) > 65_535
      ? 'value out of range'
      : undefined;
  if (why === undefined) return Number(text);
  throw new Error(
    `error parsing ${what} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`,
  );
}

/** The numbers behind `[LOCAL:]REMOTE`, whose remote ports may be names, or ports of a service. */
export function forwardedPorts(
  given: readonly string[],
  pod: Pod,
  service: Service | undefined,
): readonly ForwardedPort[] {
  const translated = service ? ofService(service, pod, given) : ofPod(pod, given);
  return translated.map((each) => {
    const parts = each.split(':');
    if (parts.length > 2) throw new Error(`invalid port format '${each}'`);
    const [local, remote] = parts.length === 2 ? [parts[0] || '0', parts[1]!] : [each, each];
    const port = { local: numberOf('local', local), remote: numberOf('remote', remote) };
    if (port.remote === 0) throw new Error('remote port must be > 0');
    return port;
  });
}
