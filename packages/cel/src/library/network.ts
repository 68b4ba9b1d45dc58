import type { FunctionDeclaration } from '../run/overload.ts';
import { declare } from '../run/overload.ts';
import { objectType, opaqueType } from '../types/type.ts';
import { PairMap } from '../values/maps.ts';
import { CelError, Opaque } from '../values/value.ts';
import type { Address } from './address.ts';
import * as a from './address.ts';

interface Network {
  readonly address: Address;
  readonly length: number;
}
type Ip = Opaque<Address>;
type Cidr = Opaque<Network>;

const ipType = opaqueType('net.IP');
const cidrType = opaqueType('net.CIDR');
const urlType = objectType('kubernetes.URL');

const sameAddress = (x: Address, y: Address): boolean => x.bits === y.bits && x.value === y.value;

const ipOf = (address: Address): Ip =>
  new Opaque(ipType, address, (other) => sameAddress(address, other), address.bits / 8);
const cidrOf = (network: Network): Cidr =>
  new Opaque(
    cidrType,
    network,
    (other) => network.length === other.length && sameAddress(network.address, other.address),
    Math.ceil(network.length / 8),
  );

const quoted = JSON.stringify;

function readIp(text: string): Address {
  const [bare = '', zone] = text.split('%');
  const address = a.parseAddress(bare);
  if (address && zone)
    throw new CelError(`IP address ${quoted(text)} with zone value is not allowed`);
  if (!address || zone !== undefined)
    throw new CelError(
      `IP Address ${quoted(text)} parse error during conversion from string: ParseAddr(${quoted(text)}): ${ipReason(text)}`,
    );
  if (a.isMapped(address))
    throw new CelError(`IPv4-mapped IPv6 address ${quoted(text)} is not allowed`);
  return address;
}

function ipReason(text: string): string {
  const mark = /[.:%]/.exec(text)?.[0];
  if (mark === '%') return 'missing IPv6 address';
  if (mark === undefined) return 'unable to parse IP';
  if (mark === ':')
    return `each colon-separated field must have at least one digit (at ${quoted(text)})`;
  const parts = text.split('.');
  if (parts.some((part) => /^\d+$/.test(part) && Number(part) > 255))
    return 'IPv4 field has value >255';
  if (parts.some((part) => /^0\d/.test(part))) return 'IPv4 field has octet with leading zero';
  if (parts.some((part) => part === ''))
    return `IPv4 field must have at least one digit (at ${quoted(text)})`;
  const odd = /[^\d.]/.exec(text);
  if (odd) return `unexpected character (at ${quoted(text.slice(odd.index))})`;
  return parts.length < 4 ? 'IPv4 address too short' : 'IPv4 address too long';
}

function readCidr(text: string): Network {
  const failed = (why: string): never => {
    const outer = 'network address parse error during conversion from string: ';
    throw new CelError(`${outer}${outer}netip.ParsePrefix(${quoted(text)}): ${why}`);
  };
  const slash = text.lastIndexOf('/');
  if (slash < 0) return failed("no '/'");
  const bare = text.slice(0, slash);
  const address = a.parseAddress(bare);
  if (!address) return failed(`ParseAddr(${quoted(bare)}): ${ipReason(bare)}`);
  const bits = text.slice(slash + 1);
  if (!/^(0|[1-9]\d*)$/.test(bits)) return failed(`bad bits after slash: ${quoted(bits)}`);
  if (Number(bits) > address.bits) return failed('prefix length out of range');
  if (a.isMapped(address))
    throw new CelError(
      `network address parse error during conversion from string: IPv4-mapped IPv6 address ${quoted(text)} is not allowed`,
    );
  return { address, length: Number(bits) };
}

/** Whether reading succeeds. */
const reads =
  (read: (text: string) => unknown) =>
  (text: string): boolean => {
    try {
      read(text);
      return true;
    } catch (cause) {
      if (cause instanceof CelError) return false;
      throw cause;
    }
  };

const contains = (cidr: Cidr, address: Address): boolean =>
  a.within(address, cidr.value.address, cidr.value.length);
const containsCidr = (cidr: Cidr, other: Network): boolean =>
  cidr.value.length <= other.length && contains(cidr, other.address);

const question = (name: string, id: string, holds: (address: Address) => boolean) =>
  declare(name, [id, 'net.IP.() bool', ({ value }: Ip) => holds(value)]);

interface Url {
  readonly scheme: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
}

