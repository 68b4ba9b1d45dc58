import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { seededRandom, systemWorld } from '@coxswain/base';
import { openSqliteStorage } from './index.ts';
import { run, writerCommand } from './testing/processes.ts';

const rounds = 200;
const lanes = 2;
const writers = 12;

/** The last commit of each writer that must be there: it was acknowledged, or read after a restart. */
type Acknowledged = Map<number, number>;

async function killOnce(
  path: string,
  afterLines: number,
  acknowledged: Acknowledged,
): Promise<number> {
  let lines = 0;
  await run(writerCommand(path, writers, 1e9), (line, process) => {
    const [word, writer, n] = line.split(' ');
    assert.ok(word === 'open' || word === 'ack', line);
    if (word === 'ack') acknowledged.set(Number(writer), Number(n));
    if (++lines === afterLines + 1) process.kill('SIGKILL');
  });
  return lines;
}

async function check(path: string, acknowledged: Acknowledged): Promise<void> {
  await using store = await openSqliteStorage(systemWorld(), { path });
  const numbers = async (prefix: string): Promise<readonly (readonly [number, number])[]> =>
    (await store.list(prefix)).entries.map(({ key, value }) => [
      Number(key.slice(prefix.length)),
      Number(new TextDecoder().decode(value)),
    ]);
  const stored = await numbers('/a/');
  assert.deepEqual(await numbers('/b/'), stored, 'half a commit');
  const found = new Map(stored);
  for (const [writer, n] of acknowledged) {
    const ahead = found.get(writer)! - n;
    assert.ok(
      ahead === 0 || ahead === 1,
      `writer ${writer}: wants ${n}, found ${found.get(writer)}`,
    );
  }
  for (const [writer, n] of found) acknowledged.set(writer, n);
}

test(`kill -9 in ${rounds} rounds: no acknowledged write lost, no half commit seen`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cox-kill-'));
  const random = seededRandom(7);
  const lane = async (_: unknown, index: number): Promise<void> => {
    const path = join(folder, `${index}.db`);
    const acknowledged: Acknowledged = new Map();
    for (let round = 0; round < rounds / lanes; round++) {
      const afterLines = Math.floor(random() ** 2 * 400);
      assert.ok((await killOnce(path, afterLines, acknowledged)) > afterLines);
      await check(path, acknowledged);
    }
    assert.ok([...acknowledged.values()].reduce((sum, n) => sum + n, 0) > 1000);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  rmSync(folder, { recursive: true });
});
