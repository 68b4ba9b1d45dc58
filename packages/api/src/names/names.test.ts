import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as all from './index.ts';

type Rule = (value: string) => readonly string[];
const names: Readonly<Record<string, unknown>> = { ...all };

const long = 'a'.repeat(64);
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const namePart =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

const rows: readonly [rule: keyof typeof all, given: string, want: readonly string[]][] = [
  ['dns1123LabelErrors', '1-a', []],
  ['dns1123LabelErrors', 'a.b', ['must not contain dots']],
  ['dns1123LabelErrors', 'A', [label]],
  ['dns1123LabelErrors', 'a\n', [label]],
  ['dns1123LabelErrors', long, ['must be no more than 63 characters']],
  ['dns1123SubdomainErrors', 'a.b-c', []],
  ['dns1123SubdomainErrors', 'a..b', [subdomain]],
  ['dns1123UnderscoreErrors', '_tcp.a_b', []],
  [
    'dns1035LabelErrors',
    '1a',
    [
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  ['wildcardSubdomainErrors', '*.a.b', []],
  ['qualifiedNameErrors', 'example.com/My.name', []],
  ['qualifiedNameErrors', '/a', ['prefix part must be non-empty']],
  ['qualifiedNameErrors', '', ['name part must be non-empty', `name part ${namePart}`]],
  [
    'qualifiedNameErrors',
    'a/b/c',
    [
      `a valid label key ${namePart} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ],
  ],
  ['qualifiedNameErrors', 'B/a', [`prefix part ${subdomain}`]],
  ['labelValueErrors', '', []],
  ['labelValueErrors', long, ['must be no more than 63 bytes']],
  [
    'portNameErrors',
    '-a--',
    ['must not contain consecutive hyphens', 'must not begin or end with a hyphen'],
  ],
  ['portNameErrors', '80', ['must contain at least one letter (a-z)']],
  [
    'percentErrors',
    '5',
    [
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ],
  ],
  [
    'relaxedEnvironmentNameErrors',
    'a=b',
    [
      "a valid environment variable name must consist only of printable ASCII characters other than '='",
    ],
  ],
  ['relaxedEnvironmentNameErrors', 'a b~', []],
  ['environmentNameErrors', '..a', ["must not start with '..'"]],
  ['configKeyErrors', '..', ["must not be '..'"]],
  ['pathSegmentErrors', 'a/%', ["may not contain '/'", "may not contain '%'"]],
  ['pathSegmentErrors', '.', ["may not be '.'"]],
  ['cIdentifierErrors', 'a_1', []],
  ['httpHeaderNameErrors', 'X-A', []],
];
for (const [rule, given, want] of rows)
  test(`${rule}: ${given.slice(0, 20)}`, () =>
    assert.deepEqual((names[rule] as Rule)(given), want));

test('ranges', () => {
  assert.deepEqual(all.portNumberErrors(0), ['must be between 1 and 65535, inclusive']);
  assert.deepEqual(all.unixIdErrors(2 ** 31), ['must be between 0 and 2147483647, inclusive']);
});
