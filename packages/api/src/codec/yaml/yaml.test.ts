import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { typeOf } from '../../schema/index.ts';
import { decodeYaml, encodeYaml, parseYaml, parseYamlDocuments } from './index.ts';
import recorded from './testing/as-go-reads.json' with { type: 'json' };

const values: readonly [text: string, want: unknown][] = [
  ['a: yes\nb: "yes"\nc: off\nd: y', { a: true, b: 'yes', c: false, d: true }],
  [
    'mode: 0644\nhex: 0x1F\nbig: 1_000\nf: 1e3\nzero: 08',
    { mode: 420, hex: 31, big: 1000, f: 1000, zero: 8 },
  ],
  ['t: 2026-01-02\nb60: 1:30\nN: ~\ne:', { t: '2026-01-02', b60: '1:30', false: null, e: null }],
  ['1: a\ntrue: b', { 1: 'a', true: 'b' }],
  ['a: &x {k: 1}\nb:\n  <<: *x\n  l: 2', { a: { k: 1 }, b: { k: 1, l: 2 } }],
  ['{"a": [1, "2"]}', { a: [1, '2'] }],
];
for (const [text, want] of values)
  test(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseYaml(text).value, want));

const long = 'word '.repeat(20).trim();
const prints: readonly [value: unknown, want: string][] = [
  [
    { a: long, b: `#${long}`, c: [`${long}\t`] },
    `a: ${'word '.repeat(16).trim()}\n  word word word word\nb: '#${'word '.repeat(16).trim()}\n  word word word word'\nc:\n- "${'word '.repeat(16).trim()}\n  word word word word\\t"\n`,
  ],
  [
    { b: 'yes', a: '1', c: '', d: 'x: y', e: "it's: ", f: '2026-01-02' },
    'a: "1"\nb: "yes"\nc: ""\nd: \'x: y\'\ne: \'it\'\'s: \'\nf: "2026-01-02"\n',
  ],
  [
    { s: 'a\nb\n', t: 'a\nb', u: ' a\nb\n\n', v: 'a \nb', w: '\ta' },
    's: |\n  a\n  b\nt: |-\n  a\n  b\nu: |2+\n   a\n  b\n\nv: "a \\nb"\nw: "\\ta"\n',
  ],
  [{ l: [{ a: 1, b: [] }, ['x'], {}], m: {} }, 'l:\n- a: 1\n  b: []\n- - x\n- {}\nm: {}\n'],
  [
    { a10: 1, a2: 2, A: 3, _: 4, nil: null, f: 0.5 },
    '_: 4\nA: 3\na2: 2\na10: 1\nf: 0.5\n'.replace('f: 0.5\n', 'f: 0.5\nnil: null\n'),
  ],
];
for (const [value, want] of prints)
  test(`prints ${JSON.stringify(value)}`, () => {
    assert.equal(encodeYaml(value), want);
    assert.deepEqual(parseYaml(want).value, value);
  });

test('strictness names lines of duplicates and unknown fields', () => {
  const text = 'kind: Pod\nmetadata:\n  name: a\n  name: b\nfoo: 1\n';
  const { strict } = decodeYaml(typeOf('v1', 'Pod')!, text, true);
  assert.deepEqual(strict, [
    'yaml: unmarshal errors:\n  line 4: key "name" already set in map',
    'unknown field "foo"',
  ]);
});

test('several documents, and texts that are none', () => {
  assert.deepEqual(
    parseYamlDocuments('a: 1\n---\n---\nb: 2\n').map(({ value }) => value),
    [{ a: 1 }, { b: 2 }],
  );
});

for (const text of [
  '{"a":{"b":[1,-2.5,1e3,true,null,"\\u003c\\n"]},"yes":"no"}',
  '{"a":1,"b":{"c":2,"c":3}}',
  '{a: 1}',
  '{"a":1}\n---\n{"b":2}',
])
  test(`reads JSON as YAML: ${JSON.stringify(text)}`, () =>
    assert.deepEqual(parseYaml(text), parseYamlDocuments(text)[0]));

for (const [name, text, want] of [
  ['an alias of nothing', 'a: *b', "yaml: unknown anchor 'b' referenced"],
  [
    'a mapping as key',
    'b: {{ .Values.x }}',
    'yaml: invalid map key: map[interface {}]interface {}{".Values.x":interface {}(nil)}',
  ],
  ['a list as key', 'x:\n  - ? [a]\n    : c', 'yaml: invalid map key: []interface {}{"a"}'],
  ['more depth than there is', '['.repeat(20_000), 'yaml: exceeded max depth of 10000'],
] as const)
  test(`YAML that JSON cannot hold: ${name}`, () =>
    assert.throws(() => parseYaml(text), { message: `error converting YAML to JSON: ${want}` }));

describe("as Kubernetes' reader reads it, recorded from apimachinery 0.36.2 over go-yaml 2.4.3", () => {
  for (const [text, want] of recorded as unknown as readonly (readonly [string, unknown])[])
    test(JSON.stringify(text).slice(0, 80), () => {
      const read = (): readonly unknown[] => parseYamlDocuments(text).map(({ value }) => value);
      if (typeof want === 'string') assert.throws(read, { message: want });
      else assert.deepEqual(read(), want);
    });
});
