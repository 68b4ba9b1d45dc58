import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repositoryOf } from './repository.ts';

const cases: Readonly<Record<string, readonly [cloneSpec: string, path: string, ref: string]>> = {
  'https://github.com/org/repo//a/b?ref=v1': ['https://github.com/org/repo', 'a/b', 'v1'],
  'https://github.com/org/repo.git/a?version=v2': ['https://github.com/org/repo.git', 'a', 'v2'],
  'github.com/org/repo/a/b': ['https://github.com/org/repo', 'a/b', ''],
  'git@github.com:org/repo.git': ['git@github.com:org/repo.git', '', ''],
  'ssh://git@github.com/org/repo/a': ['git@github.com:org/repo', 'a', ''],
  'git@example.com:path/to/repo.git//x': ['git@example.com:path/to/repo.git', 'x', ''],
  'https://dev.example.com/o/p/_git/repo/a/b': ['https://dev.example.com/o/p/_git/repo', 'a/b', ''],
  'file:///srv/repo//base?ref=main': ['file:///srv/repo', 'base', 'main'],
};

for (const [url, [cloneSpec, path, ref]] of Object.entries(cases))
  test(url, () => {
    const found = repositoryOf(url);
    assert.deepEqual([found?.cloneSpec, found?.path, found?.ref], [cloneSpec, path, ref]);
  });

for (const path of [
  'base',
  '../base',
  '/abs/base',
  'a/b/c',
  'https://github.com/org',
  'file:///r//../x',
])
  test(`${path} is no repository`, () => assert.equal(repositoryOf(path), undefined));

test('how long git may take, and submodules', () => {
  const asked = repositoryOf('https://github.com/o/r?timeout=90&submodules=false')!;
  assert.deepEqual([asked.timeoutMs, asked.submodules], [90_000, false]);
  const plain = repositoryOf('https://github.com/o/r?timeout=x')!;
  assert.deepEqual([plain.timeoutMs, plain.submodules], [27_000, true]);
});
