import { closeSync, constants, existsSync, fchmodSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteAdapter,
  SqliteDriver,
  SqliteQueryCompiler,
} from 'kysely';
import { AuthctlError } from '../../domain/errors.ts';
import type { Schema } from '../schema.ts';
import type { Connection, Dialect, OpenOptions } from './dialect.ts';
import { explainSqlite, sqliteCode } from './sqlite-errors.ts';

/** Every transaction takes the write lock at its start, so that what it reads stays true until it commits. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/** Opens a SQLite file, or with `memory:` a database that is gone when it is closed. */
export async function openSqlite(location: string, options: OpenOptions): Promise<Connection> {
  const file = filePath(location);
  const dialect = sqliteDialect(file);
  try {
    if (file !== ':memory:') prepareFile(file, options.create);
    return connect(new Database(file, { timeout: options.timeoutMs }), file, dialect);
  } catch (error) {
    throw dialect.explain(error) ?? error;
  }
}

function filePath(location: string): string {
  if (/^memory:/i.test(location)) return ':memory:';
  if (/^sqlite:\/\//i.test(location)) return fileURLToPath(location.replace(/^sqlite:/i, 'file:'));
  return location.replace(/^sqlite:/i, '');
}

function prepareFile(file: string, create: boolean): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new AuthctlError('database-unusable', `${file} is a folder, not a database`, {
      hint: 'name a file with --database',
    });
  }
  if (existsSync(file)) return;
  if (!create) {
    throw new AuthctlError('database-missing', `there is no database at ${file}`, {
      hint: 'authctl migrate up makes it',
    });
  }
  createPrivately(file);
}

// SQLite would make the file by the umask, readable by others in most places.
function createPrivately(file: string): void {
  try {
    const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    fchmodSync(descriptor, 0o600);
    closeSync(descriptor);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return;
    const why = code === 'ENOENT' ? 'its folder does not exist' : `it cannot be made there (${code})`;
    throw new AuthctlError('database-unusable', `no database can be made at ${file}: ${why}`, {
      hint: `check the folder ${dirname(file)}`,
      cause: error,
    });
  }
}

function connect(database: Database.Database, file: string, dialect: Dialect): Connection {
  try {
    if (file !== ':memory:') useWriteAheadLog(database);
    // This build weakens `synchronous` in WAL mode; FULL alone makes a commit survive a power failure.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma('trusted_schema = OFF');
    database.pragma('secure_delete = ON');
    if (database.pragma('synchronous', { simple: true }) !== 2) {
      throw new AuthctlError(
        'database-unusable',
        `the database ${file} cannot be made durable (synchronous)`,
      );
    }
  } catch (error) {
    database.close();
    throw error;
  }
  const db = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new ImmediateDriver({ database }),
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
    bulkInsert: async (_tx, table, rows) => insertPrepared(database, table, rows),
    close: () => db.destroy(),
  };
}

// Turning on WAL needs the file alone and does not wait for it as a statement would: two programs that open a
// new file at once meet here.
function useWriteAheadLog(database: Database.Database): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (database.pragma('journal_mode', { simple: true }) !== 'wal') database.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (sqliteCode(error) !== 'SQLITE_BUSY' || attempt === 100) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20 + Math.random() * 80);
    }
  }
}

function insertPrepared(database: Database.Database, table: string, rows: readonly object[]): void {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const statement = database.prepare(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  );
  for (const row of rows) statement.run(Object.values(row));
}

function sqliteDialect(file: string): Dialect {
  return {
    spelling: { database: 'sqlite', table: '', longText: 'text', bigInteger: 'integer' },
    maxParameters: 32_766,
    uniqueViolation: (error) =>
      sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT_') && error instanceof Error
        ? /UNIQUE constraint failed: (.*)/.exec(error.message)?.[1]
        : undefined,
    explain: (error) => explainSqlite(error, file),
  };
}
