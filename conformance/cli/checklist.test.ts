import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lists } from './lists.ts';

const sections = { A: 20, B: 28, C: 34, D: 10, J: 24 } as const;
/** Rows of section T; one of them names two things. */
const removedThings = 17;
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const rows = read('checklist.tsv')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((row) => row.split('\t'));

test('every row of what readers type has a line, or a test', () => {
  const wanted = Object.entries(sections).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, at) => `${section}${at + 1}`),
  );
  const named = rows.map(([row]) => row!);
  assert.deepEqual(
    named.filter((row) => !row.startsWith('T ')),
    wanted,
  );
  assert.equal(named.length - wanted.length, removedThings);
  assert.deepEqual(named, [...new Set(named)]);
});

test('the lines and tests that rows name are there', () => {
  const missing = rows.filter(([, where = '', what = '']) => {
    const list = lists.find(({ name }) => name === where);
    if (list) return !list.lines.includes(what);
    return (
      !existsSync(new URL(`../../${where}`, import.meta.url)) ||
      !read(`../../${where}`).includes(what)
    );
  });
  assert.deepEqual(missing, []);
});
