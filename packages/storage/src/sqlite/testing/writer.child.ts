/**
 * A process made to be killed: `writer.child.ts FILE WRITERS COMMITS`. Each writer changes its two keys in one
 * commit, again and again, and prints `ack WRITER N` once commit N is acknowledged, `full WRITER N` when refused.
 */
import { systemWorld } from '@coxswain/base';
import { openSqliteStorage, StoreFullError } from '../index.ts';
import { say } from './say.ts';

const [file, writers, commits] = process.argv.slice(2);

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
