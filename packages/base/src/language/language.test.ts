import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inLanguage, sentence } from './language.ts';

const tables = { en: 'en', ko: 'ko' };
const languages: readonly (readonly [env: Record<string, string>, language: string])[] = [
  [{}, 'en'],
  [{ LANG: 'ko_KR.UTF-8' }, 'ko'],
  [{ LANG: 'ko_KR.UTF-8', COX_LANG: 'en' }, 'en'],
  [{ LANG: 'C', LC_ALL: 'ko_KR' }, 'ko'],
  [{ LANG: 'fr_FR', COX_LANG: '' }, 'en'],
];
for (const [env, language] of languages)
  test(`language of ${JSON.stringify(env)}`, () => assert.equal(inLanguage(tables, env), language));

test('sentences take facts, numbers with nouns, and leave out what is empty', () => {
  const template = '{name}: {n#pod|pods}[, last {ago} ago].';
  assert.equal(sentence(template, { name: 'web', n: 1, ago: '5 s' }), 'web: 1 pod, last 5 s ago.');
  assert.equal(sentence(template, { name: 'web', n: 2, ago: '' }), 'web: 2 pods.');
});
