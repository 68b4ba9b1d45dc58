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

const particles: readonly (readonly [template: string, fact: string, told: string])[] = [
  ['{x}을(를) 찾습니다', '노드', '노드를 찾습니다'],
  ['{x}을(를) 찾습니다', '저장소 둘', '저장소 둘을 찾습니다'],
  ['"{x}"이(가) 없습니다', 'node-1', '"node-1"이 없습니다'],
  ['"{x}"이(가) 없습니다', 'node-2', '"node-2"가 없습니다'],
  ['{x}은(는) 없습니다', 'web', 'web은(는) 없습니다'],
  ['{x}(으)로 갑니다', 'node-8', 'node-8로 갑니다'],
  ['{x}(으)로 갑니다', 'autoscaling/v2', 'autoscaling/v2로 갑니다'],
  ['{x}(으)로 갑니다', '3', '3으로 갑니다'],
  ['{x}와(과) 같습니다', 'default-run', 'default-run과 같습니다'],
  ['"{x}"(이)라는 이름', 'demo', '"demo"라는 이름'],
];
for (const [template, x, told] of particles)
  test(`particle: ${told}`, () => assert.equal(sentence(template, { x }), told));
