import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Io, Terminal } from '../session/session.ts';
import { findPlugin, pluginFiles, runPlugin } from './plugins.ts';

const folder = mkdtempSync(join(tmpdir(), 'cox-plugins-'));
after(() => rmSync(folder, { recursive: true, force: true }));
for (const name of ['kubectl-a', 'kubectl-a-b_c', 'kubectl-create-thing', 'cox-own']) {
  writeFileSync(join(folder, name), '#!/bin/sh\nexit $#\n');
  chmodSync(join(folder, name), 0o755);
}
writeFileSync(join(folder, 'kubectl-not'), '');
const env = { PATH: `${folder}:${folder}:/nowhere` };

const cases: readonly (readonly [line: string, program: string, least: number, found: string])[] = [
  ['a', 'kubectl', 1, 'kubectl-a'],
  ['a x -v', 'kubectl', 1, 'kubectl-a x -v'],
  ['a b-c d', 'kubectl', 1, 'kubectl-a-b_c d'],
  ['a -f b-c', 'kubectl', 1, 'kubectl-a -f b-c'],
  ['not', 'kubectl', 1, ''],
  ['-n x a', 'kubectl', 1, ''],
  ['own', 'kubectl', 1, ''],
  ['own', 'cox', 1, 'cox-own'],
  ['a', 'cox', 1, 'kubectl-a'],
  ['create thing x', 'kubectl', 2, 'kubectl-create-thing x'],
  ['a', 'kubectl', 2, ''],
  ['../a', 'kubectl', 1, ''],
];
for (const [line, program, least, wanted] of cases)
  test(`${program} ${line} (${least} words or more): ${wanted || 'no plugin'}`, () => {
    const found = findPlugin(line.split(' '), program, env, least);
    const words = found ? [found.path.slice(folder.length + 1), ...found.args] : [];
    assert.equal(words.join(' '), wanted);
  });

test('plugins of the PATH, each once, and folders that cannot be read', () => {
  const files = [...pluginFiles('kubectl', env)];
  assert.deepEqual(
    files.filter((file) => typeof file === 'string').map((path) => path.slice(folder.length + 1)),
    ['kubectl-a', 'kubectl-a-b_c', 'kubectl-create-thing', 'kubectl-not'],
  );
  assert.equal(files.filter((file) => typeof file !== 'string').length, 1);
});

test('the exit code is the one of the plugin, which has the terminal', async () => {
  let lent = 0;
  const terminal = { lend: () => ({ [Symbol.dispose]: () => void lent++ }) } as Terminal;
  const place = { env, io: { terminal } as Io, signal: new AbortController().signal };
  assert.equal(await runPlugin({ path: join(folder, 'kubectl-a'), args: ['1', '2'] }, place), 2);
  assert.equal(lent, 1);
});
