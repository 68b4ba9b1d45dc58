import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kyaml } from './kyaml.ts';

const cases: readonly (readonly [name: string, value: object, text: string])[] = [
  ['nothing in it', { a: {}, b: [], c: null }, 'a: {},\n  b: [],\n  c: null,'],
  [
    'values',
    { a: 1, b: 1.5, c: true, d: 'x', e: '' },
    'a: 1,\n  b: 1.5,\n  c: true,\n  d: "x",\n  e: "",',
  ],
  ['a list of texts', { a: ['x', 'y'] }, 'a: [\n    "x",\n    "y",\n  ],'],
  ['a list of objects', { a: [{ b: 1 }, { c: 2 }] }, 'a: [{\n    b: 1,\n  }, {\n    c: 2,\n  }],'],
  [
    'keys that could be something else',
    { yes: 1, '10': 1, '1e3': 1, '2001-01-01': 1, 'a/b': 1, 'a-': 1, 'f:x': 1, a_1: 1 },
    '"10": 1,\n  "1e3": 1,\n  "2001-01-01": 1,\n  "a-": 1,\n  a/b: 1,\n  a_1: 1,\n  "f:x": 1,\n  "yes": 1,',
  ],
  [
    'lines',
    { a: 'one\n  two\n\nthree' },
    'a: "\\\n     one\\n\\\n    \\  two\\n\\\n     \\n\\\n     three\\\n    ",',
  ],
  ['marks', { a: 'tab\t"q"\\\u0001\u00a0' }, 'a: "tab\t\\"q\\"\\\\\\x01\\_",'],
];

for (const [name, value, text] of cases)
  test(`KYAML: ${name}`, () => assert.equal(kyaml(value, 'map'), `---\n{\n  ${text}\n}\n`));
