import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fieldErrorText } from '@coxswain/api';
import { addressText, parseAddress, parseRange, validAddress, validRange } from './ip.ts';

test('an address is what its text says', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (value) => {
      if (value >> 32n === 0xffffn) return;
      assert.deepEqual(parseAddress(addressText('IPv6', value)), {
        family: 'IPv6',
        value,
        sloppy: undefined,
      });
    }),
  );
  fc.assert(
    fc.property(fc.ipV4(), (text) =>
      assert.equal(addressText('IPv4', parseAddress(text)!.value), text),
    ),
  );
});

const canonical: readonly (readonly [text: string, canonical: string])[] = [
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::', '::'],
  ['::1', '::1'],
  ['1:0:0:0:0:0:0:0', '1::'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
];
for (const [text, expected] of canonical)
  test(`${text} is ${expected}`, () =>
    assert.equal(addressText('IPv6', parseAddress(text)!.value), expected));

const texts = (rules: Iterable<Parameters<typeof fieldErrorText>[0]>): readonly string[] =>
  [...rules].map(fieldErrorText);
test('what is no address says why', () => {
  assert.deepEqual(texts(validAddress('ip', '10.0.0.256')), [
    'ip: Invalid value: "10.0.0.256": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ]);
  assert.deepEqual(texts(validAddress('ip', '10.0.0.01')), [
    'ip: Invalid value: "10.0.0.01": must not have leading 0s',
  ]);
  assert.deepEqual(texts(validAddress('ip', '::ffff:1.2.3.4')), [
    'ip: Invalid value: "::ffff:1.2.3.4": must not be an IPv4-mapped IPv6 address',
  ]);
  assert.deepEqual(texts(validAddress('ip', '10.0.0.01', ['10.0.0.01'])), []);
  assert.deepEqual(texts(validRange('cidr', '10.0.0.1/24')), [
    'cidr: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length',
  ]);
  assert.equal(parseRange('10.0.0.0/33'), undefined);
});
