import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergedOpenApi, ofPaths } from './merge-openapi.ts';

const to = (name: string): object => ({ get: { schema: { $ref: `#/definitions/${name}` } } });
const kind = (name: string): object => ({ group: 'g', version: 'v1', kind: name });
const gvk = 'x-kubernetes-group-version-kind';
const one = {
  swagger: '2.0',
  paths: { '/a': to('A'), '/b': { parameters: [{ $ref: '#/parameters/p' }] } },
  definitions: {
    A: { type: 'object' },
    B: { type: 'string', [gvk]: [kind('B')] },
    Status: { type: 'object', properties: {} },
  },
  parameters: { p: { name: 'p' } },
};

for (const [name, other, want] of [
  [
    'what is new comes in with its definitions',
    { paths: { '/c': to('C') }, definitions: { C: { type: 'integer' } } },
    {
      paths: { ...one.paths, '/c': to('C') },
      definitions: { ...one.definitions, C: { type: 'integer' } },
    },
  ],
  [
    'paths that are there stay, and bring nothing',
    { paths: { '/a': to('X'), '/c': to('C') }, definitions: { X: {}, C: {}, unused: {} } },
    {
      paths: { ...one.paths, '/c': to('C') },
      definitions: { ...one.definitions, C: {}, unused: {} },
    },
  ],
  ['nothing new at all', { paths: { '/a': to('X') }, definitions: { X: {} } }, {}],
  [
    'another definition of a name gets another name, everywhere',
    {
      paths: { '/c': to('A'), '/d': to('D') },
      definitions: { A: { type: 'boolean' }, D: { items: [{ $ref: '#/definitions/A' }] } },
    },
    {
      paths: { ...one.paths, '/c': to('A_v2'), '/d': to('D') },
      definitions: {
        ...one.definitions,
        A_v2: { type: 'boolean' },
        D: { items: [{ $ref: '#/definitions/A_v2' }] },
      },
    },
  ],
  [
    'a number that the other takes itself is left to it',
    {
      paths: { '/c': to('A'), '/d': to('A_v2') },
      definitions: { A: { type: 'boolean' }, A_v2: { type: 'null' } },
    },
    {
      paths: { ...one.paths, '/c': to('A_v3'), '/d': to('A_v2') },
      definitions: { ...one.definitions, A_v3: { type: 'boolean' }, A_v2: { type: 'null' } },
    },
  ],
  [
    'the same definition stands for the kinds of both',
    {
      paths: { '/c': to('B') },
      definitions: { B: { type: 'string', [gvk]: [kind('B'), kind('C')] } },
    },
    {
      paths: { ...one.paths, '/c': to('B') },
      definitions: { ...one.definitions, B: { type: 'string', [gvk]: [kind('B'), kind('C')] } },
    },
  ],
  [
    'parameters too',
    { paths: { '/c': { $ref: '#/parameters/p' } }, parameters: { p: { name: 'other' } } },
    {
      paths: { ...one.paths, '/c': { $ref: '#/parameters/p_v2' } },
      parameters: { ...one.parameters, p_v2: { name: 'other' } },
    },
  ],
] as const)
  test(`OpenAPI v2 put together: ${name}`, () => {
    const before = structuredClone([one, other]);
    assert.deepEqual(mergedOpenApi(one, other), { ...one, ...want });
    assert.deepEqual([one, other], before);
  });

test('OpenAPI v2: a third document finds the name that the second was given', () => {
  const other = { paths: { '/c': to('A') }, definitions: { A: { type: 'boolean' } } };
  const third = { paths: { '/e': to('A') }, definitions: other.definitions };
  const { paths, definitions } = mergedOpenApi(mergedOpenApi(one, other), third);
  assert.deepEqual(paths!['/e'], to('A_v2'));
  assert.equal(definitions!['A_v3'], undefined);
});

test('OpenAPI v2: definitions go with the paths that used them, through others', () => {
  const document = {
    paths: { '/apis/g/v1/x': to('X'), '/healthz': to('H') },
    definitions: { X: to('Y'), Y: to('X'), H: to('Z'), Z: {}, never: {} },
  };
  assert.deepEqual(
    ofPaths(document, (path) => path.startsWith('/apis/g/v1/')),
    { paths: { '/apis/g/v1/x': to('X') }, definitions: { X: to('Y'), Y: to('X'), never: {} } },
  );
});
