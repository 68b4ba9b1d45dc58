import type { Service } from '@coxswain/api/types/core-v1';
import { addressWarnings, rangeWarnings } from '../rules/ip-warnings.ts';
import { isHeadless } from './service-address-rules.ts';
import { needsClusterIP } from './service-update.ts';

const oldTopologyKey = 'service.kubernetes.io/topology-aware-hints';

/** What of a service is old, oddly spelled, or without effect. */
export function* serviceWarnings(service: Service): Generator<string> {
  const { spec, metadata } = service;
  const { externalIPs = [], loadBalancerIP = '' } = spec;
  const isHeadlessOne = spec.type === 'ClusterIP' && spec.clusterIP === 'None';
  if (metadata.annotations?.[oldTopologyKey] !== undefined)
    yield `annotation ${oldTopologyKey} is deprecated, please use service.kubernetes.io/topology-mode instead`;
  if (needsClusterIP(service) && !isHeadless(service))
    for (const [index, ip] of (spec.clusterIPs ?? []).entries())
      yield* addressWarnings(`spec.clusterIPs[${index}]`, ip);
  if (isHeadlessOne) yield* headless(spec);
  for (const [index, ip] of externalIPs.entries())
    yield* addressWarnings(`spec.externalIPs[${index}]`, ip);
  if (externalIPs.length && !isHeadlessOne && spec.type !== 'ExternalName')
    yield 'spec.externalIPs is deprecated and may no longer be implemented in some clusters';
  yield* addressWarnings('spec.loadBalancerIP', loadBalancerIP);
  for (const [index, range] of (spec.loadBalancerSourceRanges ?? []).entries())
    yield* rangeWarnings(`spec.loadBalancerSourceRanges[${index}]`, range);
  const isName = spec.type === 'ExternalName';
  if (isName && externalIPs.length)
    yield 'spec.externalIPs is ignored when spec.type is "ExternalName"';
  if (!isName && spec.externalName)
    yield 'spec.externalName is ignored when spec.type is not "ExternalName"';
  if (spec.trafficDistribution === 'PreferClose')
    yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"';
}

function* headless({
  loadBalancerIP,
  externalIPs = [],
  sessionAffinity,
}: Service['spec']): Generator<string> {
  const why = 'is ignored for headless services';
  if (loadBalancerIP) yield `spec.loadBalancerIP ${why}`;
  if (externalIPs.length) yield `spec.externalIPs ${why}`;
  if (sessionAffinity !== 'None') yield `spec.SessionAffinity ${why}`;
}
