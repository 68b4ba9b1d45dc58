import { parseAddress } from '../../kinds/rules/ip.ts';
import type { Schema } from './schema.ts';

const matches =
  (form: RegExp) =>
  (text: string): boolean =>
    form.test(text);

const uuid = (version: string, variant: string): ((text: string) => boolean) =>
  matches(
    new RegExp(
      `^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`,
      'i',
    ),
  );

const hostname =
  /^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$/u;
const hostnameMax = 255;
const labelMax = 63;

const isHostname = (text: string): boolean =>
  text.length <= hostnameMax &&
  text.split('.').every((label) => label.length <= labelMax) &&
  hostname.test(text);

/** As net.ParseIP: zones are none of it. */
const isIPv4 = (text: string): boolean => text.includes('.') && parseAddress(text) !== undefined;
const isIPv6 = (text: string): boolean => text.includes(':') && parseAddress(text) !== undefined;

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(bits) || !parseAddress(address)) return false;
  return Number(bits) <= (address.includes(':') ? 128 : 32);
}

const isMac = matches(
  /^([0-9a-f]{2}([:-])([0-9a-f]{2}\2){4}[0-9a-f]{2}|[0-9a-f]{2}([:-])([0-9a-f]{2}\4){6}[0-9a-f]{2}|[0-9a-f]{2}([:-])([0-9a-f]{2}\6){18}[0-9a-f]{2}|([0-9a-f]{4}\.){2}[0-9a-f]{4}|([0-9a-f]{4}\.){3}[0-9a-f]{4}|([0-9a-f]{4}\.){9}[0-9a-f]{4})$/i,
);

function isIsbn10(text: string): boolean {
  const digits = text.replaceAll(/[\s-]+/g, '');
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  const sum = digits
    .split('')
    .reduce((all, c, i) => all + (c === 'X' ? 10 : Number(c)) * (i + 1), 0);
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replaceAll(/[\s-]+/g, '');
  if (!/^\d{13}$/.test(digits)) return false;
  const sum = digits.split('').reduce((all, c, i) => all + Number(c) * (i % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

const card =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|(222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11}|6[27][0-9]{14})$/;

function isCreditCard(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  if (!card.test(digits)) return false;
  const sum = digits
    .split('')
    .toReversed()
    .reduce((all, c, i) => {
      const value = Number(c) * (i % 2 === 0 ? 1 : 2);
      return all + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (!year) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

function isDateTime(text: string): boolean {
  const at = text.toLowerCase().indexOf('t');
  if (at < 4 || !isDate(text.slice(0, at))) return false;
  const parts = /^(\d\d):(\d\d):(\d\d)(.\d+)?(z|[+-]\d\d:\d\d)$/.exec(
    text.slice(at + 1).toLowerCase(),
  );
  return (
    parts !== null && Number(parts[1]) <= 23 && Number(parts[2]) <= 59 && Number(parts[3]) <= 59
  );
}

const goDuration = /^[-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;
/** Units of Scala's durations, by what they may be called. */
const units =
  /^(ns|nano|nanos|nanosecond|nanoseconds|us|µs|micro|micros|microsecond|microseconds|ms|milli|millis|millisecond|milliseconds|s|sec|secs|second|seconds|m|min|mins|minute|minutes|h|hr|hrs|hour|hours|d|day|days|w|wk|wks|week|weeks)$/;

const isDuration = (text: string): boolean =>
  goDuration.test(text) ||
  [...text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)].some(([, , unit]) =>
    units.test((unit ?? '').toLowerCase()),
  );

/** An absolute path, or a URL with a scheme. */
const isUri = (text: string): boolean =>
  !/[\s\p{Cc}]/u.test(text) &&
  (text.startsWith('/') || (/^[a-z][a-z0-9+.-]*:./i.test(text) && URL.canParse(text)));

const isEmail = matches(
  /^(?:[^<>@]*<[^\s<>@,;:"()[\]]+@[^\s<>@,;:"()]+>|[^\s<>@,;:"()[\]]+@[^\s<>@,;:"()]+)$/,
);

const subdomainLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const shortName = new RegExp(`^${subdomainLabel}$`);
const longName = new RegExp(`^${subdomainLabel}(\\.${subdomainLabel})*$`);
const longNameMax = 253;

/** The formats of texts, by their names without dashes. */
const formats: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: matches(/^[0-9a-f]{24}$/i),
  uri: isUri,
  email: isEmail,
  hostname: isHostname,
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: isCidr,
  mac: isMac,
  uuid: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid3: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid4: uuid('4', '[89ab]'),
  uuid5: uuid('5', '[89ab]'),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: matches(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  hexcolor: matches(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: matches(
    /^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)$/,
  ),
  byte: matches(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/),
  password: () => true,
  date: isDate,
  duration: isDuration,
  datetime: isDateTime,
  k8sshortname: (text) => text.length <= labelMax && shortName.test(text),
  k8slongname: (text) => text.length <= longNameMax && longName.test(text),
};

const numeric: Readonly<Record<string, readonly string[]>> = {
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
};

/** The format where values are held to it: others are only words. */
export function effectiveFormat(schema: Schema): string {
  const { format = '', type = '' } = schema;
  if (!format) return '';
  const isPlain = type === '' && !schema['x-kubernetes-int-or-string'];
  if (isPlain || type === 'string') return formatOf(format) ? format : '';
  return numeric[type]?.includes(format) ? format : '';
}

/** The formats of this very schema that nothing is held to. */
export function unrecognized(schema: Schema): readonly string[] {
  const { format = '', type = '' } = schema;
  if (!format || effectiveFormat({ format, type })) return [];
  return [format];
}

/** The check of a text's format; undefined for one that is not known. */
export const formatOf = (format: string): ((text: string) => boolean) | undefined => {
  const name = format.replaceAll('-', '');
  return Object.hasOwn(formats, name) ? formats[name] : undefined;
};
