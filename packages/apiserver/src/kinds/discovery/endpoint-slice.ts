import { EndpointSlices } from '@coxswain/api';
import type { Endpoint, EndpointPort, EndpointSlice } from '@coxswain/api/types/discovery-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
import { domainName } from '../rules/domain-path.ts';
import { equal } from '../rules/equal.ts';
import {
  allInvalid,
  duplicate,
  invalidValue,
  notSupported,
  required,
  tooMany,
  type Rules,
} from '../rules/field.ts';
import { canonicalAddress, endpointAddress, parseAddress, validAddress } from '../rules/ip.ts';
import { addressWarnings } from '../rules/ip-warnings.ts';
import { labels } from '../rules/labels.ts';
import { immutable } from '../rules/meta.ts';
import {
  dns1123Label,
  dns1123Subdomain,
  labelValue,
  qualifiedName,
  subdomainName,
} from '../rules/name.ts';

const endpointsMax = 1000;
const portsMax = 20_000;
const addressesMax = 100;
const hintsMax = 8;
const types = ['FQDN', 'IPv4', 'IPv6'];

/** Rules of one address; `all` is the path of the list, which upstream names where a family is wrong. */
function* address(path: string, all: string, text: string, type: string): Rules {
  if (type === 'FQDN') {
    yield* domainName(path, text);
    return;
  }
  if (!types.includes(type)) return;
  const wrong = [...(type === 'IPv4' ? validAddress(path, text) : canonicalAddress(path, text))];
  yield* wrong;
  if (wrong.length) return;
  if (parseAddress(text)?.family !== type)
    yield invalidValue(all, text, `must be an ${type} address`);
  yield* endpointAddress(path, text);
}

function* endpoint(path: string, one: Endpoint, type: string): Rules {
  const { hints, hostname, nodeName } = one;
  const addresses = one.addresses ?? [];
  if (!addresses.length) yield required(`${path}.addresses`, 'must contain at least 1 address');
  else if (addresses.length > addressesMax)
    yield tooMany(`${path}.addresses`, addresses.length, addressesMax);
  for (const [index, text] of addresses.entries())
    yield* address(`${path}.addresses[${index}]`, `${path}.addresses`, text, type);
  if (nodeName !== undefined)
    yield* allInvalid(`${path}.nodeName`, nodeName, subdomainName(nodeName));
  yield* topology(`${path}.deprecatedTopology`, one.deprecatedTopology);
  if (hostname !== undefined)
    yield* allInvalid(`${path}.hostname`, hostname, dns1123Label(hostname));
  for (const list of ['forZones', 'forNodes'] as const)
    yield* hintNames(`${path}.hints`, list, hints?.[list]);
}

function* hintNames(
  path: string,
  list: 'forZones' | 'forNodes',
  hints: readonly { readonly name: string }[] = [],
): Rules {
  if (hints.length > hintsMax) {
    yield tooMany(`${path}.${list}`, hints.length, hintsMax);
    return;
  }
  const seen = new Set<string>();
  for (const [index, { name }] of hints.entries()) {
    const at = `${path}.${list}[${index}].name`;
    if (seen.has(name)) yield duplicate(at, name);
    else yield* allInvalid(at, name, list === 'forZones' ? labelValue(name) : subdomainName(name));
    seen.add(name);
  }
}

const topologyLabelsMax = 16;

function* topology(path: string, given: Readonly<Record<string, string>> = {}): Rules {
  const count = Object.keys(given).length;
  if (count > topologyLabelsMax) yield tooMany(path, count, topologyLabelsMax);
  yield* labels(path, given);
}

