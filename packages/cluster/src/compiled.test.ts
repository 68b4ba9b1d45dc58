import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

const compiled = new URL('compiled.ts', import.meta.url).href;
const source = `
exports.add = (a, b) => a + b;
exports.sep = require('node:path').sep;
exports.url = bundleUrl;
`;

test('a script runs with what was compiled of it before, and without it where that is of no use', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'compiled-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'sum.cjs'), source);
  const base = pathToFileURL(join(folder, 'sum.mjs')).href;
  const run = (keeps: boolean): string =>
    execFileSync(
      process.execPath,
      [
        ...['--input-type=module', '-e'],
        `import { runCompiled } from '${compiled}';
        const { exports, keep } = runCompiled('./sum.cjs', '${base}');
        if (${keeps}) keep();
        console.log(exports.add(1, 2), exports.sep, exports.url === '${base}');`,
      ],
      { encoding: 'utf8' },
    ).trim();
  const cache = join(folder, 'cache');
  const kept = (): string => join(cache, readdirSync(cache)[0]!);
  assert.equal(run(false), '3 / true');
  assert.deepEqual(readdirSync(folder), ['sum.cjs']);
  assert.equal(run(true), '3 / true');
  const { ino, size } = statSync(kept());
  assert.equal(run(true), '3 / true');
  assert.equal(statSync(kept()).ino, ino, 'what is of use is kept as it is');
  writeFileSync(kept(), Buffer.alloc(size));
  assert.equal(run(true), '3 / true');
  assert.notEqual(statSync(kept()).ino, ino, 'what V8 refuses is made anew');
  assert.equal(readdirSync(cache).length, 1);
});
