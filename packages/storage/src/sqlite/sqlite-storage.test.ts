import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { storageSuite } from '../testing/index.ts';
import { openSqliteStorage } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'cox-store-'));
after(() => rmSync(folder, { recursive: true }));
let stores = 0;

storageSuite('sqlite', (world, retention) =>
  openSqliteStorage(world, {
    path: join(folder, `${++stores}.db`),
    ...retention,
  }),
);
