import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition } from '@coxswain/api/types/apiextensions-v1';
import { fieldErrorText, type KubeObject } from '@coxswain/api';
import { coerce } from './coerce.ts';
import { expressionErrors } from './expressions.ts';
import { parseJsonPath } from './json-path.ts';
import { withNames } from './lifecycle.ts';
import { fillDefaults } from './schema/defaults.ts';
import { uniqueItems } from './schema/lists.ts';
import type { Schema } from './schema/schema.ts';
import { structuralErrors } from './schema/structural.ts';
import { validate } from './schema/validate.ts';

const text: Schema = { type: 'string' };
const object = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
});

// Texts are those that an upstream server answered to the same requests.
const values: readonly (readonly [name: string, Schema, unknown, readonly string[]])[] = [
  [
    'a wrong type is told by its JSON name',
    object({ a: text }),
    { a: 1 },
    ['a: Invalid value: "integer": a in body must be of type string: "integer"'],
  ],
  [
    'what is required is named',
    object({ spec: object({}, { required: ['a'] }) }),
    { spec: {} },
    ['spec.a: Required value'],
  ],
  [
    'a bound says whether it is included',
    object({ n: { type: 'integer', maximum: 10, exclusiveMaximum: true } }),
    { n: 10 },
    ['n: Invalid value: 10: n in body should be less than 10'],
  ],
  [
    'an enum lists its values',
    object({ e: { type: 'string', enum: ['x', 'y'] } }),
    { e: 'q' },
    ['e: Unsupported value: "q": supported values: "x", "y"'],
  ],
  [
    'of several schemas exactly one',
    object({ one: object({}, { oneOf: [{ required: ['p'] }, { required: ['q'] }] }) }),
    { one: {} },
    [
      '<nil>: Invalid value: "": "one" must validate one and only one schema (oneOf). Found none valid',
      'one.p: Required value',
    ],
  ],
  ['null where it is allowed', object({ a: { type: 'string', nullable: true } }), { a: null }, []],
];
for (const [name, schema, value, wanted] of values)
  test(name, () => assert.deepEqual(validate(value, schema).map(fieldErrorText), wanted));

test('what broke a rule before may stay as it was', () => {
  const schema = object({ a: { ...text, maxLength: 1 }, b: { ...text, maxLength: 1 } });
  const old = { value: { a: 'long', b: 'x' }, schema };
  assert.deepEqual(
    validate({ a: 'long', b: 'longer' }, schema, old).map(({ field }) => field),
    ['b'],
  );
});

test('unknown fields are dropped and named, nulls without a place go, keys come in order', () => {
  const schema = object({
    spec: object({ b: text, a: text, keep: { 'x-kubernetes-preserve-unknown-fields': true } }),
  });
  const given = {
    ...{ kind: 'K', apiVersion: 'g/v1', metadata: { name: 'x', odd: 1 } },
    spec: { b: '1', a: null, c: 1, keep: { any: 1 } },
  };
  const { object: made, unknown } = coerce(given, schema, {
    malformed: 'refuse',
    keepsUnknown: false,
  });
  assert.deepEqual(unknown, ['metadata.odd', 'spec.c']);
  assert.equal(
    JSON.stringify((made as KubeObject & { spec: unknown }).spec),
    '{"b":"1","keep":{"any":1}}',
  );
});

test('defaults fill what is absent, also within what they filled', () => {
  const schema = object({ a: object({ b: { ...text, default: 'x' } }, { default: {} }) });
  const value = {};
  fillDefaults(value, schema);
  assert.deepEqual(value, { a: { b: 'x' } });
});

test('a list that is a map holds a key once', () => {
  const schema = object({
    l: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
      items: object({ k: text }),
    },
  });
  const twice = { l: [{ k: 'a' }, { k: 'b' }, { k: 'a', v: 1 }] };
  assert.deepEqual([...uniqueItems(twice, schema)].map(fieldErrorText), [
    'l[2]: Duplicate value: {"k":"a"}',
  ]);
});

test('structural schemas name the type of everything once', () => {
  const schema = object({ a: {}, b: { ...text, anyOf: [{ type: 'string' }] } });
  assert.deepEqual(structuralErrors(schema, 's').map(fieldErrorText), [
    's.properties[a].type: Required value: must not be empty for specified object fields',
    's.properties[b].anyOf[0].type: Forbidden: must be empty to be structural',
  ]);
});

test('rules in CEL see the object and what it was', () => {
  const rule = (text: string, message: string): Schema => ({
    'x-kubernetes-validations': [{ rule: text, message }],
  });
  const schema = object({
    a: { ...text, ...rule('self == oldSelf', 'immutable') },
    n: { type: 'integer', ...rule('self < 5', 'too many') },
  });
  const told = (now: unknown, old?: unknown): readonly string[] =>
    expressionErrors(schema, now, old, []).map(fieldErrorText);
  assert.deepEqual(told({ a: 'x', n: 9 }), ['n: Invalid value: 9: too many']);
  assert.deepEqual(told({ a: 'y', n: 9 }, { a: 'x', n: 9 }), ['a: Invalid value: "y": immutable']);
});

const paths: readonly (readonly [path: string, wanted: readonly unknown[]])[] = [
  ['.spec.a', [1]],
  ['.spec.none', []],
  ['.spec.list[1]', ['y']],
  ['.spec.list[-1]', ['y']],
  [".spec['a']", [1]],
  ['.conditions[?(@.type=="Ready")].status', ['True']],
  ['.conditions[*].type', ['Ready', 'Other']],
];
for (const [path, wanted] of paths)
  test(`JSONPath ${path}`, () => {
    const value = {
      spec: { a: 1, list: ['x', 'y'] },
      conditions: [{ type: 'Ready', status: 'True' }, { type: 'Other' }],
    };
    assert.deepEqual(parseJsonPath(path)!(value), wanted);
  });

test('a name that another definition of the group holds is not given', () => {
  const names = { plural: 'as', singular: 'a', kind: 'A', listKind: 'AList' };
  const definition = (plural: string, kind: string, held: boolean): CustomResourceDefinition => {
    const own = { ...names, plural, kind };
    return {
      metadata: { name: `${plural}.g.io` },
      spec: { group: 'g.io', names: own, scope: 'Cluster', versions: [] },
      ...(held && { status: { acceptedNames: own } }),
    };
  };
  const status = withNames(definition('bs', 'A', false), [definition('as', 'A', true)], 0);
  assert.deepEqual(
    status.conditions?.map(({ type, status: is, reason }) => [type, is, reason]),
    [
      ['NamesAccepted', 'False', 'ListKindConflict'],
      ['Established', 'False', 'NotAccepted'],
    ],
  );
});
