import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { seededRandom, systemWorld } from '@coxswain/base';
import type { Step } from '../testing/clients.ts';
import { checkHistory, readLog } from '../testing/linear.ts';
import { openSqliteStorage } from './index.ts';
import { run } from './testing/processes.ts';

const rounds = 8;
const child = fileURLToPath(new URL('./testing/clients.child.ts', import.meta.url));

test(`concurrent histories over ${rounds} kills are linearizable`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cox-linear-'));
  const path = join(folder, 'store.db');
  const random = seededRandom(11);
  const steps: Step[] = [];
  for (let seed = 1; seed <= rounds; seed++) {
    const until = steps.length + Math.floor(random() * 1500);
    await run([process.execPath, child, path, String(seed)], (line, process) => {
      steps.push(JSON.parse(line) as Step);
      if (steps.length > until) process.kill('SIGKILL');
    });
  }
  await using store = await openSqliteStorage(systemWorld(), { path });
  const current = await store.current();
  assert.ok(current > 500, `only ${current} revisions`);
  checkHistory(steps, await readLog(store, 0, current));
  rmSync(folder, { recursive: true });
});
