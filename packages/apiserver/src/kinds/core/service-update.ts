import type { Service, ServicePort, ServiceSpec } from '@coxswain/api/types/core-v1';
import { equal } from '../rules/equal.ts';
import { isExternallyAccessible } from './service-defaults.ts';

export const needsClusterIP = ({ spec }: Service): boolean => spec.type !== 'ExternalName';

export const needsNodePort = ({ spec }: Service): boolean =>
  spec.type === 'NodePort' ||
  (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);

export const needsHealthCheckPort = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

const withSpec = (service: Service, change: Partial<ServiceSpec>): Service => ({
  ...service,
  spec: { ...service.spec, ...change },
});

/** What the server once allocated stays, where a client that does not know of it sends nothing. */
export function withAllocated(next: Service, before: Service): Service {
  let spec = next.spec;
  if (needsClusterIP(next) && needsClusterIP(before)) {
    if (!spec.clusterIP) spec = { ...spec, clusterIP: before.spec.clusterIP };
    if (!spec.clusterIPs?.length) spec = { ...spec, clusterIPs: before.spec.clusterIPs };
  }
  if (needsNodePort(next) && needsNodePort(before))
    spec = { ...spec, ports: keptNodePorts(spec.ports ?? [], before.spec.ports ?? []) };
  if (needsHealthCheckPort(next) && needsHealthCheckPort(before) && !spec.healthCheckNodePort)
    spec = { ...spec, healthCheckNodePort: before.spec.healthCheckNodePort };
  return spec === next.spec ? next : { ...next, spec };
}

function keptNodePorts(
  next: readonly ServicePort[],
  before: readonly ServicePort[],
): readonly ServicePort[] {
  const taken = new Set(next.map(({ nodePort }) => nodePort).filter(Boolean));
  return next.map((port) => {
    if (port.nodePort) return port;
    const old = before.find((one) => one.port === port.port && one.protocol === port.protocol);
    return old?.nodePort && !taken.has(old.nodePort) ? { ...port, nodePort: old.nodePort } : port;
  });
}

/** `clusterIP` and `clusterIPs[0]` say the same, whichever of them the client changed. */
export function normalized(next: Service, before?: Service): Service {
  const { clusterIP = '', clusterIPs = [] } = next.spec;
  if (!before)
    return clusterIP && !clusterIPs.length ? withSpec(next, { clusterIPs: [clusterIP] }) : next;
  const old = before.spec.clusterIP ?? '';
  // A client that does not know of the list sends the one address alone.
  if (!clusterIPs.length && before.spec.clusterIPs?.length && clusterIP === old)
    return withSpec(next, { clusterIPs: before.spec.clusterIPs });
  if (!equal(clusterIPs, before.spec.clusterIPs)) return next;
  if (!clusterIP && old) return withSpec(next, { clusterIPs: undefined });
  return clusterIP === old ? next : withSpec(next, { clusterIPs: [clusterIP] });
}

/** Drops what belongs to the type that the service had before, where the client did not change it as well. */
export function withoutForeignFields(next: Service, before: Service): Service {
  let spec = next.spec;
  const drop = (...fields: (keyof ServiceSpec)[]): void => {
    for (const field of fields)
      if (spec[field] !== undefined && equal(spec[field], before.spec[field]))
        spec = { ...spec, [field]: undefined };
  };
  if (needsClusterIP(before) && !needsClusterIP(next)) {
    if (equal(spec.clusterIPs, before.spec.clusterIPs)) drop('clusterIP', 'clusterIPs');
    drop('ipFamilies', 'ipFamilyPolicy');
  }
  const portNumbers = (ports: readonly ServicePort[] | undefined): readonly unknown[] =>
    (ports ?? []).map(({ nodePort }) => nodePort ?? 0);
  if (
    needsNodePort(before) &&
    !needsNodePort(next) &&
    equal(portNumbers(spec.ports), portNumbers(before.spec.ports))
  )
    spec = { ...spec, ports: spec.ports?.map(({ nodePort: _, ...port }) => port) };
  if (needsHealthCheckPort(before) && !needsHealthCheckPort(next)) drop('healthCheckNodePort');
  if (before.spec.type === 'LoadBalancer' && spec.type !== 'LoadBalancer')
    drop('allocateLoadBalancerNodePorts', 'loadBalancerClass');
  if (isExternallyAccessible(before) && !isExternallyAccessible(next))
    drop('externalTrafficPolicy');
  if (needsClusterIP(before) && !needsClusterIP(next)) drop('internalTrafficPolicy');
  return spec === next.spec ? next : { ...next, spec };
}
