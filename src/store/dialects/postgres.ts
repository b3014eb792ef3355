import {
  CompiledQuery,
  type Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
  type QueryResult,
  sql,
} from 'kysely';
import pg from 'pg';
import type { Schema } from '../schema.ts';
import type { Connection, Dialect, OpenOptions } from './dialect.ts';
import { explainPostgres, isPostgresConflict, isPostgresLost, postgresFault } from './postgres-errors.ts';
import { connectMs, Resilience } from './resilience.ts';
import { CommitUnknown, type ServerClient, type ServerPool, serverDatabase } from './server-driver.ts';
import { codeOf } from './server-errors.ts';
import { placeOf, readServerUrl, type ServerLocation } from './server-location.ts';

/** Milliseconds for which a server is waited for, unless the operator says otherwise. */
const defaultTimeoutMs = 30_000;
/** Connections of one process at most. */
const mostConnections = 10;
/** A transaction whose program has stopped in the middle holds the head of the log no longer than this. */
const idleInTransactionMs = 60_000;
const int8 = 20;

/** Opens a PostgreSQL database, or one that speaks its protocol. Connects when the first query comes. */
export async function openPostgres(location: string, options: OpenOptions): Promise<Connection> {
  const target = readServerUrl(location);
  const place = placeOf('PostgreSQL', target, 5432);
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const resilience = new Resilience({ isLost: isPostgresLost, isConflict: isPostgresConflict }, timeoutMs);
  const pool = postgresPool(location, options.password, timeoutMs);
  const { db, selectValues } = serverDatabase(pool, resilience, {
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  });
  const dialect = postgresDialect(place);
  if (options.create) {
    try {
      await resilience.attempt(() => createIfMissing(pool, location, target, options.password, timeoutMs));
    } catch (error) {
      await pool.end();
      throw dialect.explain(error) ?? error;
    }
  }
  return {
    db,
    dialect,
    attempt: (work) => resilience.attempt(work),
    bulkInsert: insertColumns,
    selectValues,
    inspector: async () => (await import('./postgres-checks.ts')).postgresInspector(db, [target]),
    close: () => db.destroy(),
  };
}

function config(
  location: string,
  password: string | undefined,
  timeoutMs: number,
): pg.PoolConfig & pg.ClientConfig {
  return {
    connectionString: location,
    // A password of its own outdoes the one in the URL; without either the driver looks into ~/.pgpass.
    ...(password !== undefined && { password }),
    application_name: 'authctl',
    max: mostConnections,
    connectionTimeoutMillis: connectMs(timeoutMs),
    lock_timeout: timeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    keepAlive: true,
    // Whole numbers here stay below 2^53; the driver would give texts.
    types: { getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)) },
  };
}

function postgresPool(location: string, password: string | undefined, timeoutMs: number): ServerPool {
  const pool = new pg.Pool(config(location, password, timeoutMs));
  // A connection that breaks while nobody uses it is replaced when somebody does.
  pool.on('error', () => {});
  const prepared = new WeakSet<pg.PoolClient>();
  return {
    connect: async () => {
      const client = await pool.connect();
      if (!prepared.has(client)) await prepare(client);
      prepared.add(client);
      return toServerClient(client);
    },
    end: () => pool.end(),
  };
}

async function prepare(client: pg.PoolClient): Promise<void> {
  client.on('error', () => {});
  try {
    await client.query(durableCommits);
  } catch (error) {
    client.release(true);
    throw error;
  }
}

// A server may be set to acknowledge commits before they are on the disk.
const durableCommits = `select case current_setting('synchronous_commit')
  when 'off' then set_config('synchronous_commit', 'on', false) end`;

function toServerClient(client: pg.PoolClient): ServerClient {
  return {
    query: async (text, values) => toResult(await client.query(text, [...values])),
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
  location: string,
  { database }: ServerLocation,
  password: string | undefined,
  timeoutMs: number,
): Promise<void> {
  try {
    (await pool.connect()).release(false);
  } catch (error) {
    if (postgresFault(error) !== 'missing') throw error;
    // Every server has this database, for just this.
    const server = new URL(location);
    server.pathname = '/postgres';
    const client = new pg.Client(config(server.href, password, timeoutMs));
    client.on('error', () => {});
    await client.connect();
    try {
      await client.query(
        `create database ${pg.escapeIdentifier(database)} template template0 encoding 'UTF8'`,
      );
    } catch (failure) {
      // Somebody else was faster.
      if (!['42P04', '23505'].includes(codeOf(failure) ?? '')) throw failure;
    } finally {
      await client.end();
    }
  }
}

/** One array a column: the statement is the same for any number of rows, and as short. */
async function insertColumns(tx: Kysely<Schema>, table: string, rows: readonly object[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const names = Object.keys(first);
  const columns = names.map(() => [] as unknown[]);
  for (const row of rows) {
    let index = 0;
    for (const value of Object.values(row)) columns[index++]?.push(value);
  }
  const arrays = columns.map((values, index) => {
    const isNumber = values.some((value) => typeof value === 'number');
    return `$${index + 1}::${isNumber ? 'bigint' : 'text'}[]`;
  });
  const text = `insert into ${table} (${names.join(', ')}) select * from unnest(${arrays.join(', ')})`;
  await tx.executeQuery(CompiledQuery.raw(text, columns));
}

function postgresDialect(place: string): Dialect {
  return {
    spelling: { database: 'postgres', table: '', longText: 'text', bigInteger: 'bigint' },
    maxParameters: 65_535,
    transactionalSchema: true,
    headLock: 'row',
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
    explain: (error) => explainPostgres(error, place),
  };
}
