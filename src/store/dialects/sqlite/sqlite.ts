import { type Stats, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteAdapter,
  SqliteDriver,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import { AuthctlError } from '../../../domain/errors.ts';
import { identityKey } from '../../../domain/username.ts';
import { errnoOf } from '../../../io/errno.ts';
import type { Schema } from '../../schema/types.ts';
import type { Connection, Dialect, OpenOptions } from '../dialect.ts';
import { explainSqlite, sqliteCode } from './errors.ts';
import { sqliteFile } from './location.ts';
import { refuseLeavingLog } from './log-owner.ts';
import { beginImmediate, patiently } from './waiting.ts';

/** Every transaction takes the write lock at its start, so that what it reads stays true until it commits. */
class ImmediateDriver extends SqliteDriver {
  readonly #database: Database.Database;
  readonly #timeoutMs: number;

  constructor(database: Database.Database, timeoutMs: number) {
    super({ database });
    this.#database = database;
    this.#timeoutMs = timeoutMs;
  }

  override async beginTransaction(): Promise<void> {
    await beginImmediate(this.#database, this.#timeoutMs);
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // Where the disk is full SQLite has done so itself, and refusing to do it twice would hide why.
    if (this.#database.inTransaction) await super.rollbackTransaction(connection);
  }
}

/** Milliseconds for which a busy file is waited for, unless the operator says otherwise. */
const defaultTimeoutMs = 10_000;

/** Opens a SQLite file, or with `memory:` a database that is gone when it is closed. */
export async function openSqlite(location: string, options: OpenOptions): Promise<Connection> {
  const file = sqliteFile(location);
  const dialect = sqliteDialect(file);
  try {
    if (file !== ':memory:') await prepareFile(file, options.create);
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    const database = new Database(file, { timeout: 0, readonly: options.readOnly ?? false });
    try {
      await patiently(timeoutMs, () => prepare(database, file, options));
      // What else may have to wait for another program, as when a log is recovered, is over at once.
      database.pragma(`busy_timeout = ${timeoutMs}`);
    } catch (error) {
      database.close();
      throw error;
    }
    return connect(database, file, dialect, timeoutMs);
  } catch (error) {
    throw dialect.explain(error) ?? error;
  }
}

function fileStats(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    const code = errnoOf(error);
    throw new AuthctlError('database-unusable', `the database ${file} cannot be reached (${code})`, {
      hint: 'check its path and the permissions of its folders',
      cause: error,
    });
  }
}

async function prepareFile(file: string, create: boolean): Promise<void> {
  const stats = fileStats(file);
  if (stats?.isDirectory()) {
    throw new AuthctlError('database-unusable', `${file} is a folder, not a database`, {
      hint: 'name a file with --database',
    });
  }
  if (stats) {
    refuseLeavingLog(file);
    return;
  }
  if (!create) {
    throw new AuthctlError('database-missing', `there is no database at ${file}`, {
      hint: 'authctl migrate up makes it',
    });
  }
  const { createDatabaseFile } = await import('./new-file.ts');
  createDatabaseFile(file);
}

/** Sets how the database is used; it can be done again where another program was in the way. */
function prepare(database: Database.Database, file: string, { create, readOnly }: OpenOptions): void {
  if (file !== ':memory:' && !readOnly) useWriteAheadLog(database, create);
  // This build weakens `synchronous` in WAL mode; FULL alone makes a commit survive a power failure.
  database.pragma('synchronous = FULL');
  // Imports write the same pages again and again; 40 MB of log save moving them over each time.
  database.pragma('wal_autocheckpoint = 10000');
  database.pragma('foreign_keys = ON');
  // KiB. Imports touch all pages of the indexes in no order: with 4 MB a fifth more time goes to writing.
  database.pragma('cache_size = -12000');
  database.pragma('trusted_schema = OFF');
  database.pragma('secure_delete = ON');
  // SQLite's own knows the case of ASCII alone.
  database.function('lower', { deterministic: true }, (text) =>
    typeof text === 'string' ? identityKey(text) : text,
  );
  if (database.pragma('synchronous', { simple: true }) !== 2) {
    throw new AuthctlError('database-unusable', `the database ${file} cannot be made durable (synchronous)`);
  }
}

function connect(database: Database.Database, file: string, dialect: Dialect, timeoutMs: number): Connection {
  const db = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new ImmediateDriver(database, timeoutMs),
      // Nothing asks a database for its tables, so its introspector is left out of the program.
      createIntrospector: () => {
        throw new Error('the schema is not introspected');
      },
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  return {
    db,
    dialect,
    // What waits for another program does so by itself, and commits do not get lost on the way.
    attempt: (work) => work(),
    repeats: false,
    bulkInsert: async (_tx, table, rows) => insertPrepared(database, table, rows),
    // There is one connection: its turn comes when no transaction is open, of which more would be seen than is committed.
    selectValues: <T extends readonly unknown[]>({ sql, parameters }: CompiledQuery) =>
      db.connection().execute(async () =>
        database
          .prepare<unknown[], T>(sql)
          .raw()
          .all(...parameters),
      ),
    inspector: async () => (await import('./checks.ts')).sqliteInspector(db, file),
    close: () => db.destroy(),
  };
}

// Turning it on needs the file alone, and SQLite does not wait for that as it does for a lock.
function useWriteAheadLog(database: Database.Database, create: boolean): void {
  if (database.pragma('journal_mode', { simple: true }) === 'wal') return;
  if (isOurs(database, create)) database.pragma('journal_mode = WAL');
}

// The mode is kept in the file, and a file that only turns out to be somebody else's must stay as it is.
function isOurs(database: Database.Database, create: boolean): boolean {
  const tables = database.prepare('select name from sqlite_schema').pluck().all();
  return tables.length === 0 ? create : tables.includes('schema_migrations');
}

type Cell = string | number | null;

// To hand over a value costs as much as to write it: what is the same in all rows is part of the statement.
function insertPrepared(database: Database.Database, table: string, rows: readonly object[]): void {
  const some = rows as readonly Readonly<Record<string, Cell>>[];
  const [first] = some;
  if (!first) return;
  const columns = Object.keys(first);
  const varying = varyingColumns(columns, some);
  const quote =
    varying.length < columns.length ? database.prepare<[Cell], string>('select quote(?)').pluck() : undefined;
  const values = columns.map((column) =>
    varying.includes(column) ? '?' : quote?.get(first[column] ?? null),
  );
  const statement = database.prepare(
    `insert into ${table} (${columns.join(', ')}) values (${values.join(', ')})`,
  );
  for (const row of some) statement.run(varying.map((column) => row[column]));
}

// One row alone has nothing in common with others.
function varyingColumns(columns: string[], rows: readonly Readonly<Record<string, Cell>>[]): string[] {
  const [first, ...others] = rows;
  if (!first || others.length === 0) return columns;
  return columns.filter(
    (column) => hasNul(first[column]) || others.some((row) => row[column] !== first[column]),
  );
}

// Ends what it is in, as a literal.
const hasNul = (cell: Cell | undefined): boolean => typeof cell === 'string' && cell.includes('\0');

function sqliteDialect(file: string): Dialect {
  return {
    spelling: { database: 'sqlite', table: '', longText: 'text', bigInteger: 'integer' },
    transactionalSchema: true,
    headLock: 'whole',
    rowsOfTransaction: Number.POSITIVE_INFINITY,
    schemaStatement: (statement) => statement,
    lockSchema: async () => ({ release: async () => {} }),
    lower: (column) => sql<string>`lower(${sql.ref(column)})`,
    uniqueViolation: (error) =>
      sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT_') && error instanceof Error
        ? /UNIQUE constraint failed: (.*)/.exec(error.message)?.[1]
        : undefined,
    isMissingTable: (error) => error instanceof Error && error.message.startsWith('no such table'),
    isDoneAlready: () => false,
    mayFail: () => false,
    isCommitUnknown: () => false,
    explain: (error) => explainSqlite(error, file),
  };
}
