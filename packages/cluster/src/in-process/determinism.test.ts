import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = new URL('testing/busy-hour.ts', import.meta.url).pathname;

/** What an hour from `seed` came to, in a process of its own. */
const hour = async (seed: number): Promise<string> =>
  (await run(process.execPath, [script, String(seed)])).stdout.trim();

test('one seed, one history: revision by revision, byte by byte, whatever else the machine does', async () => {
  const alone = await hour(7);
  const loads = [1].map(() =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore', timeout: 300_000 }),
  );
  try {
    const [beside, other] = await Promise.all([hour(7), hour(8)]);
    assert.equal(beside, alone);
    assert.notEqual(other, alone);
    assert.ok(Number(alone.split(' ')[0]) > 1000, alone);
  } finally {
    for (const load of loads) load.kill();
  }
});
