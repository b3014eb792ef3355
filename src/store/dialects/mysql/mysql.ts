import { CompiledQuery, type Kysely, MysqlAdapter, MysqlQueryCompiler, type QueryResult, sql } from 'kysely';
import type { PoolConnection, PoolOptions } from 'mysql2/promise';
import mysql from 'mysql2/promise';
import type { Schema } from '../../schema/types.ts';
import type { Connection, Dialect, OpenOptions } from '../dialect.ts';
import {
  CommitUnknown,
  runAlone,
  type ServerClient,
  type ServerPool,
  serverDatabase,
} from '../server/driver.ts';
import { requireSupported } from '../server/engines.ts';
import { codeOf } from '../server/errors.ts';
import { failover } from '../server/failover.ts';
import { describeDatabase, eachHost, readServerUrl } from '../server/location.ts';
import { Resilience } from '../server/resilience.ts';
import { explainMysql, isMysqlConflict, isMysqlInDoubt, isMysqlLost, mysqlFault } from './errors.ts';
import { poolOptions } from './options.ts';
import { lockSchema } from './schema-lock.ts';

/** Milliseconds for which a server is waited for, unless the operator says otherwise. */
const defaultTimeoutMs = 30_000;
/** Rows of one insert: far below `max_allowed_packet`, which is 16 MB at least since MySQL 5.7. */
const rowsOfInsert = 1000;
/**
 * Users and events, 2 kB each, whose changes fit into one packet of Galera, by default 64 kB. Where a larger transaction is on
 * its way while a node dies, the others may wait for each other for ever.
 */
const rowsOfMessage = 25;
/** Rows that may have to be written again after a conflict; they are kept until they are committed. */
const rowsOfTransaction = 5000;

/** What differs between the servers that speak this protocol. */
interface Flavour {
  collation: string;
  /** A node of a Galera cluster. */
  isClustered: boolean;
}

/** Opens a MySQL or MariaDB database, or one that speaks their protocol. */
export async function openMysql(location: string, options: OpenOptions): Promise<Connection> {
  const targets = eachHost(location).map(readServerUrl);
  const database = describeDatabase('MySQL', targets, 3306);
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const classes = { isLost: isMysqlLost, isConflict: isMysqlConflict, isInDoubt: isMysqlInDoubt };
  const resilience = new Resilience(classes, timeoutMs);
  const session = new Session(timeoutMs);
  const settings = targets.map((target) => poolOptions(target, options.password, timeoutMs));
  const pool = mysqlPool(settings, session);
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      await pool.end();
      throw explainMysql(error, database) ?? error;
    }
  };
  if (options.create)
    await explained(resilience.attempt(() => createIfMissing(pool, settings, session, database)));
  const flavour = await explained(resilience.attempt(() => readFlavour(pool)));
  session.isClustered = flavour.isClustered;
  const { db, selectValues } = serverDatabase(pool, resilience, {
    createAdapter: () => new MysqlAdapter(),
    createQueryCompiler: () => new MysqlQueryCompiler(),
  });
  return {
    db,
    dialect: mysqlDialect(db, database, flavour),
    attempt: (work) => resilience.attempt(work),
    repeats: true,
    bulkInsert: insertRows,
    selectValues,
    inspector: async () => (await import('./checks.ts')).mysqlInspector(db, targets),
    close: () => db.destroy(),
  };
}

/** What is set on each connection before its first use. */
class Session {
  readonly #timeoutMs: number;
  readonly #prepared = new WeakMap<object, string>();
  isClustered = false;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  async prepare(connection: PoolConnection): Promise<void> {
    const text = this.#text();
    if (this.#prepared.get(connection.connection) === text) return;
    try {
      await connection.query(text);
    } catch (error) {
      connection.destroy();
      throw error;
    }
    this.#prepared.set(connection.connection, text);
  }

  #text(): string {
    const settings = [
      // Values are escaped by the driver, with backslashes; a mode in which those mean nothing would open a hole.
      `sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`,
      `innodb_lock_wait_timeout = ${Math.max(1, Math.ceil(this.#timeoutMs / 1000))}`,
      // A node answers when it has applied what the other nodes have acknowledged.
      ...(this.isClustered ? ['wsrep_sync_wait = 1'] : []),
    ];
    return `set session ${settings.join(', ')}`;
  }
}

function mysqlPool(hosts: readonly PoolOptions[], session: Session): ServerPool {
  const pools = hosts.map((options): ServerPool => {
    const pool = mysql.createPool(options);
    const connect = async () => {
      const connection = await pool.getConnection();
      await session.prepare(connection);
      return toServerClient(connection);
    };
    return { connect, end: () => pool.end() };
  });
  return failover(pools, isMysqlLost);
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

async function createIfMissing(
  pool: ServerPool,
  settings: readonly PoolOptions[],
  session: Session,
  database: string,
): Promise<void> {
  try {
    await requireSupported(pool, database);
  } catch (error) {
    if (mysqlFault(error) !== 'missing') throw error;
    const servers = mysqlPool(
      settings.map(({ database: _, ...server }) => server),
      session,
    );
    try {
      await requireSupported(servers, database);
      const name = mysql.escapeId(settings[0]?.database ?? '', true);
      await runAlone(servers, `create database if not exists ${name} character set utf8mb4`);
    } finally {
      await servers.end();
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

function mysqlDialect(db: Kysely<Schema>, database: string, { collation, isClustered }: Flavour): Dialect {
  return {
    spelling: {
      database: 'mysql',
      table: ` engine=InnoDB default charset=utf8mb4 collate=${collation}`,
      longText: 'longtext',
      bigInteger: 'bigint',
    },
    transactionalSchema: false,
    headLock: isClustered ? 'write' : 'row',
    rowsOfTransaction: isClustered ? rowsOfMessage : rowsOfTransaction,
    schemaStatement: (statement) => statement,
    lockSchema: (tx) => lockSchema(tx, database, isClustered ? db : undefined),
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
    explain: (error) => explainMysql(error, database),
  };
}
