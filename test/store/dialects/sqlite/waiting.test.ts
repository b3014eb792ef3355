import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { Call } from '../../../../src/domain/call.ts';
import { openConnection, openStore, type Store } from '../../../../src/store/index.ts';
import { Migrator } from '../../../../src/store/schema/migrator.ts';
import { databaseKind } from '../../../databases/database.ts';
import { testFolder } from '../../../folder.ts';

const onFiles = test.runIf(databaseKind === 'sqlite');
const now = () => new Date('2027-03-01T12:00:00.000Z');
const call = new Call({ actor: 'op', osUser: 'root', host: 'h1' });

async function migratedFile(): Promise<string> {
  const file = join(testFolder(), 'a.db');
  const connection = await openConnection(file, { create: true, timeoutMs: 1000 });
  await new Migrator(connection, now).up();
  await connection.close();
  return file;
}

async function openedStore(file: string, timeoutMs: number): Promise<Store> {
  const store = await openStore(await openConnection(file, { create: false, timeoutMs }), now);
  onTestFinished(() => store.close());
  return store;
}

/** Another connection to the file, in this thread: if waiting blocked the thread, the lock would never be released. */
function otherProgram(file: string): Database.Database {
  const database = new Database(file);
  onTestFinished(() => {
    database.close();
  });
  return database;
}

const audited = (store: Store) => store.transaction(call, async (tx) => tx.audit({ action: 'db.test' }));

onFiles('a transaction waits for another program and leaves the thread free meanwhile', async () => {
  const file = await migratedFile();
  const store = await openedStore(file, 30_000);
  const other = otherProgram(file);
  other.exec('begin immediate');
  const waiting = audited(store);
  for (let turns = 0; turns < 100; turns += 1) await turn();
  other.exec('rollback');
  await waiting;
  expect((await store.events.head()).seq).toBe(1);
});

onFiles('a transaction that waits for too long is told that the database is busy', async () => {
  const file = await migratedFile();
  const store = await openedStore(file, 50);
  otherProgram(file).exec('begin immediate');
  await expect(audited(store)).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
});

onFiles('opening a new file waits for another program and leaves the thread free meanwhile', async () => {
  const file = join(testFolder(), 'new.db');
  const other = otherProgram(file);
  other.exec('begin exclusive');
  const opening = openConnection(file, { create: true, timeoutMs: 30_000 });
  for (let turns = 0; turns < 100; turns += 1) await turn();
  other.exec('rollback');
  const connection = await opening;
  await connection.close();
  expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
});

onFiles('opening a file that stays locked ends with that, in time', async () => {
  const file = join(testFolder(), 'new.db');
  otherProgram(file).exec('begin exclusive');
  await expect(openConnection(file, { create: true, timeoutMs: 50 })).rejects.toMatchObject({
    code: 'database-busy',
  });
});
