import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { commands } from '../verbs/index.ts';
import { preferred } from './preferred.ts';

const folder = mkdtempSync(join(tmpdir(), 'kuberc-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'kuberc');

const head = 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n';
const usual = `${head}
defaults:
- command: get
  options:
  - {name: output, default: wide}
- command: set env
  options:
  - {name: local, default: "true"}
aliases:
- name: getn
  command: get
  prependArgs: [nodes]
  options:
  - {name: output, default: json}
- name: runx
  command: run
  options:
  - {name: image, default: nginx}
  appendArgs: ["--", sleep]
`;

async function lineOf(text: string, line: string): Promise<string> {
  writeFileSync(file, text);
  let told = '';
  const { words } = await preferred(line.split(' '), commands, { KUBERC: file }, (words) => {
    told += words;
  });
  return `${words.join(' ')}${told && `|${told}`}`;
}

const lines: readonly (readonly [line: string, becomes: string])[] = [
  ['get pods', 'get --output=wide pods'],
  ['get pods -o name', 'get pods -o name'],
  ['get pods -oname', 'get pods -oname'],
  ['get pods --output=name', 'get pods --output=name'],
  ['-n x get pods', 'get --output=wide -n x pods'],
  ['set env deploy/a A=b', 'set env --local=true deploy/a A=b'],
  ['describe pods', 'describe pods'],
  ['getn', 'get --output=json nodes'],
  ['getn a -o yaml', 'get nodes a -o yaml'],
  ['runx a', 'run --image=nginx a -- sleep'],
  ['unknown a', 'unknown a'],
];

for (const [line, becomes] of lines)
  test(`${line} becomes ${becomes}`, async () => {
    assert.equal(await lineOf(usual, line), becomes);
  });

const wrong: readonly (readonly [text: string, line: string, words: string])[] = [
  [
    `${head}defaults: [{command: get, options: [{name: nothing, default: x}]}]`,
    'get pods',
    'invalid flag nothing for command get',
  ],
  [
    `${head}aliases: [{name: get1, command: get}]`,
    'get pods',
    'invalid alias name, can only include alphabetical characters',
  ],
  [
    `${head}defaults: [{command: get, options: [{name: -o, default: x}]}]`,
    'get pods',
    'flag name -o should be in long form without dashes',
  ],
  [`${head}credentialPluginPolicy: Some`, 'get pods', 'unknown plugin policy: "Some"'],
  [
    'kind: Other',
    'get pods',
    `kuberc error kuberc: no valid preferences found in ${file}, use --v=5 to see details`,
  ],
];

for (const [text, line, words] of wrong)
  test(words.replace(folder, ''), () => assert.rejects(lineOf(text, line), { message: words }));

test('an override of nothing is told', async () => {
  const text = `${head}defaults: [{command: nothing, options: []}]`;
  assert.equal(
    await lineOf(text, 'get pods'),
    'get pods|Warning: command "nothing" not found to set kuberc override\n',
  );
});

test('preferences can be turned off', async () => {
  writeFileSync(file, usual);
  const off = await preferred(['get', 'pods'], commands, { KUBERC: 'off', HOME: folder }, () => {});
  assert.deepEqual(off, { words: ['get', 'pods'] });
  await assert.rejects(
    preferred(['get', '--kuberc', file], commands, { KUBERC: 'off' }, () => {}),
    /mutually exclusive/,
  );
});
