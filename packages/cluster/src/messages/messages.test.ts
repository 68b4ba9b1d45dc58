import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { allVerbs } from '../verbs/index.ts';
import { koreanHelp } from './help-ko.ts';
import { wordsFor } from './index.ts';
import { korean } from './ko.ts';

const words = wordsFor({ COX_LANG: 'ko' });
const sources = new URL('..', import.meta.url);
const textOf = (file: string): string => readFileSync(new URL(file, sources), 'utf8');
/** All that stands in the code, quotes and breaks aside. */
const code = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|^messages\//.test(file))
  .map(textOf)
  .join('\n')
  .replaceAll(/\\(['"`])/g, '$1')
  .replaceAll('\n', ' ');
const named = (template: string): readonly string[] =>
  [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).toSorted();

for (const [english, translation] of Object.entries({ ...korean, ...koreanHelp }))
  test(`in Korean: ${english}`, () => {
    const gone = english.split(/\{\w+\}|"; /).filter((part) => !code.includes(part));
    assert.deepEqual(gone, [], 'what is translated is said somewhere');
    assert.deepEqual(named(translation), named(english), 'facts are the same');
    assert.match(translation, /[\uac00-\ud7a3]/);
  });

const said: readonly (readonly [english: string, korean: string])[] = [
  ['API server', 'API 서버'],
  ['cluster "a" is not running', '클러스터 "a"가 실행 중이 아닙니다'],
  [
    'real containers are not possible here: not root; missing: runc (Debian package runc)',
    '여기서는 실제 컨테이너를 쓸 수 없습니다: root가 아니고, 다음이 없음: runc (Debian package runc)',
  ],
  [
    'invalid value "two" for --nodes: must be a whole number from 0 to 200',
    '--nodes의 값 "two"가 잘못되었습니다: 0에서 200 사이의 정수여야 합니다',
  ],
  [
    'unknown flag: --nodse (did you mean --nodes?)',
    '알 수 없는 플래그입니다: --nodse (혹시 --nodes?)',
  ],
  ['cannot read /a [b]: EACCES', '/a [b]을(를) 읽을 수 없습니다: EACCES'],
  ['nobody translated this', 'nobody translated this'],
];
for (const [english, translation] of said)
  test(`told in Korean: ${english}`, () => assert.equal(words(english), translation));

test('in English everything stays as it is', () =>
  assert.equal(wordsFor({ LANG: 'en_US.UTF-8' })('API server'), 'API server'));

test('every verb and flag of our own has its help in Korean', async () => {
  const { serverFlags } = await import('../boot/server-flags.ts');
  const untold = (await allVerbs()).flatMap(({ summary, flags }) => [
    summary,
    ...Object.entries(flags).flatMap(([name, { help, fallback = '' }]) =>
      name in serverFlags ? [] : [help, ...(/[a-z] [a-z]/.test(fallback) ? [fallback] : [])],
    ),
  ]);
  assert.deepEqual(
    [...new Set(untold)].filter((text) => words(text) === text),
    [],
  );
});

/** Files whose refusals are all our own; others speak upstream's words. */
const ours = [
  ...[
    'down',
    'clock',
    'clusters',
    'drain',
    'image',
    'nodes',
    'serve',
    'status',
    'up',
    'version',
    'why',
  ].map((verb) => `verbs/${verb}.ts`),
  ...['prepare', 'refusals', 'spawn', 'api-server', 'open-store', 'serve-cluster'].map(
    (file) => `boot/${file}.ts`,
  ),
  ...['kubeconfig-client', 'lone-kubelet'].map((file) => `boot/${file}.ts`),
  ...['home/clusters.ts', 'fleet/nodes-task.ts', 'command/flags.ts'],
];
for (const file of ours)
  test(`${file} refuses nothing in English alone`, () => {
    const refusals = textOf(file).matchAll(
      /(?:Failure|UsageError|throw new Error)\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"|`([^`$]*(?:\$\{[^{}`]*\}[^`$]*)*)`)/g,
    );
    const untold = [...refusals]
      .map(
        ([, single, double, template]) =>
          single ?? double ?? template!.replaceAll(/\$\{[^}]*\}/g, 'x'),
      )
      .map((text) => text.replaceAll(/\\(.)/g, '$1'))
      .filter((text) => /[a-z]/.test(text.replaceAll('x', '')) && words(text) === text);
    assert.deepEqual(untold, []);
  });