function* ports(path: string, given: readonly EndpointPort[]): Rules {
  if (given.length > portsMax) {
    yield tooMany(path, given.length, portsMax);
    return;
  }
  const names = new Set<string>();
  for (const [index, { name = '', protocol, appProtocol }] of given.entries()) {
    const at = `${path}[${index}]`;
    if (name) yield* allInvalid(`${at}.name`, name, dns1123Label(name));
    if (names.has(name)) yield duplicate(`${at}.name`, name);
    names.add(name);
    if (protocol === undefined) yield required(`${at}.protocol`);
    else if (!['SCTP', 'TCP', 'UDP'].includes(protocol))
      yield notSupported(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']);
    if (appProtocol !== undefined)
      yield* allInvalid(`${at}.appProtocol`, appProtocol, qualifiedName(appProtocol));
  }
}

function* typeAndPorts({ addressType, ports: given = [] }: EndpointSlice): Rules {
  if (!addressType) yield required('addressType');
  else if (!types.includes(addressType)) yield notSupported('addressType', addressType, types);
  yield* ports('ports', given);
}

function* endpointRules({ addressType, endpoints }: EndpointSlice): Rules {
  const given = endpoints ?? [];
  if (given.length > endpointsMax) yield tooMany('endpoints', given.length, endpointsMax);
  else
    for (const [index, one] of given.entries())
      yield* endpoint(`endpoints[${index}]`, one, addressType);
}

const hostKey = 'kubernetes.io/hostname';

/** The topology of old is not written any more; the node that it named stays known. */
function withoutTopology(next: EndpointSlice, before?: EndpointSlice): EndpointSlice {
  const given = next.endpoints ?? [];
  if (!given.some((one) => one.deprecatedTopology)) return next;
  if (before && equal(before.endpoints, next.endpoints)) return next;
  const known = new Set(
    (before?.endpoints ?? []).map((one) => one.deprecatedTopology?.[hostKey]).filter(Boolean),
  );
  const endpoints = given.map(({ deprecatedTopology, ...one }) => {
    const host = deprecatedTopology?.[hostKey];
    const isKept = host !== undefined && known.has(host) && !dns1123Subdomain(host).length;
    return one.nodeName === undefined && isKept ? { ...one, nodeName: host } : one;
  });
  return { ...next, endpoints };
}

const managedBy = 'endpointslice.kubernetes.io/managed-by';
const ownManagers = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

function* warnings(slice: EndpointSlice, before: EndpointSlice | undefined): Generator<string> {
  if (!before && slice.addressType === 'FQDN')
    yield 'spec.addressType: FQDN endpoints are deprecated';
  if (ownManagers.includes(slice.metadata.labels?.[managedBy] ?? '')) return;
  for (const [index, { addresses }] of (slice.endpoints ?? []).entries())
    for (const [place, text] of (addresses ?? []).entries())
      yield* addressWarnings(`endpoints[${index}].addresses[${place}]`, text);
}

const shownMax = 3;

function someOf(texts: readonly string[]): string {
  if (!texts.length) return '<unset>';
  const shown = texts.slice(0, shownMax).join(',');
  return texts.length > shownMax ? `${shown} + ${texts.length - shownMax} more...` : shown;
}

/** A part of the addresses behind a Service. */
export const endpointSliceKind: Kind<EndpointSlice> = {
  resource: EndpointSlices,
  validateName: subdomainName,
  // Only what traffic follows counts: labels do too, since they tie the slice to its service.
  generation: (next, before) =>
    !equal(next.endpoints, before.endpoints) ||
    !equal(next.ports, before.ports) ||
    !equal(next.metadata.labels, before.metadata.labels),
  defaults: ({ ports: given = [] }) => {
    for (const port of given) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  prepareForCreate: (object) => withoutTopology(object),
  prepareForUpdate: withoutTopology,
  *validate(slice) {
    yield* typeAndPorts(slice);
    yield* endpointRules(slice);
  },
  *validateUpdate(next, before) {
    yield* typeAndPorts(next);
    // What older servers took stays good as long as it stays.
    if (!equal(next.endpoints, before.endpoints)) yield* endpointRules(next);
    yield* immutable('addressType', next.addressType, before.addressType);
  },
  warnings,
  columns: [
    nameColumn,
    textColumn('AddressType', 'The kind of its addresses.', ({ addressType }) => addressType),
    textColumn('Ports', 'The ports that every address answers on.', ({ ports: given = [] }) =>
      someOf(given.map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port)))),
    ),
    textColumn('Endpoints', 'The first few addresses.', ({ endpoints = [] }) =>
      someOf(endpoints.flatMap(({ addresses }) => addresses ?? [])),
    ),
    ageColumn,
  ],
};
