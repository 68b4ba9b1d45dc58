import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goQuoted } from './go-quote.ts';

const cases = [
  ['plain', `"plain"`],
  ['a"b\\c', String.raw`"a\"b\\c"`],
  ['\n\t\v\u0007', String.raw`"\n\t\v\a"`],
  ['\u0000\u007f', String.raw`"\x00\x7f"`],
  ['\u0085\u200b\u{e0001}', String.raw`"\u0085\u200b\U000e0001"`],
  ['é 日本 ✓', '"é 日本 ✓"'],
] as const;

test('a text is quoted as Go quotes it', () => {
  for (const [text, quoted] of cases) assert.equal(goQuoted(text), quoted);
});
