import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { copySqlite } from '../../../../src/store/dialects/sqlite/backup.ts';
import { replaceContents, WriterLock } from '../../../../src/store/dialects/sqlite/contents-replacement.ts';
import { databaseKind } from '../../../databases/database.ts';
import { testFolder } from '../../../folder.ts';

const onFiles = test.runIf(databaseKind === 'sqlite');
const { signal } = new AbortController();

/** A database with a write-ahead log that holds `rows` numbers. */
function made(file: string, rows: number): Database.Database {
  const database = new Database(file);
  onTestFinished(() => {
    database.close();
  });
  database.pragma('journal_mode = wal');
  database.exec('create table numbers (n integer, filler text)');
  add(database, rows);
  return database;
}

const add = (database: Database.Database, rows: number) =>
  database
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
        insert into numbers select i, printf('%0500d', i) from n`,
    )
    .run(rows);

const count = (database: Database.Database) => database.prepare('select count(*) from numbers').pluck().get();

function pair() {
  const folder = testFolder();
  const [file, source] = [join(folder, 'a.db'), join(folder, 'b.db')];
  const other = made(source, 5);
  other.pragma('journal_mode = delete');
  return { file, source, database: made(file, 3) };
}

onFiles('the contents are replaced where nobody has written since the lock', async () => {
  const { file, source, database } = pair();
  const lock = new WriterLock(file, 100);
  lock.release();
  expect(await replaceContents(file, source, lock, { signal })).toBe(true);
  lock.close();
  expect(count(database)).toBe(5);
});

onFiles('while the lock is held nobody else writes', () => {
  const { file, database } = pair();
  const lock = new WriterLock(file, 100);
  database.pragma('busy_timeout = 0');
  expect(() => add(database, 1)).toThrow(/locked/);
  lock.release();
  add(database, 1);
  lock.close();
  expect(count(database)).toBe(4);
});

onFiles('a commit between the lock and the replacement keeps it from happening', async () => {
  const { file, source, database } = pair();
  const lock = new WriterLock(file, 100);
  lock.release();
  add(database, 1);
  expect(await replaceContents(file, source, lock, { signal })).toBe(false);
  lock.close();
  expect(count(database)).toBe(4);
});

onFiles('a writer under way keeps it from happening, and is not disturbed', async () => {
  const { file, source, database } = pair();
  const lock = new WriterLock(file, 100);
  lock.release();
  database.exec('begin immediate');
  add(database, 1);
  expect(await replaceContents(file, source, lock, { signal })).toBe(false);
  lock.close();
  database.exec('commit');
  expect(count(database)).toBe(4);
});

onFiles('an interruption in the middle of it changes nothing', async () => {
  const { file, source, database } = pair();
  add(database, 1);
  const big = new Database(source);
  add(big, 30_000);
  big.close();
  const lock = new WriterLock(file, 100);
  lock.release();
  const controller = new AbortController();
  const seen: number[] = [];
  const replacing = replaceContents(file, source, lock, {
    signal: controller.signal,
    onProgress: (done) => {
      seen.push(done);
      if (done > 0) controller.abort();
    },
  });
  await expect(replacing).rejects.toMatchObject({ code: 'interrupted' });
  lock.close();
  expect(seen.length).toBeGreaterThan(1);
  expect(count(database)).toBe(4);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
});

onFiles('a copy is of one moment, though others commit in the middle of it', async () => {
  const { file, database } = pair();
  add(database, 30_000);
  const target = join(testFolder(), 'copy.db');
  let steps = 0;
  await copySqlite(file, target, {
    signal,
    onProgress: () => {
      steps += 1;
      add(database, 1);
    },
  });
  const copy = new Database(target, { readonly: true });
  onTestFinished(() => {
    copy.close();
  });
  expect(steps).toBeGreaterThan(1);
  expect(count(copy)).toBe(30_003);
  expect(count(database)).toBe(30_003 + steps);
});
