import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemWorld } from '@coxswain/base';
import { openSqliteStorage } from './index.ts';
import { run, strace, writerCommand } from './testing/processes.ts';

/** Calls in the order in which they ended, one word each: what is written and synced, and what is answered. */
function callsOf(trace: string): readonly string[] {
  const begun = new Map<string, string>();
  return trace.split('\n').flatMap((line) => {
    const [, thread, rest] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (!thread || !rest) return [];
    if (rest.endsWith('<unfinished ...>')) begun.set(thread, rest);
    const whole = rest.startsWith('<...') ? (begun.get(thread) ?? '') + rest : rest;
    // An answer counts from its beginning: the earliest moment at which anyone could know.
    const answer = /^write\(1<[^>]*>, "(ack) \d+ (\d+)/.exec(rest);
    if (answer) return [`ack ${answer[2]}`];
    if (!/= \d+$/.test(whole)) return [];
    if (/^pwrite64\(\d+<[^>]*-wal>/.test(whole)) return ['write'];
    if (/^f(data)?sync\(\d+<[^>]*-wal>/.test(whole)) return ['sync'];
    return [];
  });
}

async function traced(
  options: readonly string[],
  commits: number,
): Promise<{ readonly trace: string; readonly lines: readonly string[]; readonly kept: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'cox-sync-'));
  const path = join(folder, 'store.db');
  const out = join(folder, 'trace');
  const lines: string[] = [];
  const command = [
    'strace',
    '-f',
    '-y',
    '-s',
    '32',
    '-o',
    out,
    ...options,
    ...writerCommand(path, 1, commits),
  ];
  await run(
    command.map((word) => word.replace('WAL', `${path}-wal`)),
    (line) => lines.push(line),
  );
  const trace = readFileSync(out, 'utf8');
  await using store = await openSqliteStorage(systemWorld(), { path });
  const kept = Number(new TextDecoder().decode((await store.get('/a/0'))?.value));
  rmSync(folder, { recursive: true });
  return { trace, lines, kept };
}

test('each answer is given after its write was synced', async (t: TestContext) => {
  if (!strace(t)) return;
  const { trace } = await traced(['-e', 'trace=fsync,fdatasync,pwrite64,write'], 30);
  const steps = callsOf(trace).join(' ');
  const perCommit = [...steps.matchAll(/((?:write |sync )*)ack (\d+)/g)].map(([, calls, n]) => [
    Number(n),
    calls!.trim().endsWith('write sync'),
  ]);
  assert.deepEqual(
    perCommit,
    Array.from({ length: 30 }, (_, i) => [i + 1, true]),
    steps,
  );
});

test('a full disk refuses writes, keeps all that was there, and is no matter once there is room', async (t: TestContext) => {
  if (!strace(t)) return;
  const full = [
    '-P',
    'WAL',
    '-e',
    'trace=pwrite64',
    '-e',
    'inject=pwrite64:error=ENOSPC:when=60..75',
  ];
  const { lines, kept } = await traced(full, 60);
  const words = lines.map((line) => line.split(' ')[0]);
  const course = words.filter((word, i) => word !== words[i - 1]);
  assert.deepEqual(course, ['open', 'ack', 'full', 'ack', 'end']);
  const last = lines.findLast((line) => line.startsWith('ack'));
  assert.equal(last, `ack 0 ${kept}`);
  const before = Number(lines[words.indexOf('full') - 1]!.split(' ')[2]);
  for (const line of lines.filter((line) => line.startsWith('full')))
    assert.ok(line.endsWith(` reads ${before}`), line);
});

test('after a failed sync nothing more is acknowledged', async (t: TestContext) => {
  if (!strace(t)) return;
  const broken = [
    '-P',
    'WAL',
    '-e',
    'trace=fsync,fdatasync',
    '-e',
    'inject=fsync,fdatasync:error=EIO:when=20',
  ];
  const { lines, kept } = await traced(broken, 60);
  assert.match(lines.at(-1)!, /^failed StoreFailedError /);
  const acknowledged = Number(lines.at(-2)!.split(' ')[2]);
  assert.ok(acknowledged > 5 && kept >= acknowledged && kept <= acknowledged + 1, `${kept}`);
});
