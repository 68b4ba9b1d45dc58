import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as english from './en.ts';
import * as korean from './ko.ts';

/** What a sentence is told with, and how many of its parts may be absent. */
const marksOf = (text: string): readonly string[] => [
  ...[...text.matchAll(/\{(\w+)/g)].map(([, name]) => name!).toSorted(),
  `${text.split('[ ').length - 1} parts`,
];

const inKorean: Readonly<Record<string, Readonly<Record<string, string>>>> = { ...korean };

for (const [part, sentences] of Object.entries(english))
  test(`messages: ${part} are told with the same facts in both languages`, () => {
    const others = inKorean[part]!;
    assert.deepEqual(Object.keys(others).toSorted(), Object.keys(sentences).toSorted());
    for (const [name, text] of Object.entries(sentences)) {
      assert.deepEqual(marksOf(others[name]!), marksOf(text), name);
      assert.ok(/[가-힣]/.test(others[name]!) || !/[a-z]{4} [a-z]/.test(text), `${name} in Korean`);
    }
  });
