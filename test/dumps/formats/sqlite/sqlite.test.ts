import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqliteTable } from '../../../../src/dumps/formats/sqlite/sqlite.ts';
import { fieldsIn, problemsIn, readAll } from '../../reading.ts';

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-table-'));
  file = join(folder, 'a#b.db');
  const database = new Sqlite(file);
  database.exec(`
    CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, "odd ""name" BLOB, made TEXT GENERATED ALWAYS AS (1));
    INSERT INTO users VALUES (-5, 'first', NULL), (1, 'alice', x'c3b6'), (2, CAST(x'ff61' AS TEXT), 'y'),
      (3, 'a' || char(0), 'y'), (4, 'bob', x'ff'), (5, 'big', zeroblob(17000000)), (9223372036854775807, 'last', 1.5);
    CREATE TABLE many (name TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) INSERT INTO many SELECT 'u' || i FROM n;
    CREATE TABLE shadowed (rowid TEXT, _rowid_ TEXT, oid TEXT);
    INSERT INTO shadowed VALUES ('a', 'b', 'c');
    CREATE TABLE keyed (name TEXT PRIMARY KEY) WITHOUT ROWID;
    INSERT INTO keyed VALUES ('b'), ('a');
    CREATE TABLE none (name TEXT);
    CREATE VIEW spy AS SELECT username FROM users;
    CREATE VIRTUAL TABLE words USING fts5(word);
  `);
  database.close();
});

afterAll(() => rmSync(folder, { recursive: true }));

const read = (path: string) => readAll(sqliteTable, { path, open: () => unopened() });

// biome-ignore lint/correctness/useYield: it must never be asked
async function* unopened(): AsyncGenerator<Uint8Array> {
  throw new Error('the file is opened by SQLite itself');
}

test('rows come in the order of their rowids, each column under its name', async () => {
  const outcome = await read(`${file}#USERS`);

  expect(outcome.broken).toBeUndefined();
  expect(problemsIn(outcome)).toEqual(['3 not-text', '4 not-text', '6 too-large']);
  expect(fieldsIn(outcome)).toEqual([
    { id: -5, username: 'first', 'odd "name': null },
    { id: 1, username: 'alice', 'odd "name': 'ö' },
    { id: 4, username: 'bob', 'odd "name': Buffer.from([0xff]) },
    { id: expect.any(Number), username: 'last', 'odd "name': 1.5 },
  ]);
  expect(outcome.rows.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('more rows than one query gives', async () => {
  const names = fieldsIn(await read(`${file}#many`)).map(({ name }) => name);

  expect(names).toEqual(Array.from({ length: 2500 }, (_, index) => `u${index + 1}`));
});

test('tables whose rowid cannot be asked for', async () => {
  expect(fieldsIn(await read(`${file}#shadowed`))).toEqual([{ rowid: 'a', _rowid_: 'b', oid: 'c' }]);
  expect(fieldsIn(await read(`${file}#keyed`))).toEqual([{ name: 'a' }, { name: 'b' }]);
  expect(await read(`${file}#none`)).toEqual({ rows: [], broken: undefined });
});

test('a database in UTF-16', async () => {
  const path = join(folder, 'utf16.db');
  const database = new Sqlite(path);
  database.pragma("encoding = 'UTF-16le'");
  database.exec("CREATE TABLE users (name TEXT); INSERT INTO users VALUES ('ö€😀')");
  database.close();

  expect(fieldsIn(await read(`${path}#users`))).toEqual([{ name: 'ö€😀' }]);
});

test('what cannot be read', async () => {
  const garbage = join(folder, 'garbage.db');
  writeFileSync(garbage, `SQLite format 3\0${'x'.repeat(5000)}`);

  for (const [path, message] of [
    [file.replace('#', '-'), 'no table is named: expected sqlite:<path>#<table>'],
    [`${file}#`, 'no table is named: expected sqlite:<path>#<table>'],
    [`${file}#nobody`, 'the database has no table of that name'],
    [`${file}#x"; DROP TABLE users; --`, 'the database has no table of that name'],
    [`${file}#spy`, 'the database has no table of that name'],
    [`${file}#words`, 'the database has no table of that name'],
    [`${folder}/absent.db#users`, 'SQLite cannot read the database (SQLITE_CANTOPEN)'],
    [`${garbage}#users`, 'SQLite cannot read the database (SQLITE_NOTADB)'],
  ] as const) {
    expect(await read(path)).toEqual({ rows: [], broken: { line: 1, message } });
  }
});

test('the file is recognised by its first bytes', () => {
  expect(sqliteTable.detect(Buffer.from('SQLite format 3\0\x10\0'), true)).toBe(true);
  expect(sqliteTable.detect(Buffer.from('SQLite format 2\0'), true)).toBe(false);
});
