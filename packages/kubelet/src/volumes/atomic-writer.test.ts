import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Payload, writeAtomically } from './atomic-writer.ts';

const payload = (files: Record<string, string>, mode = 0o644): Payload =>
  new Map(Object.entries(files).map(([path, text]) => [path, { data: Buffer.from(text), mode }]));

async function inFolder(run: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'atomic-'));
  try {
    await run(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}
const visible = async (dir: string): Promise<string[]> =>
  (await readdir(dir)).filter((name) => !name.startsWith('..')).toSorted();

test('files appear behind links, with their modes', () =>
  inFolder(async (dir) => {
    await writeAtomically(dir, payload({ a: '1', 'sub/b': '2' }, 0o640), 'first');
    assert.deepEqual(await visible(dir), ['a', 'sub']);
    assert.equal(await readlink(join(dir, 'a')), '..data/a');
    assert.equal(await readFile(join(dir, 'sub/b'), 'utf8'), '2');
    assert.equal((await stat(join(dir, 'a'))).mode & 0o777, 0o640);
  }));

test('a change swaps the whole folder, and what is gone is gone', () =>
  inFolder(async (dir) => {
    await writeAtomically(dir, payload({ a: '1', b: '2' }), 'first');
    await writeAtomically(dir, payload({ a: '9', c: '3' }), 'second');
    assert.deepEqual(await visible(dir), ['a', 'c']);
    assert.equal(await readFile(join(dir, 'a'), 'utf8'), '9');
    assert.deepEqual((await readdir(dir)).toSorted(), ['..data', '..second', 'a', 'c']);
  }));

test('the same again touches nothing', () =>
  inFolder(async (dir) => {
    await writeAtomically(dir, payload({ a: '1' }), 'first');
    await writeAtomically(dir, payload({ a: '1' }), 'second');
    assert.equal(await readlink(join(dir, '..data')), '..first');
  }));

test('paths that lead out are refused', () =>
  inFolder(async (dir) => {
    for (const path of ['../x', '/x', 'a/../../x', '..x', ''])
      await assert.rejects(writeAtomically(dir, payload({ [path]: '1' }), 'first'), /invalid path/);
    assert.deepEqual(await readdir(dir), []);
  }));
