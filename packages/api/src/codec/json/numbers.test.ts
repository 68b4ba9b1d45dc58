import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeUntyped } from './read.ts';

const cases: readonly (readonly [text: string, rounded: readonly string[]])[] = [
  ['{"a":1,"b":1.5,"c":-0,"d":1e21,"e":"9223372036854775807"}', []],
  ['{"a":9007199254740991,"b":9007199254740992}', []],
  [
    '{"a":9007199254740993,"b":[-9223372036854775807]}',
    ['9007199254740993', '-9223372036854775807'],
  ],
  ['{"a":0.12345678901234567891}', []],
  ['{"a":9223372036854775808}', []], // no int64 either: upstream makes a float of it
];

for (const [text, rounded] of cases)
  test(`numbers that lose digits: ${text}`, () =>
    assert.deepEqual(decodeUntyped(text).rounded, rounded));

test('what no float64 holds is refused', () => {
  for (const number of ['1e400', '-1E+309', `1${'0'.repeat(309)}`])
    assert.throws(() => decodeUntyped(`{"a":[${number},1]}`), {
      message: `json: cannot unmarshal number ${number} into Go value of type float64`,
    });
});
