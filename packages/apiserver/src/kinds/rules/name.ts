/** Name rules: each returns what is wrong with the text, in upstream's words; nothing when it is good. */
export type NameRule = (text: string, prefix?: boolean) => readonly string[];

const good: readonly string[] = [];
const join = (...parts: (string | false)[]): readonly string[] => {
  const wrong = parts.filter((part) => part !== false);
  return wrong.length ? wrong : good;
};

const shape = (text: string, expression: string, ...examples: string[]): string =>
  `${text} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${expression}')`;
const tooManyCharacters = (max: number): string => `must be no more than ${max} characters`;
const tooManyBytes = (max: number): string => `must be no more than ${max} bytes`;
const whole = (expression: string): RegExp => new RegExp(`^${expression}$`);

/** Length in UTF-8 bytes, at no cost for plain ASCII of harmless length. */
export const bytesOf = (text: string): number => {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
};

const labelFormat = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomainFormat = `${labelFormat}(\\.${labelFormat})*`;
const label1123 = whole(labelFormat);
const subdomain1123 = whole(subdomainFormat);
const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

export function dns1123Label(text: string): readonly string[] {
  if (text.length <= 63 && label1123.test(text)) return good;
  const shaped = label1123.test(text)
    ? false
    : subdomain1123.test(text)
      ? 'must not contain dots'
      : shape(labelText, labelFormat, 'my-name', '123-abc');
  return join(text.length > 63 && tooManyCharacters(63), shaped);
}

export function dns1123Subdomain(text: string): readonly string[] {
  if (text.length <= 253 && subdomain1123.test(text)) return good;
  return join(
    text.length > 253 && tooManyCharacters(253),
    !subdomain1123.test(text) && shape(subdomainText, subdomainFormat, 'example.com'),
  );
}

const underscored = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const underscoredFormat = `${underscored}(\\.${underscored})*`;
const subdomainUnderscored = whole(underscoredFormat);

export function dns1123SubdomainWithUnderscore(text: string): readonly string[] {
  return join(
    text.length > 253 && tooManyCharacters(253),
    !subdomainUnderscored.test(text) &&
      shape(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
        underscoredFormat,
        'example.com',
      ),
  );
}

const label1035Format = '[a-z]([-a-z0-9]*[a-z0-9])?';
const label1035 = whole(label1035Format);

export function dns1035Label(text: string): readonly string[] {
  return join(
    text.length > 63 && tooManyCharacters(63),
    !label1035.test(text) &&
      shape(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
        label1035Format,
        'my-name',
        'abc-123',
      ),
  );
}

const keyFormat = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const keyName = whole(keyFormat);
const keyShape = shape(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  keyFormat,
  'MyName',
  'my.name',
  '123-abc',
);

/** Label keys, annotation keys, finalizers, condition types ...: `[prefix/]name`. */
export function qualifiedName(text: string): readonly string[] {
  const parts = text.split('/');
  if (parts.length > 2)
    return [
      `a valid label key ${keyShape} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const name = parts.at(-1)!;
  const prefix = parts.length === 2 ? parts[0]! : undefined;
  if (
    name.length <= 63 &&
    keyName.test(name) &&
    (prefix === undefined || (prefix.length <= 253 && subdomain1123.test(prefix)))
  )
    return good;
  const prefixWrong =
    prefix === undefined
      ? good
      : prefix === ''
        ? ['prefix part must be non-empty']
        : dns1123Subdomain(prefix).map((message) => `prefix part ${message}`);
  return join(
    ...prefixWrong,
    name.length === 0 && 'name part must be non-empty',
    name.length > 63 && `name part ${tooManyBytes(63)}`,
    !keyName.test(name) && `name part ${keyShape}`,
  );
}

const valueFormat = `(${keyFormat})?`;
const value = whole(valueFormat);

export function labelValue(text: string): readonly string[] {
  if (text.length <= 63 && value.test(text)) return good;
  return join(
    text.length > 63 && tooManyBytes(63),
    !value.test(text) &&
      shape(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        valueFormat,
        'MyValue',
        'my_value',
        '12345',
      ),
  );
}

const climbing = (text: string): string | false =>
  text === '.'
    ? "must not be '.'"
    : text === '..'
      ? "must not be '..'"
      : text.startsWith('..') && "must not start with '..'";

const configKeyFormat = '[-._a-zA-Z0-9]+';
const configKey = whole(configKeyFormat);

/** Keys of ConfigMap and Secret data. */
export function configMapKey(text: string): readonly string[] {
  return join(
    text.length > 253 && tooManyCharacters(253),
    !configKey.test(text) &&
      shape(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        configKeyFormat,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    climbing(text),
  );
}

const printableButEquals = /^[\x20-\x3c\x3e-\x7e]*$/;

export function envName(text: string): readonly string[] {
  return join(
    text.length === 0 && 'environment variable name must be non-empty',
    !printableButEquals.test(text) &&
      "a valid environment variable name must consist only of printable ASCII characters other than '='",
  );
}

const portCharacters = /^[-a-z0-9]+$/;

/** IANA service names, as containers name their ports. */
export function portName(text: string): readonly string[] {
  return join(
    text.length > 15 && tooManyCharacters(15),
    !portCharacters.test(text) &&
      'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
    !/[a-z]/.test(text) && 'must contain at least one letter (a-z)',
    text.includes('--') && 'must not contain consecutive hyphens',
    (text.startsWith('-') || text.endsWith('-')) && 'must not begin or end with a hyphen',
  );
}

export const portNumber = (port: number): readonly string[] =>
  port >= 1 && port <= 65_535 ? good : ['must be between 1 and 65535, inclusive'];

const headerFormat = '[-A-Za-z0-9]+';
const header = whole(headerFormat);

export const httpHeaderName = (text: string): readonly string[] =>
  header.test(text)
    ? good
    : [
        shape(
          "a valid HTTP header must consist of alphanumeric characters or '-'",
          headerFormat,
          'X-Header-Name',
        ),
      ];

/** A generateName may end in a dash, which the random letters will follow. */
const unprefixed =
  (rule: (text: string) => readonly string[]): NameRule =>
  (text, prefix = false) =>
    rule(prefix && text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text);

/** The usual rule of metadata.name. */
export const subdomainName: NameRule = unprefixed(dns1123Subdomain);
export const labelName: NameRule = unprefixed(dns1123Label);
export const label1035Name: NameRule = unprefixed(dns1035Label);

/** The loosest rule: anything that can be one segment of a URL path. RBAC kinds keep to it alone. */
export const pathSegmentName: NameRule = (text, prefix = false) =>
  join(
    !prefix && (text === '.' || text === '..') && `may not be '${text}'`,
    text.includes('/') && "may not contain '/'",
    text.includes('%') && "may not contain '%'",
  );
