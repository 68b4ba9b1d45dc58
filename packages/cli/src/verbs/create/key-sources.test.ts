import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { addEnvFiles, addFiles, addLiterals } from './key-sources.ts';

const cwd = mkdtempSync(join(tmpdir(), 'keys-'));
after(() => rmSync(cwd, { recursive: true }));
writeFileSync(join(cwd, 'b.txt'), 'two');
writeFileSync(join(cwd, 'a.txt'), 'one');
writeFileSync(join(cwd, '.env'), '\ufeffA=1\n# not\n\n  B=x=y\nHOME\n');
const place = { cwd, env: { HOME: '/root' } };

function collected(fill: (add: (key: string, value: Buffer) => void) => void): object {
  const keys: Record<string, string> = {};
  fill((key, value) => (keys[key] = value.toString()));
  return keys;
}

const cases = [
  [
    'literals',
    collected((add) => addLiterals(['a=1', 'b=', 'c=d=e'], add)),
    { a: '1', b: '', c: 'd=e' },
  ],
  ['a file by its name', collected((add) => addFiles(['b.txt'], place, add)), { 'b.txt': 'two' }],
  ['a file with a key', collected((add) => addFiles(['k=b.txt'], place, add)), { k: 'two' }],
  [
    'lines of variables',
    collected((add) => addEnvFiles(['.env'], 'config', place, add)),
    { A: '1', B: 'x=y', HOME: '/root' },
  ],
] as const;
for (const [name, got, want] of cases) test(name, () => assert.deepEqual(got, want));

const refused = [
  ['=b.txt', 'key name for file path b.txt missing'],
  ['k=', 'file path for key name k missing'],
  ['a=b=c', "key names or file paths cannot contain '='"],
  ['nope', 'error reading nope: no such file or directory'],
  ['k=.', 'cannot give a key name for a directory path'],
] as const;
for (const [source, message] of refused)
  test(`refused: ${source}`, () =>
    assert.throws(() => collected((add) => addFiles([source], place, add)), { message }));
