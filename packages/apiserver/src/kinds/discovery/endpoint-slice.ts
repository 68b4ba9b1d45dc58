import { EndpointSlices } from '@coxswain/api';
import type { Endpoint, EndpointPort, EndpointSlice } from '@coxswain/api/types/discovery-v1';
import type { Kind } from '../kind.ts';
import { ageColumn, nameColumn, textColumn } from '../rules/columns.ts';
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
import { endpointAddress, parseAddress, addressText } from '../rules/ip.ts';
import { labels } from '../rules/labels.ts';
import { immutable } from '../rules/meta.ts';
import {
  dns1123Label,
  dns1123Subdomain,
  labelValue,
  portNumber,
  qualifiedName,
  subdomainName,
} from '../rules/name.ts';

const endpointsMax = 1000;
const portsMax = 20_000;
const addressesMax = 100;
const hintsMax = 8;
const types = ['FQDN', 'IPv4', 'IPv6'];

function* address(path: string, text: string, type: string): Rules {
  if (type === 'FQDN') {
    yield* allInvalid(path, text, dns1123Subdomain(text));
    return;
  }
  const parsed = parseAddress(text);
  if (!parsed) {
    yield invalidValue(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
    return;
  }
  const canonical = addressText(parsed.family, parsed.value);
  if (parsed.sloppy === 'leading zeros') yield invalidValue(path, text, 'must not have leading 0s');
  else if (parsed.sloppy) yield invalidValue(path, text, 'must not be an IPv4-mapped IPv6 address');
  else if (canonical !== text)
    yield invalidValue(path, text, `must be in canonical form ("${canonical}")`);
  if (parsed.family !== type) yield invalidValue(path, text, `must be an ${type} address`);
  yield* endpointAddress(path, text);
}

function* endpoint(path: string, one: Endpoint, type: string): Rules {
  const { hints, hostname, nodeName } = one;
  const addresses = one.addresses ?? [];
  if (!addresses.length) yield required(`${path}.addresses`, 'must contain at least 1 address');
  else if (addresses.length > addressesMax)
    yield tooMany(`${path}.addresses`, addresses.length, addressesMax);
  for (const [index, text] of addresses.entries())
    yield* address(`${path}.addresses[${index}]`, text, type);
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
  for (const [index, { name = '', port, protocol, appProtocol }] of given.entries()) {
    const at = `${path}[${index}]`;
    if (name) yield* allInvalid(`${at}.name`, name, dns1123Label(name));
    if (names.has(name)) yield duplicate(`${at}.name`, name);
    names.add(name);
    if (!protocol) yield required(`${at}.protocol`);
    else if (!['SCTP', 'TCP', 'UDP'].includes(protocol))
      yield notSupported(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']);
    if (port !== undefined) yield* allInvalid(`${at}.port`, port, portNumber(port));
    if (appProtocol !== undefined)
      yield* allInvalid(`${at}.appProtocol`, appProtocol, qualifiedName(appProtocol));
  }
}

function* rules({ addressType, endpoints = [], ports: given = [] }: EndpointSlice): Rules {
  if (!addressType) yield required('addressType');
  else if (!types.includes(addressType)) yield notSupported('addressType', addressType, types);
  if (endpoints.length > endpointsMax) yield tooMany('endpoints', endpoints.length, endpointsMax);
  else
    for (const [index, one] of endpoints.entries())
      yield* endpoint(`endpoints[${index}]`, one, addressType);
  yield* ports('ports', given);
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
  validate: rules,
  *validateUpdate(next, before) {
    yield* rules(next);
    yield* immutable('addressType', next.addressType, before.addressType);
  },
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
