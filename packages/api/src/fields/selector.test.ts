import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactField, fieldSelectorText, matchesFields, parseFieldSelector } from './index.ts';

const texts: readonly [text: string, want: string][] = [
  ['', ''],
  ['b!=2,a=1', 'a=1,b!=2'],
  ['a==1', 'a=1'],
  ['a=x\\,y\\=z\\\\', 'a=x\\,y\\=z\\\\'],
  [',a=,', 'a='],
];
for (const [text, want] of texts)
  test(`field selector: ${text}`, () =>
    assert.equal(fieldSelectorText(parseFieldSelector(text)), want));

const wrong: readonly [text: string, want: string][] = [
  ['a', "invalid selector: 'a'; can't understand 'a'"],
  ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
  ['a=\\x', 'invalid field selector: invalid escape sequence: \\x'],
  ['a=\\', 'invalid field selector: invalid escape sequence: \\'],
];
for (const [text, want] of wrong)
  test(`no field selector: ${text}`, () =>
    assert.throws(() => parseFieldSelector(text), { message: want }));

test('matching', () => {
  const selector = parseFieldSelector('metadata.name=web,spec.nodeName!=n1,status.phase=');
  const fields: Record<string, string> = { 'metadata.name': 'web', 'spec.nodeName': 'n2' };
  assert.equal(
    matchesFields(selector, (field) => fields[field]),
    true,
  );
  assert.equal(
    matchesFields(parseFieldSelector('spec.nodeName='), (field) => fields[field]),
    false,
  );
  assert.equal(exactField(selector, 'metadata.name'), 'web');
  assert.equal(exactField(selector, 'spec.nodeName'), undefined);
});