/** Reads a URL as a request has it; throws CelError. */
export function readUrl(text: string): Url {
  const failed = (why: string): never => {
    throw new CelError(
      `URL parse error during conversion from string: parse ${quoted(text)}: ${why}`,
    );
  };
  if (text === '') return failed('empty url');
  const control = Array.from(text).some((char) => char < ' ' || char === '\x7f');
  if (control) return failed('net/url: invalid control character in URL');
  const [, scheme, rest] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(.*)$/s.exec(text)!;
  if (scheme === undefined && rest!.startsWith(':')) return failed('missing protocol scheme');
  if (scheme === undefined && !rest!.startsWith('/')) return failed('invalid URI for request');
  if (scheme !== undefined && !rest!.startsWith('/')) return failed('invalid URI for request');
  const [, authority, path = '', query] =
    /^(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/s.exec(rest!)!;
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(path);
  if (bad) return failed(`invalid URL escape ${quoted(bad[0])}`);
  const host = authority?.slice(authority.lastIndexOf('@') + 1) ?? '';
  const odd = /[ <>"]/.exec(host);
  if (odd) return failed(`invalid character ${quoted(odd[0])} in host name`);
  const [, inside, bare, port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(host) ?? [];
  if (!/^\d*$/.test(port)) return failed(`invalid port ${quoted(`:${port}`)} after host`);
  const escaped = encodeURI(path).replaceAll(/%25([0-9a-fA-F]{2})/g, '%$1');
  return {
    scheme: (scheme ?? '').toLowerCase(),
    host,
    hostname: inside ?? bare ?? '',
    port,
    path: escaped,
    query: query ?? '',
  };
}

function queryOf({ value }: Opaque<Url>): PairMap {
  const found = new Map<string, string[]>();
  for (const [key, each] of new URLSearchParams(value.query))
    found.set(key, [...(found.get(key) ?? []), each]);
  return new PairMap(found);
}

const urlPart = (name: string, id: string, part: keyof Url) =>
  declare(name, [
    `url_get_${id}`,
    'kubernetes.URL.() string',
    ({ value }: Opaque<Url>) => value[part],
  ]);

/** Addresses, networks and URLs. */
export const network: readonly FunctionDeclaration[] = [
  declare(
    'ip',
    ['string_to_ip', '(string) net.IP', (text: string) => ipOf(readIp(text))],
    ['cidr_ip', 'net.CIDR.() net.IP', ({ value }: Cidr) => ipOf(value.address)],
  ),
  declare('isIP', ['is_ip', '(string) bool', reads(readIp)]),
  declare('ip.isCanonical', [
    'ip_is_canonical',
    '(string) bool',
    (text: string) => a.writeAddress(readIp(text)) === text,
  ]),
  declare('family', [
    'ip_family',
    'net.IP.() int',
    ({ value }: Ip) => (value.bits === 32 ? 4n : 6n),
  ]),
  question('isUnspecified', 'ip_is_unspecified', a.isUnspecified),
  question('isLoopback', 'ip_is_loopback', a.isLoopback),
  question('isLinkLocalMulticast', 'ip_is_link_local_multicast', a.isLinkLocalMulticast),
  question('isLinkLocalUnicast', 'ip_is_link_local_unicast', a.isLinkLocalUnicast),
  question('isGlobalUnicast', 'ip_is_global_unicast', a.isGlobalUnicast),
  declare(
    'string',
    ['ip_to_string', '(net.IP) string', ({ value }: Ip) => a.writeAddress(value)],
    [
      'cidr_to_string',
      '(net.CIDR) string',
      ({ value }: Cidr) => `${a.writeAddress(value.address)}/${value.length}`,
    ],
  ),
  declare('cidr', [
    'string_to_cidr',
    '(string) net.CIDR',
    (text: string) => cidrOf(readCidr(text)),
  ]),
  declare('isCIDR', ['is_cidr', '(string) bool', reads(readCidr)]),
  declare(
    'containsIP',
    [
      'cidr_contains_ip_string',
      'net.CIDR.(string) bool',
      (cidr: Cidr, text: string) => contains(cidr, readIp(text)),
    ],
    [
      'cidr_contains_ip_ip',
      'net.CIDR.(net.IP) bool',
      (cidr: Cidr, ip: Ip) => contains(cidr, ip.value),
    ],
  ),
  declare(
    'containsCIDR',
    [
      'cidr_contains_cidr_string',
      'net.CIDR.(string) bool',
      (cidr: Cidr, text: string) => containsCidr(cidr, readCidr(text)),
    ],
    [
      'cidr_contains_cidr',
      'net.CIDR.(net.CIDR) bool',
      (cidr: Cidr, other: Cidr) => containsCidr(cidr, other.value),
    ],
  ),
  declare('prefixLength', [
    'cidr_prefix_length',
    'net.CIDR.() int',
    ({ value }: Cidr) => BigInt(value.length),
  ]),
  declare('masked', [
    'cidr_masked',
    'net.CIDR.() net.CIDR',
    ({ value }: Cidr) => cidrOf({ ...value, address: a.maskedTo(value.address, value.length) }),
  ]),
  declare('url', [
    'string_to_url',
    '(string) kubernetes.URL',
    (text: string) => {
      const url = readUrl(text);
      return new Opaque(urlType, url, (other) => quoted(url) === quoted(other));
    },
  ]),
  declare('isURL', ['is_url_string', '(string) bool', reads(readUrl)]),
  urlPart('getScheme', 'scheme', 'scheme'),
  urlPart('getHost', 'host', 'host'),
  urlPart('getHostname', 'hostname', 'hostname'),
  urlPart('getPort', 'port', 'port'),
  urlPart('getEscapedPath', 'escaped_path', 'path'),
  declare('getQuery', ['url_get_query', 'kubernetes.URL.() map(string, list(string))', queryOf]),
];
