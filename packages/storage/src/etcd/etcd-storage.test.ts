import { after, before, test } from 'node:test';
import { storageSuite } from '../testing/index.ts';
import { openEtcdStorage } from './index.ts';
import { counted } from './testing/counted.ts';
import { type EtcdServer, hasEtcd, startEtcd } from './testing/etcd-server.ts';

let etcd: EtcdServer;
let stores = 0;

if (hasEtcd) {
  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd[Symbol.asyncDispose]());
  storageSuite(
    'etcd',
    async (world, retention) =>
      counted(
        await openEtcdStorage(world, {
          servers: [etcd.url],
          place: { ours: '', etcd: `/store-${++stores}.` },
          operationsMax: 20_000,
          ...retention,
        }),
      ),
    { isShared: true },
  );
} else test('etcd', { skip: 'etcd is not installed (Debian: etcd-server)' }, () => {});
