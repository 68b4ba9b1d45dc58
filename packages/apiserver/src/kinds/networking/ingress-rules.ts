import { wildcardSubdomainErrors } from '@coxswain/api/names';
import type { TypedLocalObjectReference } from '@coxswain/api/types/core-v1';
import type { HTTPIngressPath, Ingress, IngressBackend } from '@coxswain/api/types/networking-v1';
import { allInvalid, invalidValue, notSupported, required, type Rules } from '../rules/field.ts';
import { parseAddress, validAddress } from '../rules/ip.ts';
import {
  dns1123Label,
  dns1123Subdomain,
  pathSegmentName,
  portName,
  portNumber,
} from '../rules/name.ts';

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const neverWithin = ['//', '/./', '/../', '%2f', '%2F'];
const neverLast = ['/..', '/.'];
const notAnAddress = 'must be a DNS name, not an IP address';

/** Rules of an ingress's spec. */
export function* ingressRules({ spec }: Ingress): Rules {
  const { rules: given = [], defaultBackend, ingressClassName, tls = [] } = spec;
  if (!given.length && !defaultBackend)
    yield invalidValue(
      'spec',
      spec.rules ?? null,
      'either `defaultBackend` or `rules` must be specified',
    );
  if (defaultBackend) yield* backendRules('spec.defaultBackend', defaultBackend);
  for (const [index, { host = '', http }] of given.entries()) {
    const at = `spec.rules[${index}]`;
    if (host) {
      if (parseAddress(host)) yield invalidValue(`${at}.host`, host, notAnAddress);
      yield* hostRules(`${at}.host`, host);
    }
    if (http && !http.paths?.length) yield required(`${at}.http.paths`);
    for (const [place, path] of (http?.paths ?? []).entries())
      yield* pathRules(`${at}.http.paths[${place}]`, path);
  }
  for (const [index, { hosts = [], secretName }] of tls.entries()) {
    for (const [place, host] of hosts.entries())
      yield* hostRules(`spec.tls[${index}].hosts[${place}]`, host);
    if (secretName)
      yield* allInvalid(`spec.tls[${index}].secretName`, secretName, dns1123Subdomain(secretName));
  }
  if (ingressClassName !== undefined)
    yield* allInvalid(
      'spec.ingressClassName',
      ingressClassName,
      dns1123Subdomain(ingressClassName),
    );
}

const hostRules = (path: string, host: string): Rules =>
  allInvalid(
    path,
    host,
    host.includes('*') ? wildcardSubdomainErrors(host) : dns1123Subdomain(host),
  );

function* pathRules(at: string, { path = '', pathType, backend }: HTTPIngressPath): Rules {
  // An empty one is none of those known; only one that is not there is missing.
  if (pathType === undefined || pathType === null) {
    yield required(`${at}.pathType`, 'pathType must be specified');
    return;
  }
  if (!pathTypes.includes(pathType)) yield notSupported(`${at}.pathType`, pathType, pathTypes);
  else {
    const isExact = pathType !== 'ImplementationSpecific';
    if ((isExact || path) && !path.startsWith('/'))
      yield invalidValue(`${at}.path`, path, 'must be an absolute path');
    if (isExact) {
      for (const text of neverWithin)
        if (path.includes(text))
          yield invalidValue(`${at}.path`, path, `must not contain '${text}'`);
      for (const text of neverLast)
        if (path.endsWith(text))
          yield invalidValue(`${at}.path`, path, `cannot end with '${text}'`);
    }
  }
  yield* backendRules(`${at}.backend`, backend ?? {});
}

function* backendRules(at: string, { resource, service }: IngressBackend): Rules {
  if (resource && service)
    yield invalidValue(at, '', 'cannot set both resource and service backends');
  else if (resource) yield* referenceRules(`${at}.resource`, resource);
  else if (!service) yield invalidValue(at, '', 'resource or service backend is required');
  else {
    if (service.name)
      yield* allInvalid(`${at}.service.name`, service.name, dns1123Label(service.name));
    else yield required(`${at}.service.name`);
    const { name = '', number = 0 } = service.port ?? {};
    if (name && number) yield invalidValue(at, '', 'cannot set both port name & port number');
    else if (name) yield* allInvalid(`${at}.service.port.name`, name, portName(name));
    else if (number) yield* allInvalid(`${at}.service.port.number`, number, portNumber(number));
    else yield required(at, 'port name or number is required');
  }
}

function* referenceRules(at: string, { apiGroup, ...names }: TypedLocalObjectReference): Rules {
  if (apiGroup !== undefined)
    yield* allInvalid(`${at}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup));
  for (const field of ['kind', 'name'] as const)
    if (names[field])
      yield* allInvalid(`${at}.${field}`, names[field], pathSegmentName(names[field]));
    else yield required(`${at}.${field}`);
}

/** Rules of where an ingress is said to be reached. */
export function* ingressStatusRules({ status }: Ingress, before: Ingress): Rules {
  const known = (before.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
  for (const [index, { ip, hostname }] of (status?.loadBalancer?.ingress ?? []).entries()) {
    const at = `status.loadBalancer.ingress[${index}]`;
    if (ip) yield* validAddress(`${at}.ip`, ip, known);
    if (!hostname) continue;
    yield* allInvalid(`${at}.hostname`, hostname, dns1123Subdomain(hostname));
    if (parseAddress(hostname)) yield invalidValue(`${at}.hostname`, hostname, notAnAddress);
  }
}
