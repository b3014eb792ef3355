import {
  CompiledQuery,
  type Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
  type QueryResult,
  sql,
} from 'kysely';
import pg from 'pg';
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
import { copyIn, copyStart, copyText } from './copy.ts';
import {
  explainPostgres,
  isPostgresConflict,
  isPostgresInDoubt,
  isPostgresLost,
  postgresFault,
  Standby,
} from './errors.ts';
import { checkOptions, poolOptions } from './options.ts';

/** Milliseconds for which a server is waited for, unless the operator says otherwise. */
const defaultTimeoutMs = 30_000;
/** Rows that may have to be written again after a conflict; they are kept until they are committed. */
const rowsOfTransaction = 5000;

/** Opens a PostgreSQL database, or one that speaks its protocol. Connects when the first query comes. */
export async function openPostgres(location: string, options: OpenOptions): Promise<Connection> {
  const urls = eachHost(location);
  const targets = urls.map(readServerUrl);
  for (const target of targets) checkOptions(target.options);
  const database = describeDatabase('PostgreSQL', targets, 5432);
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const classes = { isLost: isPostgresLost, isConflict: isPostgresConflict, isInDoubt: isPostgresInDoubt };
  const resilience = new Resilience(classes, timeoutMs);
  const pool = postgresPool(urls, options.password, timeoutMs);
  const { db, selectValues } = serverDatabase(pool, resilience, {
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  });
  const dialect = postgresDialect(database);
  if (options.create) {
    try {
      await resilience.attempt(() => createIfMissing(pool, urls, options.password, timeoutMs, database));
    } catch (error) {
      await pool.end();
      throw dialect.explain(error) ?? error;
    }
  }
  return {
    db,
    dialect,
    attempt: (work) => resilience.attempt(work),
    repeats: true,
    bulkInsert: insertRows,
    selectValues,
    inspector: async () => (await import('./checks.ts')).postgresInspector(db, targets),
    close: () => db.destroy(),
  };
}

function postgresPool(urls: readonly string[], password: string | undefined, timeoutMs: number): ServerPool {
  const pools = urls.map((url): ServerPool => {
    const pool = new pg.Pool({ ...poolOptions(url, password, timeoutMs), Client: ClosingClient });
    // A connection that breaks while nobody uses it is replaced when somebody does.
    pool.on('error', () => {});
    const prepared = new WeakSet<pg.PoolClient>();
    const connect = async () => {
      const client = await pool.connect();
      if (!prepared.has(client)) {
        await prepare(client, urls.length > 1);
        prepared.add(client);
      }
      return toServerClient(client);
    };
    return { connect, end: () => pool.end() };
  });
  return failover(pools, isPostgresLost);
}

/**
 * Closes the connection where logging in fails. The driver leaves it open when it has no password to answer with, and
 * the server waits for one: up to a minute, in which no database can be dropped.
 */
class ClosingClient extends pg.Client {
  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error | null, client?: pg.Client) => void): void;
  // biome-ignore lint/suspicious/noConfusingVoidType: the driver's own signature
  override connect(callback?: (error: Error | null, client?: pg.Client) => void): Promise<pg.Client> | void {
    const connected = super.connect().catch((error: Error) => {
      void this.end();
      throw error;
    });
    if (callback === undefined) return connected;
    connected.then((client) => callback(null, client), callback);
  }
}

// A server may be set to acknowledge commits before they are on the disk.
const sessionStart = `select pg_is_in_recovery() as standby, case current_setting('synchronous_commit')
  when 'off' then set_config('synchronous_commit', 'on', false) end`;

async function prepare(client: pg.PoolClient, hasOthers: boolean): Promise<void> {
  client.on('error', () => {});
  try {
    const { rows } = await client.query<{ standby: boolean }>(sessionStart);
    if (hasOthers && rows[0]?.standby) throw new Standby('the server is a standby');
  } catch (error) {
    client.release(true);
    throw error;
  }
}

function toServerClient(client: pg.PoolClient): ServerClient {
  return {
    query: async (text, values) =>
      text.startsWith(copyStart)
        ? copyIn(client, text, String(values[0]))
        : toResult(await client.query(text, [...values])),
    queryValues: async (text, values) =>
      (await client.query({ text, values: [...values], rowMode: 'array' })).rows,
    release: (broken) => client.release(broken),
  };
}

function toResult({ command, rowCount, rows }: pg.QueryResult): QueryResult<unknown> {
  const writes = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE';
  return { rows, ...(writes && { numAffectedRows: BigInt(rowCount ?? 0) }) };
}

async function createIfMissing(
  pool: ServerPool,
  urls: readonly string[],
  password: string | undefined,
  timeoutMs: number,
  database: string,
): Promise<void> {
  try {
    await requireSupported(pool, database);
  } catch (error) {
    if (postgresFault(error) !== 'missing') throw error;
    // Every server has this database, for just this.
    const servers = postgresPool(urls.map(ofServer), password, timeoutMs);
    try {
      await requireSupported(servers, database);
      const name = pg.escapeIdentifier(readServerUrl(urls[0] ?? '').database);
      await runAlone(servers, `create database ${name} template template0 encoding 'UTF8'`);
    } catch (failure) {
      // Somebody else was faster.
      if (!['42P04', '23505'].includes(codeOf(failure) ?? '')) throw failure;
    } finally {
      await servers.end();
    }
  }
}

function ofServer(url: string): string {
  const server = new URL(url);
  server.pathname = '/postgres';
  return server.href;
}

/** Rows from which on it is worth to ask for a stream of them, which takes a turn to the server and back. */
const rowsOfCopy = 20;

async function insertRows(tx: Kysely<Schema>, table: string, rows: readonly object[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  if (rows.length < rowsOfCopy) {
    await tx
      .insertInto(table as keyof Schema)
      .values(rows as never)
      .execute();
    return;
  }
  const text = `${copyStart}${table} (${Object.keys(first).join(', ')}) from stdin`;
  await tx.executeQuery(CompiledQuery.raw(text, [copyText(rows)]));
}

function postgresDialect(database: string): Dialect {
  return {
    spelling: { database: 'postgres', table: '', longText: 'text', bigInteger: 'bigint' },
    transactionalSchema: true,
    headLock: 'row',
    rowsOfTransaction,
    // Otherwise texts are ordered by the locale of the database, and elsewhere by their bytes.
    schemaStatement: (statement) =>
      /^create table|^alter table/.test(statement)
        ? statement.replace(/\b(varchar\(\d+\)|text)(?=[\s,)])/g, '$1 collate "C"')
        : statement,
    lockSchema: async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('authctl migrate'))`.execute(tx);
      return { release: async () => {} };
    },
    // Columns are collated by bytes, which knows the case of ASCII alone.
    lower: (column) => sql<string>`lower(${sql.ref(column)} collate "und-x-icu")`,
    uniqueViolation: (error) =>
      codeOf(error) === '23505' && error instanceof pg.DatabaseError ? (error.constraint ?? '') : undefined,
    isMissingTable: (error) => codeOf(error) === '42P01',
    isDoneAlready: () => false,
    mayFail: () => false,
    isCommitUnknown: (error) => error instanceof CommitUnknown,
    explain: (error) => explainPostgres(error, database),
  };
}
