import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, systemWorld } from '@coxswain/base';
import { type Step, runClients } from '../testing/clients.ts';
import { put, author } from '../testing/fixture.ts';
import { checkHistory, readLog } from '../testing/linear.ts';
import { openEtcdStorage } from './index.ts';
import { hasEtcd, startEtcd } from './testing/etcd-server.ts';

const rounds = 4;
const place = { ours: '', etcd: '/linear' };

test(
  `concurrent histories by two stores over ${rounds} kills of etcd are linearizable`,
  {
    skip: hasEtcd ? false : 'etcd is not installed (Debian: etcd-server)',
  },
  async () => {
    await using etcd = await startEtcd();
    const open = () => openEtcdStorage(systemWorld(), { servers: [etcd.url], place });
    await using first = await open();
    await using second = await open();
    const after = await first.current();
    const steps: Step[] = [];
    const record = (step: Step): void => void steps.push(step);
    for (let round = 1; round <= rounds; round++) {
      const wanted = { clients: 4, each: 60, record };
      const running = [first, second].map((store, i) =>
        runClients(store, {
          ...wanted,
          random: seededRandom(round * 2 + i),
          name: `r${round}.${i}`,
        }),
      );
      const answered = steps.length + 200;
      while (steps.length < answered) await new Promise((go) => setTimeout(go, 1));
      await etcd.stop();
      await Promise.all(running);
      await etcd.start();
    }
    const committed = async (): Promise<number> => {
      for (;;)
        try {
          const end = await first.commit([put('/end', 'end')], author);
          if (end.done) return end.revision;
        } catch {
          await new Promise((go) => setTimeout(go, 50));
        }
    };
    const end = await committed();
    // The watch of a store that has lived through all of it, and that of a new one.
    await using third = await open();
    for (const store of [first, second, third])
      checkHistory(steps, await readLog(store, after, end - 1));
    assert.ok(steps.some((step) => 'refused' in step) && steps.some((step) => 'read' in step));
  },
);
