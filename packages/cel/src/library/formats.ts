import {
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  labelValueErrors,
  qualifiedNameErrors,
} from '@coxswain/api/names';
import type { FunctionDeclaration } from '../run/overload.ts';
import { declare } from '../run/overload.ts';
import { objectType } from '../types/type.ts';
import { parseTimestamp } from '../values/time.ts';
import type { Value } from '../values/value.ts';
import { CelError, none, Opaque, Optional } from '../values/value.ts';
import { readUrl } from './network.ts';

interface Format {
  readonly name: string;
  readonly errors: (text: string) => readonly string[];
  /** What costs count for its pattern. */
  readonly regexSize: number;
}

const formatType = objectType('kubernetes.NamedFormat');

/** A prefix may end in a hyphen: what follows it is made up. */
const asPrefix =
  (errors: Format['errors']): Format['errors'] =>
  (text) =>
    errors(text.endsWith('-') ? `${text.slice(0, -1)}a` : text);

const only =
  (holds: (text: string) => boolean, message: string): Format['errors'] =>
  (text) =>
    holds(text) ? [] : [message];

const reads =
  (read: (text: string) => unknown) =>
  (text: string): readonly string[] => {
    try {
      read(text);
      return [];
    } catch (cause) {
      if (cause instanceof CelError)
        return [cause.message.replace(/^URL parse error during conversion from string: /, '')];
      throw cause;
    }
  };

const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && reads(parseTimestamp)(text).length === 0;
const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const formats: Readonly<Record<string, Format>> = {
  dns1123Label: { name: 'DNS1123Label', errors: dns1123LabelErrors, regexSize: 30 },
  dns1123Subdomain: { name: 'DNS1123Subdomain', errors: dns1123SubdomainErrors, regexSize: 60 },
  dns1035Label: { name: 'DNS1035Label', errors: dns1035LabelErrors, regexSize: 30 },
  qualifiedName: { name: 'QualifiedName', errors: qualifiedNameErrors, regexSize: 60 },
  dns1123LabelPrefix: {
    name: 'DNS1123LabelPrefix',
    errors: asPrefix(dns1123LabelErrors),
    regexSize: 30,
  },
  dns1123SubdomainPrefix: {
    name: 'DNS1123SubdomainPrefix',
    errors: asPrefix(dns1123SubdomainErrors),
    regexSize: 60,
  },
  dns1035LabelPrefix: {
    name: 'DNS1035LabelPrefix',
    errors: asPrefix(dns1035LabelErrors),
    regexSize: 30,
  },
  labelValue: { name: 'LabelValue', errors: labelValueErrors, regexSize: 40 },
  uri: { name: 'URI', errors: reads(readUrl), regexSize: 1103 },
  uuid: {
    name: 'uuid',
    errors: only((text) => uuid.test(text), 'does not match the UUID format'),
    regexSize: 84,
  },
  byte: {
    name: 'byte',
    errors: only((text) => text !== '' && base64.test(text), 'invalid base64'),
    regexSize: 84,
  },
  date: { name: 'date', errors: only(isDate, 'invalid date'), regexSize: 116 },
  datetime: {
    name: 'datetime',
    errors: only(
      (text) => !isDate(text) && reads(parseTimestamp)(text).length === 0,
      'invalid datetime',
    ),
    regexSize: 116,
  },
};

const valueOf = (format: Format): Value =>
  new Opaque(formatType, format, (other) => other.name === format.name);

const F = 'kubernetes.NamedFormat';
const dictionary: readonly FunctionDeclaration[] = Object.entries(formats).map(([name, format]) =>
  declare(`format.${name}`, [`format-${name}`, `() ${F}`, () => valueOf(format)]),
);

/** Formats of names, addresses and dates that a text may be checked against. */
export const namedFormats: readonly FunctionDeclaration[] = [
  ...dictionary,
  declare('format.named', [
    'format-named',
    `(string) optional(${F})`,
    (name: string) => (Object.hasOwn(formats, name) ? new Optional(valueOf(formats[name]!)) : none),
  ]),
  declare('validate', [
    'format-validate',
    `${F}.(string) optional(list(string))`,
    ({ value }: Opaque<Format>, text: string) => {
      const errors = value.errors(text);
      return errors.length ? new Optional(errors) : none;
    },
  ]),
];
