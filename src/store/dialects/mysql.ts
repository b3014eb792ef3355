import { readFileSync } from 'node:fs';
import { CompiledQuery, type Kysely, MysqlAdapter, MysqlQueryCompiler, type QueryResult, sql } from 'kysely';
import type { Pool, PoolConnection, PoolOptions } from 'mysql2/promise';
import mysql from 'mysql2/promise';
import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import type { Schema } from '../schema.ts';
import type { Connection, Dialect, OpenOptions } from './dialect.ts';
import { explainMysql, isMysqlConflict, isMysqlLost, mysqlFault } from './mysql-errors.ts';
import { connectMs, Resilience } from './resilience.ts';
import { CommitUnknown, type ServerClient, type ServerPool, serverDatabase } from './server-driver.ts';
import { codeOf } from './server-errors.ts';
import { placeOf, readServerUrl, type ServerLocation } from './server-location.ts';

/** Milliseconds for which a server is waited for, unless the operator says otherwise. */
const defaultTimeoutMs = 30_000;
/** Connections of one process at most. */
const mostConnections = 10;
/** Rows of one insert: far below `max_allowed_packet`, which is 16 MB at least since MySQL 5.7. */
const rowsOfInsert = 500;
const schemaLock = 'authctl migrate';

/** What differs between the servers that speak this protocol. */
interface Flavour {
  collation: string;
  /** A node of a Galera cluster. */
  isClustered: boolean;
}

/** Opens a MySQL or MariaDB database, or one that speaks their protocol. */
export async function openMysql(location: string, options: OpenOptions): Promise<Connection> {
  const target = readServerUrl(location);
  const place = placeOf('MySQL', target, 3306);
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const resilience = new Resilience({ isLost: isMysqlLost, isConflict: isMysqlConflict }, timeoutMs);
  const settings = poolOptions(target, options.password, timeoutMs);
  const pool = mysqlPool(mysql.createPool(settings), timeoutMs);
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      await pool.end();
      throw explainMysql(error, place) ?? error;
    }
  };
  if (options.create)
    await explained(resilience.attempt(() => createIfMissing(pool, target.database, settings)));
  const flavour = await explained(resilience.attempt(() => readFlavour(pool)));
  const { db, selectValues } = serverDatabase(pool, resilience, {
    createAdapter: () => new MysqlAdapter(),
    createQueryCompiler: () => new MysqlQueryCompiler(),
  });
  return {
    db,
    dialect: mysqlDialect(place, flavour),
    attempt: (work) => resilience.attempt(work),
    bulkInsert: insertRows,
    selectValues,
    inspector: async () => (await import('./mysql-checks.ts')).mysqlInspector(db, [target]),
    close: () => db.destroy(),
  };
}

function poolOptions(target: ServerLocation, password: string | undefined, timeoutMs: number): PoolOptions {
  const { host, port, user, database, options } = target;
  return {
    host: host ?? 'localhost',
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    // A password of its own outdoes the one in the URL.
    password: password ?? target.password ?? '',
    database,
    ...driverOptions(options),
    charset: 'utf8mb4',
    connectTimeout: connectMs(timeoutMs),
    connectionLimit: mostConnections,
    enableKeepAlive: true,
  };
}

/** The options that a URL may carry, with the driver's names. Throws `settings-invalid`. */
function driverOptions(given: ReadonlyMap<string, string>): PoolOptions {
  const { ssl, socketPath, sslCa, sslCert, sslKey, ...others } = Object.fromEntries(given);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new AuthctlError('settings-invalid', `the database URL has an unknown option ${quote(unknown)}`, {
      hint: 'there are ssl, sslCa, sslCert, sslKey and socketPath',
    });
  }
  const files = Object.entries({ ca: sslCa, cert: sslCert, key: sslKey }).flatMap(([name, path]) =>
    path === undefined ? [] : [[name, readFileSync(path, 'utf8')] as const],
  );
  const isOn = files.length > 0 || (ssl !== undefined && ssl !== 'false');
  return {
    ...(socketPath !== undefined && { socketPath }),
    ...(isOn && { ssl: { rejectUnauthorized: ssl !== 'insecure', ...Object.fromEntries(files) } }),
  };
}

function mysqlPool(pool: Pool, timeoutMs: number): ServerPool {
  const prepared = new WeakSet<object>();
  return {
    connect: async () => {
      const connection = await pool.getConnection();
      const key = connection.connection;
      if (!prepared.has(key)) {
        await prepare(connection, timeoutMs);
        prepared.add(key);
      }
      return toServerClient(connection);
    },
    end: () => pool.end(),
  };
}

