import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  everything,
  exactLabel,
  nothing,
  parseSelector,
  selectorFromLabels,
  selectorOf,
  selectorText,
} from './index.ts';

const name =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const texts: readonly [text: string, want: string][] = [
  ['', ''],
  ['x=a,y=b,z=c', 'x=a,y=b,z=c'],
  ['y==b, x in (b,a,,b)', 'x in (,a,b),y==b'],
  ['!x,y', '!x,y'],
  ['x notin ()', 'x notin ()'],
  ['in in (in,notin)', 'in in (in,notin)'],
  ['x=', 'x='],
  ['x!=a', 'x!=a'],
  ['example.com/a=b', 'example.com/a=b'],
];
for (const [text, want] of texts)
  test(`selector: ${text}`, () => assert.equal(selectorText(parseSelector(text)), want));

const wrong: readonly [text: string, want: string][] = [
  [
    'x=a||y=b',
    "unable to parse requirement: values[0][x]: Invalid value: \"a||y\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  ],
  ['x y', "unable to parse requirement: found 'y', expected: in, notin, =, ==, !=, gt, lt"],
  ['x,', "found '', expected: identifier after ','"],
  ['=a', "found '=', expected: !, identifier, or 'end of string'"],
  ['x in a', "unable to parse requirement: found 'a' expected: '('"],
  ['x in (a b)', "unable to parse requirement: found 'b', expected: ',' or ')'"],
  ['x=a b', "found 'b', expected: ',' or 'end of string'"],
  [
    'x>a',
    "unable to parse requirement: values[0]: Invalid value: \"a\": for 'Gt', 'Lt' operators, the value must be an integer",
  ],
  ['-x', `unable to parse requirement: <nil>: Invalid value: "-x": ${name}`],
  ['x=!', "unable to parse requirement: found '!', expected: identifier"],
];
for (const [text, want] of wrong)
  test(`no selector: ${text}`, () =>
    assert.throws(() => parseSelector(text), { name: 'Error', message: want }));

const matches: readonly [selector: string, labels: Record<string, string>, want: boolean][] = [
  ['x=a', { x: 'a' }, true],
  ['x=a', {}, false],
  ['x!=a', {}, true],
  ['x!=a', { x: 'a' }, false],
  ['x in (a,b)', { x: 'b' }, true],
  ['x notin (a,b)', { x: 'c' }, true],
  ['x', { x: '' }, true],
  ['!x', { x: '' }, false],
  ['x>1', { x: '10' }, true],
  ['x<1', { x: 'y' }, false],
  ['x=a,y', { x: 'a' }, false],
  ['toString', {}, false],
];
for (const [selector, labels, want] of matches)
  test(`${selector} matches ${JSON.stringify(labels)}: ${want}`, () =>
    assert.equal(parseSelector(selector).matches(labels), want));

test('LabelSelector objects', () => {
  const object = {
    matchLabels: { b: '1' },
    matchExpressions: [
      { key: 'a', operator: 'Exists' as const },
      { key: 'c', operator: 'NotIn' as const, values: ['x'] },
    ],
  };
  assert.equal(selectorText(selectorOf(object)), 'a,b=1,c notin (x)');
  assert.equal(selectorOf(object), selectorOf(object));
  assert.equal(selectorOf(undefined), nothing);
  assert.equal(selectorOf({}).matches({ any: 'x' }), true);
  assert.throws(() => selectorOf({ matchExpressions: [{ key: 'a', operator: 'Near' as 'In' }] }), {
    message: '"Near" is not a valid label selector operator',
  });
  assert.throws(
    () => selectorOf({ matchExpressions: [{ key: 'a', operator: 'In', values: [] }] }),
    {
      message: "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    },
  );
});

test('maps and exact labels', () => {
  const selector = selectorFromLabels({ b: '2', a: '1' });
  assert.equal(selectorText(selector), 'a=1,b=2');
  assert.equal(exactLabel(selector, 'a'), '1');
  assert.equal(exactLabel(parseSelector('a in (x,y)'), 'a'), undefined);
  assert.equal(everything.matches(undefined), true);
});
