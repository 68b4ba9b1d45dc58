import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemWorld } from '@coxswain/base';
import { author, put } from '../testing/fixture.ts';
import { StoreVersionError } from './errors.ts';
import { openSqliteStorage } from './index.ts';
import { openDatabase, pragma, type Upgrade } from './schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'cox-upgrade-'));
after(() => rmSync(folder, { recursive: true }));

const addNote: Upgrade = (db) => db.exec('CREATE TABLE note (text TEXT) STRICT');
const writeNote: Upgrade = (db) => db.exec("INSERT INTO note VALUES ('kept')");
const fail: Upgrade = () => {
  throw new Error('this step fails');
};

test('a store is brought from version to version, each step once, all or none', async () => {
  const path = join(folder, 'store.db');
  {
    await using store = await openSqliteStorage(systemWorld(), { path });
    await store.commit([put('/a', '1')], author);
  }
  assert.throws(() => openDatabase(path, [addNote, fail]), /this step fails/);
  for (const steps of [
    [addNote, writeNote],
    [addNote, writeNote],
  ]) {
    const db = openDatabase(path, steps);
    assert.equal(pragma(db, 'user_version'), 3);
    assert.deepEqual(
      db
        .prepare('SELECT text FROM note')
        .all()
        .map(({ text }) => text),
      ['kept'],
    );
    assert.deepEqual(
      db
        .prepare('SELECT key FROM heads')
        .all()
        .map(({ key }) => key),
      ['/a'],
    );
    db.close();
  }
  assert.throws(() => openDatabase(path, [addNote]), StoreVersionError);
  await assert.rejects(openSqliteStorage(systemWorld(), { path }), StoreVersionError);
});
