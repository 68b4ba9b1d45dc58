import { maxLengthText, patternText, wholly } from './messages.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const underscoreLabel = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const underscoreSubdomain = `${underscoreLabel}(\\.${underscoreLabel})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const wildcard = `\\*\\.${subdomain}`;

const labelForm = wholly(label);
const subdomainForm = wholly(subdomain);

/** Longest DNS label; most names that become a part of a host name keep to it. */
export const dnsLabelMax = 63;
/** Longest DNS subdomain; most object names keep to it. */
export const dnsSubdomainMax = 253;

function check(value: string, max: number, form: RegExp, wrong: string): string[] {
  const errors: string[] = [];
  if (value.length > max) errors.push(maxLengthText(max));
  if (!form.test(value)) errors.push(wrong);
  return errors;
}

const labelWrong = patternText(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  label,
  'my-name',
  '123-abc',
);

/** What is wrong with a DNS-1123 label (namespaces, container names); empty when nothing. */
export const dns1123LabelErrors = (value: string): readonly string[] =>
  check(
    value,
    dnsLabelMax,
    labelForm,
    subdomainForm.test(value) ? 'must not contain dots' : labelWrong,
  );

const subdomainWrong = patternText(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  subdomain,
  'example.com',
);

/** What is wrong with a DNS-1123 subdomain (names of most objects); empty when nothing. */
export const dns1123SubdomainErrors = (value: string): readonly string[] =>
  check(value, dnsSubdomainMax, subdomainForm, subdomainWrong);

const underscoreForm = wholly(underscoreSubdomain);
const underscoreWrong = patternText(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  underscoreSubdomain,
  'example.com',
);

/** As a DNS-1123 subdomain, underscores allowed (search domains of a pod). */
export const dns1123UnderscoreErrors = (value: string): readonly string[] =>
  check(value, dnsSubdomainMax, underscoreForm, underscoreWrong);

const label1035Form = wholly(label1035);
const label1035Wrong = patternText(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  label1035,
  'my-name',
  'abc-123',
);

/** What is wrong with a DNS-1035 label (names of Services); empty when nothing. */
export const dns1035LabelErrors = (value: string): readonly string[] =>
  check(value, dnsLabelMax, label1035Form, label1035Wrong);

const wildcardForm = wholly(wildcard);
const wildcardWrong = patternText(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  wildcard,
  '*.example.com',
);

/** What is wrong with a wildcard host of an Ingress; empty when nothing. */
export const wildcardSubdomainErrors = (value: string): readonly string[] =>
  check(value, dnsSubdomainMax, wildcardForm, wildcardWrong);
