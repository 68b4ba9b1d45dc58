import type { Service, ServicePort } from '@coxswain/api/types/core-v1';
import {
  allInvalid,
  duplicate,
  forbiddenField,
  invalidValue,
  notSupported,
  oneOf,
  required,
  type Rules,
} from '../rules/field.ts';
import { endpointAddress, parseAddress, validAddress, validRange } from '../rules/ip.ts';
import { internalForm } from '../rules/internal-form.ts';
import { labels } from '../rules/labels.ts';
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from '../rules/name.ts';
import { portNumberOrName } from '../rules/probe.ts';
import { addressRules, addressUpdateRules, isHeadless } from './service-address-rules.ts';
import { isExternallyAccessible } from './service-defaults.ts';
import { needsHealthCheckPort } from './service-update.ts';

const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const affinitySecondsMax = 86_400;

/** All rules of a service; `before` only excuses addresses that were there already. */
export function* serviceRules(service: Service, before?: Service): Rules {
  const { spec } = service;
  const headless = isHeadless(service);
  const ports = spec.ports ?? [];
  if (!ports.length && !headless && spec.type !== 'ExternalName') yield required('spec.ports');
  if (headless && (spec.type === 'LoadBalancer' || spec.type === 'NodePort'))
    yield invalidValue(
      'spec.clusterIPs[0]',
      'None',
      `may not be set to 'None' for ${spec.type} services`,
    );
  if (spec.type === 'ExternalName') yield* externalName(service);
  yield* portRules(ports);
  if (spec.selector) yield* labels('spec.selector', spec.selector);
  yield* affinity(service);
  yield* addressRules(service, before);
  for (const [index, ip] of (spec.externalIPs ?? []).entries()) {
    const at = `spec.externalIPs[${index}]`;
    yield* validAddress(at, ip, before?.spec.externalIPs);
    if (parseAddress(ip)) yield* endpointAddress(at, ip);
  }
  yield* oneOf('spec.type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']);
  yield* distinctPorts(service);
  yield* loadBalancer(service, before);
  yield* traffic(service);
}

export function* serviceUpdateRules(next: Service, before: Service): Rules {
  yield* addressUpdateRules(next, before);
  const lasts = next.spec.type === 'LoadBalancer' && before.spec.type === 'LoadBalancer';
  if (lasts && next.spec.loadBalancerClass !== before.spec.loadBalancerClass)
    yield invalidValue(
      'spec.loadBalancerClass',
      next.spec.loadBalancerClass ?? null,
      'may not change once set',
    );
  if (
    needsHealthCheckPort(before) &&
    needsHealthCheckPort(next) &&
    next.spec.healthCheckNodePort !== before.spec.healthCheckNodePort
  )
    yield forbiddenField('spec.healthCheckNodePort', 'field is immutable');
  yield* serviceRules(next, before);
}

function* externalName({ spec }: Service): Rules {
  const why = 'may not be set for ExternalName services';
  if (spec.clusterIPs?.length) yield forbiddenField('spec.clusterIPs', why);
  if (spec.ipFamilies?.length) yield forbiddenField('spec.ipFamilies', why);
  if (spec.ipFamilyPolicy !== undefined) yield forbiddenField('spec.ipFamilyPolicy', why);
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name) yield* allInvalid('spec.externalName', name, dns1123Subdomain(name));
  else yield required('spec.externalName');
}

function* portRules(ports: readonly ServicePort[]): Rules {
  const names = new Set<string>();
  for (const [index, { name, port, protocol, targetPort, appProtocol }] of ports.entries()) {
    const at = `spec.ports[${index}]`;
    if (name) {
      yield* allInvalid(`${at}.name`, name, dns1123Label(name));
      if (names.has(name)) yield duplicate(`${at}.name`, name);
      names.add(name);
    } else if (ports.length > 1) yield required(`${at}.name`);
    yield* allInvalid(`${at}.port`, port, portNumber(port));
    yield* oneOf(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']);
    yield* portNumberOrName(`${at}.targetPort`, targetPort ?? port);
    if (appProtocol !== undefined)
      yield* allInvalid(`${at}.appProtocol`, appProtocol, qualifiedName(appProtocol));
  }
}

function* distinctPorts({ spec }: Service): Rules {
  const ports = spec.ports ?? [];
  if (spec.type === 'ClusterIP')
    for (const [index, { nodePort }] of ports.entries())
      if (nodePort)
        yield forbiddenField(
          `spec.ports[${index}].nodePort`,
          "may not be used when `type` is 'ClusterIP'",
        );
  const nodePorts = new Set<string>();
  for (const [index, { nodePort, protocol }] of ports.entries()) {
    if (!nodePort) continue;
    const key = `${protocol} ${nodePort}`;
    if (nodePorts.has(key)) yield duplicate(`spec.ports[${index}].nodePort`, nodePort);
    nodePorts.add(key);
  }
  const numbers = new Set<string>();
  for (const [index, { port, protocol }] of ports.entries()) {
    const key = `${protocol} ${port}`;
    if (numbers.has(key))
      yield duplicate(`spec.ports[${index}]`, internalForm('core.ServicePort', { port, protocol }));
    numbers.add(key);
  }
}

function* affinity({ spec }: Service): Rules {
  yield* oneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']);
  const path = 'spec.sessionAffinityConfig';
  const config = spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'None') {
    if (config) yield forbiddenField(path, 'must not be set when session affinity is None');
    return;
  }
  if (spec.sessionAffinity !== 'ClientIP') return;
  const why = 'when session affinity type is ClientIP';
  const seconds = config?.clientIP?.timeoutSeconds;
  if (!config) yield required(path, why);
  else if (!config.clientIP) yield required(`${path}.clientIP`, why);
  else if (seconds === undefined) yield required(`${path}.clientIP.timeoutSeconds`, why);
  else if (seconds <= 0 || seconds > affinitySecondsMax)
    yield invalidValue(
      `${path}.clientIP.timeoutSeconds`,
      seconds,
      `must be greater than 0 and less than ${affinitySecondsMax}`,
    );
}

