import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pluginCompletions, pluginWords } from './plugins.ts';
import { completionText } from './words.ts';

const folder = mkdtempSync(join(tmpdir(), 'cox-completers-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text = ''): void => {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}`);
  chmodSync(join(folder, name), 0o755);
};
for (const name of ['foo', 'foo-bar_b', 'foo-baz', 'zed']) write(`kubectl-${name}`);
write('cox-own');
write('kubectl_complete-foo', 'for a; do printf "got:$a\\thelp of $a\\n"; done\necho :6\n');
write('kubectl_complete-foo-bar_b', 'echo one\necho two\n');
write('cox_complete-own', 'exit 1\n');

const signal = new AbortController().signal;
const at = (program: string) => ({
  ...{ program, cwd: folder, signal },
  env: { PATH: `${folder}:/usr/bin:/bin` },
});

// Facts, by kubectl 1.36.2 with these files on its PATH.
const cases: readonly (readonly [line: string, typed: string, text: string])[] = [
  [
    'foo',
    'b',
    'bar-b\tThe command bar-b is a plugin installed by the user\nbaz\tThe command baz is a plugin installed by the user\ngot:b\thelp of b\n:6\n',
  ],
  ['foo x', '-y', 'got:x\thelp of x\ngot:-y\thelp of -y\n:6\n'],
  ['foo bar-b', 'n', 'one\ntwo\n:0\n'],
  ['foo baz', '', ':0\n'],
  ['zed', '', ':0\n'],
  ['own', '', 'none'],
  ['nothing', '', 'none'],
];
for (const [line, typed, text] of cases)
  test(`a plugin completes: ${line} ${typed}`, async () => {
    const found = await pluginCompletions(line.split(' '), typed, at('kubectl'));
    assert.equal(found ? completionText(found, true) : 'none', text);
  });

test('plugins are words of the first place, those of cox for cox alone', async () => {
  const words = (program: string): readonly string[] =>
    pluginWords([], '', at(program)).map(([word]) => word);
  assert.deepEqual(words('kubectl'), ['foo', 'zed']);
  assert.deepEqual(words('cox'), ['own', 'foo', 'zed']);
  const failed = await pluginCompletions(['own'], '', at('cox'));
  assert.deepEqual(failed?.words, []);
});
