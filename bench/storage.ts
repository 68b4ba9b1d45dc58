/** Commits a second of each store, as a table: `node bench/storage.ts [commits] [bytes]`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemWorld } from '@coxswain/base';
import type { Storage } from '@coxswain/storage';
import { openMemoryStorage } from '@coxswain/storage/memory';
import { openSqliteStorage } from '@coxswain/storage/sqlite';

interface Load {
  readonly name: string;
  readonly inFlight: number;
  readonly commits: number;
  readonly keyOf: (i: number) => string;
}

const commits = Number(process.argv[2] ?? 50_000);
const bytes = Number(process.argv[3] ?? 2000);
const by = { user: 'bench', agent: 'bench' };

const loads: readonly Load[] = [
  { name: 'create', inFlight: 64, commits, keyOf: (i) => `/registry/pods/ns-${i % 200}/pod-${i}` },
  {
    name: 'update',
    inFlight: 64,
    commits,
    keyOf: (i) => `/registry/pods/ns-${((i * 7919) % commits) % 200}/pod-${(i * 7919) % commits}`,
  },
  { name: 'create', inFlight: 1, commits: commits / 25, keyOf: (i) => `/registry/one/${i}` },
];

async function run(store: Storage, { inFlight, commits, keyOf }: Load): Promise<readonly number[]> {
  const value = new Uint8Array(bytes).fill(97);
  const latencies: number[] = [];
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < commits) {
      const put = keyOf(next++);
      const from = performance.now();
      await store.commit([{ put, value }], by);
      latencies.push(performance.now() - from);
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: inFlight }, writer));
  const seconds = (performance.now() - from) / 1000;
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)]!;
  return [commits / seconds, at(0.5), at(0.99)];
}

const folder = mkdtempSync(join(tmpdir(), 'cox-bench-'));
const stores: readonly (readonly [string, () => Promise<Storage>])[] = [
  ['memory', async () => openMemoryStorage(systemWorld())],
  ['sqlite', () => openSqliteStorage(systemWorld(), { path: join(folder, 'store.db') })],
];
const rows: Record<string, string | number>[] = [];
for (const [name, open] of stores) {
  await using store = await open();
  for (const load of loads) {
    const [rate, p50, p99] = await run(store, load);
    rows.push({
      store: name,
      load: load.name,
      'in flight': load.inFlight,
      'commits/s': Math.round(rate!),
      'p50 ms': p50!.toFixed(2),
      'p99 ms': p99!.toFixed(2),
    });
  }
  const from = performance.now();
  const { entries } = await store.list('/registry/pods/');
  rows.push({
    store: name,
    load: `list ${entries.length}`,
    'p50 ms': (performance.now() - from).toFixed(0),
  });
}
const from = performance.now();
await using again = await openSqliteStorage(systemWorld(), { path: join(folder, 'store.db') });
await again.current();
rows.push({ store: 'sqlite', load: 'open again', 'p50 ms': (performance.now() - from).toFixed(0) });
await again[Symbol.asyncDispose]();
rmSync(folder, { recursive: true });
console.table(rows);
