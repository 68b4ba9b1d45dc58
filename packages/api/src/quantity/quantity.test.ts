import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  milliValue,
  multiplyQuantity,
  parseQuantity,
  quantityOf,
  subtractQuantities,
  wholeValue,
} from './index.ts';

const canonical: readonly [given: string, want: string][] = [
  ['0', '0'],
  ['0Mi', '0'],
  ['100m', '100m'],
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1.5', '1500m'],
  ['1024Mi', '1Gi'],
  ['1025Mi', '1025Mi'],
  ['1.5Gi', '1536Mi'],
  ['0.1Gi', '107374182400m'],
  ['1Ki', '1Ki'],
  ['512', '512'],
  ['1000', '1k'],
  ['1000000', '1M'],
  ['12e3', '12e3'],
  ['1E3', '1E3'],
  ['10e2', '1e3'],
  ['1000e3', '1e6'],
  ['0.0000000001', '1n'],
  ['-0.0000000001', '-1n'],
  ['-5', '-5'],
  ['+5', '+5'],
  ['.5', '500m'],
  ['5.', '5.'],
  ['1000Ki', '1000Ki'],
  ['8Ki', '8Ki'],
  ['0.5Ki', '512'],
  ['9223372036854775807', '9223372036854775807'],
  ['16Ei', '9223372036854775807'],
  ['1234567890123456789', '1234567890123456789'],
  ['005', '005'],
  ['100000m', '100'],
  ['64Mi', '64Mi'],
  ['128974848', '128974848'],
  ['129M', '129M'],
  ['123Mi', '123Mi'],
];
const formatWrong =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
for (const [given, want] of canonical.filter(([given]) => given && given !== '1.2.3'))
  test(`canonical: ${given}`, () => assert.equal(canonicalQuantity(given), want));

const wrong: readonly [given: string, want: string][] = [
  ['', formatWrong],
  ['1 ', formatWrong],
  ['aoeu', formatWrong],
  ['1+1.0M', formatWrong],
  ['1.2.3', formatWrong],
  ['1i', "unable to parse quantity's suffix"],
  ['0.1mi', "unable to parse quantity's suffix"],
  ['-3.01e-', "unable to parse quantity's suffix"],
];
for (const [given, want] of wrong)
  test(`no quantity: ${given}`, () => assert.throws(() => parseQuantity(given), { message: want }));

test('arithmetic is exact', () => {
  assert.equal(formatQuantity(addQuantities('1500m', '0.5')), '2');
  assert.equal(formatQuantity(addQuantities('0', '1Gi')), '1Gi');
  assert.equal(formatQuantity(subtractQuantities('1Gi', '512Mi')), '512Mi');
  assert.equal(formatQuantity(subtractQuantities('1', '1n')), '999999999n');
  assert.equal(formatQuantity(multiplyQuantity('250m', 4n)), '1');
  assert.equal(formatQuantity(quantityOf(1500n, 'DecimalSI', -3)), '1500m');
  assert.equal(compareQuantities('1Ki', '1024'), 0);
  assert.equal(compareQuantities('1k', '1Ki'), -1);
});

test('numbers round away from zero', () => {
  assert.deepEqual([wholeValue('1Ki'), wholeValue('1100m'), wholeValue('-1100m')], [1024, 2, -2]);
  assert.deepEqual([milliValue('1'), milliValue('1u'), milliValue('0.25')], [1000, 1, 250]);
});

const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'E-3');
const quantities = fc
  .tuple(fc.integer({ min: 0, max: 10 ** 9 }), fc.option(fc.nat(999)), suffix)
  .map(([whole, part, end]) => `${whole}${part === null ? '' : `.${part}`}${end}`);

test('the canonical form is the same amount, and its own canonical form', () => {
  fc.assert(
    fc.property(quantities, (given) => {
      const text = canonicalQuantity(given);
      assert.equal(canonicalQuantity(text), text);
      assert.equal(compareQuantities(parseQuantity(given), parseQuantity(text)), 0);
    }),
  );
});