// Values are escaped by the driver, with backslashes; a mode in which those mean nothing would open a hole.
async function prepare(connection: PoolConnection, timeoutMs: number): Promise<void> {
  try {
    await connection.query(
      `set session sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
        innodb_lock_wait_timeout = ${Math.max(1, Math.ceil(timeoutMs / 1000))}`,
    );
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function toServerClient(connection: PoolConnection): ServerClient {
  return {
    query: async (text, values) => toResult((await connection.query(text, [...values]))[0]),
    queryValues: async (text, values) => {
      const [rows] = await connection.query({ sql: text, rowsAsArray: true, values: [...values] });
      return rows as unknown[][];
    },
    release: (broken) => (broken ? connection.destroy() : connection.release()),
  };
}

function toResult(result: unknown): QueryResult<unknown> {
  if (Array.isArray(result)) return { rows: result };
  const affected =
    typeof result === 'object' && result !== null && 'affectedRows' in result ? result.affectedRows : 0;
  return { rows: [], numAffectedRows: BigInt(Number(affected)) };
}

async function createIfMissing(pool: ServerPool, database: string, settings: PoolOptions): Promise<void> {
  try {
    (await pool.connect()).release(false);
  } catch (error) {
    if (mysqlFault(error) !== 'missing') throw error;
    const { database: _, connectionLimit: __, ...server } = settings;
    const connection = await mysql.createConnection(server);
    try {
      const name = mysql.escapeId(database, true);
      await connection.query(`create database if not exists ${name} character set utf8mb4`);
    } finally {
      await connection.end();
    }
  }
}

async function readFlavour(pool: ServerPool): Promise<Flavour> {
  const client = await pool.connect();
  let broken = true;
  try {
    const [[version]] = [await client.queryValues(`select version()`, [])];
    const wsrep = await client.queryValues(`show session variables like 'wsrep_on'`, []);
    broken = false;
    return { collation: collationOf(String(version?.[0])), isClustered: wsrep[0]?.[1] === 'ON' };
  } finally {
    client.release(broken);
  }
}

// By code points, and without taking "a" and "a " for the same, under the name that each server has for it.
function collationOf(version: string): string {
  if (/mariadb/i.test(version)) return 'utf8mb4_nopad_bin';
  return /tidb/i.test(version) ? 'utf8mb4_bin' : 'utf8mb4_0900_bin';
}

async function insertRows(tx: Kysely<Schema>, table: string, rows: readonly object[]): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  const places = `(${names.map(() => '?').join(', ')})`;
  for (let start = 0; start < rows.length; start += rowsOfInsert) {
    const some = rows.slice(start, start + rowsOfInsert);
    const text = `insert into ${table} (${names.join(', ')}) values ${some.map(() => places).join(', ')}`;
    await tx.executeQuery(
      CompiledQuery.raw(
        text,
        some.flatMap((row) => Object.values(row)),
      ),
    );
  }
}

// What a statement that had been done before it was recorded meets: table, column, index and trigger are there, or
// are gone, or the row is there.
const doneCodes = [
  ...['ER_TABLE_EXISTS_ERROR', 'ER_DUP_FIELDNAME', 'ER_DUP_KEYNAME', 'ER_TRG_ALREADY_EXISTS', 'ER_DUP_ENTRY'],
  ...['ER_BAD_TABLE_ERROR', 'ER_UNKNOWN_TABLE', 'ER_CANT_DROP_FIELD_OR_KEY', 'ER_TRG_DOES_NOT_EXIST'],
];
// Triggers want a right of their own where changes are logged, and some servers have none.
const noTriggers = ['ER_BINLOG_CREATE_ROUTINE_NEED_SUPER', 'ER_NOT_SUPPORTED_YET', 'ER_PARSE_ERROR'].concat([
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
]);

function mysqlDialect(place: string, { collation, isClustered }: Flavour): Dialect {
  return {
    spelling: {
      database: 'mysql',
      table: ` engine=InnoDB default charset=utf8mb4 collate=${collation}`,
      longText: 'longtext',
      bigInteger: 'bigint',
    },
    maxParameters: 65_535,
    transactionalSchema: false,
    headLock: isClustered ? 'write' : 'row',
    schemaStatement: (statement) => statement,
    lockSchema: async (tx) => {
      const { rows } = await sql<{ got: number }>`select get_lock(${schemaLock}, 60) as got`.execute(tx);
      if (Number(rows[0]?.got) !== 1) {
        throw new AuthctlError('database-busy', `somebody else has been migrating ${place} for a minute`, {
          hint: 'try again when that is done',
        });
      }
      return {
        release: async () => {
          // A connection that is gone has let go of it, and must not hide why it went.
          await sql`select release_lock(${schemaLock})`.execute(tx).catch(() => {});
        },
      };
    },
    lower: (column) => sql<string>`lower(${sql.ref(column)})`,
    uniqueViolation: (error) =>
      codeOf(error) === 'ER_DUP_ENTRY' && error instanceof Error
        ? (/for key '([^']*)'/.exec(error.message)?.[1] ?? '')
        : undefined,
    isMissingTable: (error) => codeOf(error) === 'ER_NO_SUCH_TABLE',
    isDoneAlready: (error) => doneCodes.includes(codeOf(error) ?? ''),
    mayFail: (statement, error) =>
      /^create trigger/.test(statement) && noTriggers.includes(codeOf(error) ?? ''),
    isCommitUnknown: (error) => error instanceof CommitUnknown,
    explain: (error) => explainMysql(error, place),
  };
}
