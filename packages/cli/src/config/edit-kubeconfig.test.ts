import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { editKubeconfig } from './edit-kubeconfig.ts';

test('a device that is edited stays a device', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const explicit = join(folder, 'null');
  if (spawnSync('mknod', [explicit, 'c', '1', '3']).status !== 0) return t.skip('needs root');
  editKubeconfig({ explicit, env: {} }, (draft) => (draft.currentContext = 'work'));
  assert.ok(statSync(explicit).isCharacterDevice());
});
