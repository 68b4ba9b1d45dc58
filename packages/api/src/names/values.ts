import { dnsSubdomainMax } from './dns.ts';
import { emptyText, maxLengthText, patternText, rangeText, wholly } from './messages.ts';

/** One pattern a text must keep, as a check. */
function pattern(
  message: string,
  form: string,
  ...examples: string[]
): (value: string) => readonly string[] {
  const whole = wholly(form);
  const wrong = [patternText(message, form, ...examples)];
  return (value) => (whole.test(value) ? [] : wrong);
}

/** What is wrong with a number that must lie between two others; empty when nothing. */
export const rangeErrors = (value: number, low: number, high: number): readonly string[] =>
  value >= low && value <= high ? [] : [rangeText(low, high)];

/** What is wrong with the number of a port; empty when nothing. */
export const portNumberErrors = (port: number): readonly string[] => rangeErrors(port, 1, 65_535);

const idMax = 2 ** 31 - 1;

/** What is wrong with a numeric user or group; empty when nothing. */
export const unixIdErrors = (id: number): readonly string[] => rangeErrors(id, 0, idMax);

const portNameMax = 15;

/** What is wrong with the name of a port (IANA service name); empty when nothing. */
export function portNameErrors(port: string): readonly string[] {
  const errors: string[] = [];
  if (port.length > portNameMax) errors.push(maxLengthText(portNameMax));
  if (!/^[-a-z0-9]+$/.test(port))
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(port)) errors.push('must contain at least one letter (a-z)');
  if (port.includes('--')) errors.push('must not contain consecutive hyphens');
  if (port.startsWith('-') || port.endsWith('-'))
    errors.push('must not begin or end with a hyphen');
  return errors;
}

/** What is wrong with a percentage (`25%`); empty when nothing. */
export const percentErrors: (value: string) => readonly string[] = pattern(
  "a valid percent string must be a numeric string followed by an ending '%'",
  '[0-9]+%',
  '1%',
  '93%',
);

/** What is wrong with the name of an HTTP header; empty when nothing. */
export const httpHeaderNameErrors: (value: string) => readonly string[] = pattern(
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  '[-A-Za-z0-9]+',
  'X-Header-Name',
);

/** What is wrong with a C identifier; empty when nothing. */
export const cIdentifierErrors: (value: string) => readonly string[] = pattern(
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  '[A-Za-z_][A-Za-z0-9_]*',
  'my_name',
  'MY_NAME',
  'MyName',
);

function parentErrors(value: string): readonly string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

const environmentPattern = pattern(
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
  '[-._a-zA-Z][-._a-zA-Z0-9]*',
  'my.env-name',
  'MY_ENV.NAME',
  'MyEnvName1',
);

/** What is wrong with the strict name of an environment variable; empty when nothing. */
export const environmentNameErrors = (value: string): readonly string[] => [
  ...environmentPattern(value),
  ...parentErrors(value),
];

/** What is wrong with the relaxed name of an environment variable, which pods may use; empty when nothing. */
export function relaxedEnvironmentNameErrors(value: string): readonly string[] {
  if (value === '') return [`environment variable name ${emptyText}`];
  return /^[ -<>-~]+$/.test(value)
    ? []
    : [
        "a valid environment variable name must consist only of printable ASCII characters other than '='",
      ];
}

const configKeyPattern = pattern(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  '[-._a-zA-Z0-9]+',
  'key.name',
  'KEY_NAME',
  'key-name',
);

/** What is wrong with a key of a ConfigMap or Secret; empty when nothing. */
export const configKeyErrors = (value: string): readonly string[] => [
  ...(value.length > dnsSubdomainMax ? [maxLengthText(dnsSubdomainMax)] : []),
  ...configKeyPattern(value),
  ...parentErrors(value),
];

/** What is wrong with the start of a name that will stand in a path; empty when nothing. */
export const pathSegmentPrefixErrors = (name: string): readonly string[] =>
  ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);

/** What is wrong with a name that stands in a path; empty when nothing. */
export const pathSegmentErrors = (name: string): readonly string[] =>
  name === '.' || name === '..' ? [`may not be '${name}'`] : pathSegmentPrefixErrors(name);
