import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { run } from '../testing/run.ts';
import { upstreamProgram } from '../testing/upstream.ts';
import { type Printed, settled } from './line-list.ts';
import { lists } from './lists.ts';
import { ours, runLines } from './run-lines.ts';

interface Recorded {
  readonly kubectl: string;
  readonly printed: readonly (Printed & { readonly line: string })[];
}

/** What kubectl prints: run now where `UPSTREAM` holds one, as recorded elsewhere. */
async function expected(list: (typeof lists)[number]): Promise<readonly Printed[]> {
  const path = upstreamProgram('kubectl');
  if (path) return runLines(list, { command: [path] });
  const file = readFileSync(new URL(`recorded/${list.name}.json`, import.meta.url), 'utf8');
  const recorded = JSON.parse(file) as Recorded;
  assert.deepEqual(
    recorded.printed.map(({ line }) => line),
    list.lines,
    `conformance/cli/recorded/${list.name}.json holds other lines: record them anew`,
  );
  const again = (text: string, line: string): string => settled(text, line, list.isLogCompared);
  return recorded.printed.map(({ line, out, err, code }) => ({
    ...{ out: again(out, line), err: again(err, line), code },
  }));
}

for (const list of lists)
  describe(`cox prints what kubectl prints: ${list.name}`, () => {
    let wanted: readonly Printed[] = [];
    let printed: readonly Printed[] = [];
    before(async () => {
      [wanted, printed] = await Promise.all([expected(list), runLines(list, ours)]);
    });
    for (const [at, line] of list.lines.entries())
      test(line, () => assert.deepEqual(printed[at], wanted[at]));
  });

test('a link of the name kubectl is kubectl', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cox-link-'));
  try {
    const link = join(folder, 'kubectl');
    await symlink(new URL('../../cox', import.meta.url).pathname, link);
    const { err, code } = await run([link, 'status']);
    assert.deepEqual(
      { err, code },
      { err: 'error: unknown command "status" for "kubectl"\n', code: 1 },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
