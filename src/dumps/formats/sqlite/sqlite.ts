import type { Database } from 'better-sqlite3';
import { maxRecordBytes } from '../../engine/carry.ts';
import { notText, strictText } from '../../engine/encodings/strict-text.ts';
import { newFields } from '../../engine/fields.ts';
import { badRow, type Row, tooLarge } from '../../engine/pages.ts';
import { DumpBroken, type DumpFormat, type DumpSource } from '../../format.ts';

const rowsPerQuery = 1000;
const bytesPerPage = 64 * 1024;
/** The query grows with the square of it. */
const maxColumns = 100;

interface Column {
  readonly name: string;
  /** Whether it was declared to hold text. */
  readonly isText: boolean;
}

interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** What selects a row's key, a number; `undefined` for a table that has none. */
  readonly key: string | undefined;
}

/** `[key, bytes, ...values]` of a row; values are `null` where it is over the limit. */
type Raw = readonly [key: string | null, bytes: number, ...values: unknown[]];

/**
 * Reads a table of an SQLite database in the order of its rowids, a query for each thousand rows (a table
 * `WITHOUT ROWID` in one query, which keeps other programs from checkpointing meanwhile). The file is opened
 * read-only, and nothing in it is trusted to run (https://www.sqlite.org/security.html).
 *
 * There are neither lines nor bytes: `line` and `end` of a row are its number in that order, from 1.
 */
export async function* readSqliteTable(source: DumpSource): AsyncGenerator<Row[]> {
  const [file, name] = fileAndTable(source.path ?? '');
  const { default: Sqlite } = await import('better-sqlite3');
  const progress = { rows: 0 };
  let database: Database | undefined;
  try {
    database = new Sqlite(file, { readonly: true, fileMustExist: true });
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    yield* readTable(database, findTable(database, name), progress);
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error;
    throw new DumpBroken(progress.rows + 1, `SQLite cannot read the database (${error.code})`);
  } finally {
    database?.close();
  }
}

/** Takes `path#table` apart; a path may hold `#` itself. */
function fileAndTable(path: string): [file: string, table: string] {
  const hash = path.lastIndexOf('#');
  if (hash <= 0 || hash === path.length - 1) {
    throw new DumpBroken(1, 'no table is named: expected sqlite:<path>#<table>');
  }
  return [path.slice(0, hash), path.slice(hash + 1)];
}

/** Views, virtual tables and generated columns are left alone: they run what the file says. */
function findTable(database: Database, wanted: string): Table {
  const found = database
    .prepare<[string], { name: string; type: string; wr: number }>(
      "SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE",
    )
    .get(wanted);
  if (found?.type !== 'table') throw new DumpBroken(1, 'the database has no table of that name');
  const columns = database
    .prepare<[string], { name: string; type: string }>('SELECT name, type FROM pragma_table_info(?)')
    .all(found.name)
    .map(({ name, type }) => ({ name, isText: /char|clob|text/i.test(type) }));
  if (columns.length > maxColumns) throw new DumpBroken(1, `the table has more than ${maxColumns} columns`);
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  const key = found.wr === 1 ? undefined : ['rowid', '_rowid_', 'oid'].find((alias) => !taken.has(alias));
  return { name: found.name, columns, key };
}

function* readTable(database: Database, table: Table, progress: { rows: number }): Generator<Row[]> {
  const least = '-9223372036854775808';
  const first = database.prepare<string[], Raw>(selectRows(database, table, '>=')).raw();
  const next = database.prepare<string[], Raw>(selectRows(database, table, '>')).raw();
  let after: string | undefined = table.key === undefined ? undefined : least;
  let rows = after === undefined ? first.iterate() : first.iterate(after);
  do {
    let count = 0;
    let page: Row[] = [];
    let pageBytes = 0;
    for (const raw of rows) {
      progress.rows++;
      count++;
      after = raw[0] ?? undefined;
      page.push(toRow(table, raw, progress.rows));
      pageBytes += raw[1];
      if (pageBytes < bytesPerPage) continue;
      yield page;
      page = [];
      pageBytes = 0;
    }
    if (page.length > 0) yield page;
    if (table.key === undefined || count < rowsPerQuery || after === undefined) return;
    rows = next.iterate(after);
  } while (after !== undefined);
}

/**
 * Text is selected as its bytes, since the driver puts U+FFFD for what is not UTF-8; but not from a database in
 * UTF-16, where SQLite itself converts.
 */
function selectRows(database: Database, { name, columns, key }: Table, comparison: '>' | '>='): string {
  const isUtf8 = database.pragma('encoding', { simple: true }) === 'UTF-8';
  const size = columns.map((column) => `ifnull(octet_length(${quoted(column.name)}), 0)`).join(' + ');
  const values = columns.map((column) => {
    const value = `t.${quoted(column.name)}`;
    const bytes = isUtf8 ? `iif(typeof(${value}) = 'text', CAST(${value} AS BLOB), ${value})` : value;
    return `CASE WHEN ${size} <= ${maxRecordBytes} THEN ${bytes} END`;
  });
  const selected = [key === undefined ? 'NULL' : `CAST(${key} AS TEXT)`, size, ...values].join(', ');
  const all = `SELECT ${selected} FROM ${quoted(name)} AS t`;
  if (key === undefined) return all;
  return `${all} WHERE ${key} ${comparison} CAST(? AS INTEGER) ORDER BY ${key} LIMIT ${rowsPerQuery}`;
}

function toRow({ columns }: Table, [, bytes, ...values]: Raw, number: number): Row {
  if (bytes > maxRecordBytes) return tooLarge(number, number);
  const fields = newFields();
  for (const [index, { name, isText }] of columns.entries()) {
    const value = values[index];
    const text = Buffer.isBuffer(value) ? strictText(value) : value;
    const isBroken = text === undefined || (typeof text === 'string' && text.includes('\0'));
    if (isBroken && isText) return badRow(number, number, 'not-text', notText);
    fields[name] = text ?? (value === undefined ? null : value);
  }
  return { line: number, end: number, fields };
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** One table of an SQLite database: `sqlite:<path>#<table>`, of which `source.path` is what follows the colon. */
export const sqliteTable: DumpFormat = {
  id: 'sqlite',
  title: 'table of an SQLite database',
  detect: (head) => Buffer.from(head.subarray(0, 16)).toString('latin1') === 'SQLite format 3\0',
  read: readSqliteTable,
};
