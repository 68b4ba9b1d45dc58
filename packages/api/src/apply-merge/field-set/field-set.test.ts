import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  compareElements,
  decodeFields,
  difference,
  elementText,
  fieldSet,
  has,
  intersection,
  paths,
  recursiveDifference,
  union,
} from '../index.ts';

const element = fc.constantFrom(
  ...['f:a', 'f:b', 'f:c', 'k:{"name":"x"}', 'k:{"name":"y"}', 'k:{"port":9}', 'k:{"port":80}'],
  ...['v:"s"', 'v:1', 'v:20', 'i:2', 'i:10'],
);
const path = fc.array(element, { minLength: 1, maxLength: 4 });
const pathList = fc.array(path, { maxLength: 12 });
const textOf = (one: readonly string[]): string => one.join('/');
const membersOf = (set: object): readonly string[] =>
  [...paths(set as never)].map(textOf).toSorted();
const unique = (lists: readonly (readonly string[])[]): readonly string[] =>
  [...new Set(lists.map(textOf))].toSorted();

test('a set holds the paths it was made of', () =>
  fc.assert(
    fc.property(pathList, (list) => {
      const set = fieldSet(list);
      assert.deepEqual(membersOf(set), unique(list));
      for (const one of list) assert.ok(has(set, one));
    }),
  ));

test('the text of a set reads back, in whatever order it is written', () =>
  fc.assert(
    fc.property(pathList, (list) => {
      const set = fieldSet(list);
      const text = JSON.stringify(set);
      assert.equal(JSON.stringify(decodeFields(JSON.parse(text))), text);
      const backwards = (node: object): object =>
        Object.fromEntries(
          Object.entries(node)
            .toReversed()
            .map(([name, below]) => [name, backwards(below as object)]),
        );
      assert.equal(JSON.stringify(decodeFields(backwards(set))), text);
    }),
  ));

test('union, difference and intersection are those of their members', () =>
  fc.assert(
    fc.property(pathList, pathList, (left, right) => {
      const a = fieldSet(left);
      const b = fieldSet(right);
      const inB = new Set(unique(right));
      assert.deepEqual(membersOf(union(a, b)), unique([...left, ...right]));
      assert.equal(JSON.stringify(union(a, b)), JSON.stringify(union(b, a)));
      assert.deepEqual(
        membersOf(difference(a, b)),
        unique(left).filter((one) => !inB.has(one)),
      );
      assert.deepEqual(
        membersOf(intersection(a, b)),
        unique(left).filter((one) => inB.has(one)),
      );
      const under = (one: string): boolean =>
        [...inB].some((top) => one === top || one.startsWith(`${top}/`));
      assert.deepEqual(
        membersOf(recursiveDifference(a, b)),
        unique(left).filter((one) => !under(one)),
      );
    }),
  ));

test('operations that change nothing give the very set', () =>
  fc.assert(
    fc.property(pathList, pathList, (left, right) => {
      const a = fieldSet(left);
      assert.equal(union(a, intersection(a, fieldSet(right))), a);
      assert.equal(difference(a, difference(fieldSet(right), a)), a);
    }),
  ));

test('elements stand as upstream orders them', () => {
  const sorted = [
    ...['f:a', 'f:b', 'k:{"a":1,"b":2}', 'k:{"name":"a"}', 'k:{"name":"a b"}', 'k:{"name":"ab"}'],
    ...['k:{"port":9}', 'k:{"port":9,"protocol":"TCP"}', 'k:{"port":80}', 'k:{"port":"http"}'],
    ...['v:2', 'v:10', 'v:"a"', 'v:"b"', 'v:false', 'v:true', 'i:2', 'i:10'],
  ];
  assert.deepEqual(sorted.toReversed().toSorted(compareElements), sorted);
});

test('elements as error texts write them', () => {
  const elements = ['f:spec', 'k:{"containerPort":80,"protocol":"TCP"}', 'v:"x"', 'i:3'];
  assert.equal(
    elements.map(elementText).join(''),
    '.spec[containerPort=80,protocol="TCP"][="x"][3]',
  );
});

const wrong: readonly (readonly [name: string, fields: unknown, message: RegExp])[] = [
  ['short', { f: {} }, /key must be 2 characters long:/],
  ['without colon', { fx: {} }, /missing colon: fx/],
  ['no JSON', { 'v:{': {} }, /invalid path element: v:\{/],
  ['no number', { 'i:x': {} }, /invalid index: i:x/],
  ['no object', { 'f:a': 1 }, /expected an object/],
];
for (const [name, fields, message] of wrong)
  test(`fields that are wrong: ${name}`, () => assert.throws(() => decodeFields(fields), message));

test('elements of newer kinds are passed over', () =>
  assert.deepEqual(decodeFields({ 'z:new': { 'f:x': {} }, 'f:a': { '.': {} } }), { 'f:a': {} }));