const onlyLoadBalancers = "may only be used when `type` is 'LoadBalancer'";

function* loadBalancer({ spec, metadata }: Service, before?: Service): Rules {
  const isOne = spec.type === 'LoadBalancer';
  const annotated = metadata.annotations?.[rangesAnnotation];
  if (spec.loadBalancerSourceRanges?.length) {
    if (!isOne) yield forbiddenField('spec.LoadBalancerSourceRanges', onlyLoadBalancers);
    const known = before?.spec.loadBalancerSourceRanges?.map((range) => range.trim());
    for (const [index, range] of spec.loadBalancerSourceRanges.entries())
      yield* validRange(`spec.LoadBalancerSourceRanges[${index}]`, range.trim(), known);
  } else if (annotated !== undefined) {
    const at = `metadata.annotations[${rangesAnnotation}]`;
    if (!isOne) yield forbiddenField(at, onlyLoadBalancers);
    const ranges =
      before?.metadata.annotations?.[rangesAnnotation] === annotated ? '' : annotated.trim();
    for (const range of ranges ? ranges.split(',') : []) yield* validRange(at, range.trim());
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isOne)
    yield forbiddenField('spec.allocateLoadBalancerNodePorts', onlyLoadBalancers);
  if (isOne && spec.allocateLoadBalancerNodePorts === undefined)
    yield required('allocateLoadBalancerNodePorts');
  const name = spec.loadBalancerClass;
  if (name === undefined) return;
  if (isOne) yield* allInvalid('spec.loadBalancerClass', name, qualifiedName(name));
  else yield forbiddenField('spec.loadBalancerClass', onlyLoadBalancers);
}

function* traffic(service: Service): Rules {
  const { spec } = service;
  const external = spec.externalTrafficPolicy;
  if (isExternallyAccessible(service))
    yield* oneOf('spec.externalTrafficPolicy', external, ['Cluster', 'Local']);
  else if (external)
    yield invalidValue(
      'spec.externalTrafficPolicy',
      external,
      'may only be set for externally-accessible services',
    );
  const healthPort = spec.healthCheckNodePort;
  if (needsHealthCheckPort(service)) {
    if (healthPort)
      yield* allInvalid('spec.healthCheckNodePort', healthPort, portNumber(healthPort));
    else yield required('spec.healthCheckNodePort');
  } else if (healthPort)
    yield invalidValue(
      'spec.healthCheckNodePort',
      healthPort,
      "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    );
  const internal = spec.internalTrafficPolicy;
  if (internal === undefined) {
    if (spec.type !== 'ExternalName') yield required('spec.internalTrafficPolicy');
  } else if (internal !== 'Cluster' && internal !== 'Local')
    yield notSupported('spec.internalTrafficPolicy', internal, ['Cluster', 'Local']);
  const distribution = spec.trafficDistribution;
  const known = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
  if (distribution !== undefined && !known.includes(distribution))
    yield notSupported('spec.trafficDistribution', distribution, known);
}

export function* loadBalancerStatus(next: Service, before: Service): Rules {
  const path = 'status.loadBalancer.ingress';
  const ingress = next.status?.loadBalancer?.ingress ?? [];
  if (next.spec.type !== 'LoadBalancer' && ingress.length) {
    yield forbiddenField(path, "may only be used when `spec.type` is 'LoadBalancer'");
    return;
  }
  const known = before.status?.loadBalancer?.ingress?.flatMap(({ ip }) => ip ?? []);
  for (const [index, { ip, ipMode, hostname }] of ingress.entries()) {
    const at = `${path}[${index}]`;
    if (ip) yield* validAddress(`${at}.ip`, ip, known);
    if (ipMode === undefined) {
      if (ip) yield required(`${at}.ipMode`, 'must be specified when `ip` is set');
    } else if (!ip)
      yield forbiddenField(`${at}.ipMode`, 'may not be specified when `ip` is not set');
    else if (ipMode !== 'VIP' && ipMode !== 'Proxy')
      yield notSupported(`${at}.ipMode`, ipMode, ['Proxy', 'VIP']);
    if (!hostname) continue;
    yield* allInvalid(`${at}.hostname`, hostname, dns1123Subdomain(hostname));
    if (parseAddress(hostname))
      yield invalidValue(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address');
  }
}
