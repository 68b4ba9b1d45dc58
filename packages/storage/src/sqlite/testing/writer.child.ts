/**
 * A process made to be killed: `writer.child.ts FILE WRITERS COMMITS`. Each writer changes its two keys in one
 * commit, again and again, and prints `ack WRITER N` once commit N is acknowledged, `full WRITER N` when refused.
 */
import { writeSync } from 'node:fs';
import { systemWorld } from '@coxswain/base';
import { openSqliteStorage, StoreFullError } from '../index.ts';

const [file, writers, commits] = process.argv.slice(2);

/** Writes the line before it returns: a stream would keep in memory what a slow reader has no room for, and a kill would lose it. */
function say(line: string): void {
  let left = new TextEncoder().encode(`${line}\n`);
  while (left.length > 0)
    try {
      left = left.subarray(writeSync(1, left));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
}

await using store = await openSqliteStorage(systemWorld(), { path: file! });
say(`open ${await store.current()}`);

async function write(writer: number): Promise<void> {
  const stood = await store.get(`/a/${writer}`);
  const first = stood ? Number(new TextDecoder().decode(stood.value).trimEnd()) + 1 : 1;
  for (let n = first; n < first + Number(commits); n++) {
    const value = new TextEncoder().encode(`${n}`.padEnd(1500));
    const changes = ['a', 'b'].map((name) => ({ put: `/${name}/${writer}`, value }));
    try {
      await store.commit(changes, { user: 'writer', agent: `${writer}` });
      say(`ack ${writer} ${n}`);
    } catch (error) {
      if (!(error instanceof StoreFullError)) throw error;
      const still = await store.get(`/a/${writer}`);
      say(`full ${writer} ${n} reads ${new TextDecoder().decode(still?.value).trimEnd()}`);
    }
  }
}

try {
  await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
  say('end');
} catch (error) {
  const { name, message } = error as Error;
  say(`failed ${name} ${message}`);
}
