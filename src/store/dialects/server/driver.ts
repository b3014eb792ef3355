import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
} from 'kysely';
import type { Schema } from '../../schema/types.ts';
import type { Resilience } from './resilience.ts';

/** One connection of a server's driver. */
export interface ServerClient {
  query(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>>;
  /** Rows as arrays of their values. */
  queryValues(sql: string, parameters: readonly unknown[]): Promise<unknown[][]>;
  /** Gives the connection back; a broken one is closed. */
  release(broken: boolean): void;
}

/** Connections of a server's driver. */
export interface ServerPool {
  connect(): Promise<ServerClient>;
  end(): Promise<void>;
}

/** Runs one statement on a connection that is given back however it ends: a pool waits for those that are not. */
export async function runAlone(pool: ServerPool, text: string): Promise<void> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query(text, []);
    broken = false;
  } finally {
    client.release(broken);
  }
}

/** A commit whose answer was lost, or is no answer: whether it was done, only the database can tell. */
export class CommitUnknown extends Error {
  constructor(cause: unknown) {
    super('nobody knows whether a commit was done', { cause });
  }
}

/** As the network has it, which any dialect takes for a lost connection. */
class NoAnswer extends Error {
  readonly code = 'ETIMEDOUT';
}

/** Gives up on a server that is there and does not answer, be it stopped or waiting for its cluster. */
async function answered<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}

class ServerConnection implements DatabaseConnection {
  readonly #pool: ServerPool;
  readonly #resilience: Resilience;
  #client: ServerClient | undefined;
  #inTransaction = false;

  constructor(pool: ServerPool, resilience: Resilience) {
    this.#pool = pool;
    this.#resilience = resilience;
  }

  async executeQuery<R>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<R>> {
    const { timeoutMs } = this.#resilience;
    const run = (ms?: number) => this.#using((client) => client.query(sql, parameters), ms);
    // A transaction is repeated as a whole, by the code that began it. A single read can be repeated here.
    const alone = !this.#inTransaction && query.kind === 'SelectQueryNode';
    return (alone ? await this.#resilience.attempt(() => run(timeoutMs)) : await run()) as QueryResult<R>;
  }

  values(sql: string, parameters: readonly unknown[]): Promise<unknown[][]> {
    return this.#resilience.attempt(() => this.#using((client) => client.queryValues(sql, parameters)));
  }

  /** What holds no lock and waits for none is given up after `ms` milliseconds, where the caller says so. */
  async #using<T>(work: (client: ServerClient) => Promise<T>, ms?: number): Promise<T> {
    this.#client ??= await this.#pool.connect();
    try {
      return await (ms === undefined ? work(this.#client) : answered(work(this.#client), ms));
    } catch (error) {
      if (this.#resilience.isLost(error)) this.release(true);
      throw error;
    }
  }

  // biome-ignore lint/correctness/useYield: nothing streams from a cursor; long reads are pages
  async *streamQuery(): AsyncGenerator<never> {
    throw new Error('queries are not streamed');
  }

  async begin(): Promise<void> {
    // Half of the time, so that there is some left for another host.
    await this.#using((client) => client.query('begin', []), this.#resilience.timeoutMs / 2);
    this.#inTransaction = true;
  }

  async commit(): Promise<void> {
    try {
      await this.#using((client) => client.query('commit', []), this.#resilience.timeoutMs);
    } catch (error) {
      throw this.#resilience.isInDoubt(error) ? new CommitUnknown(error) : error;
    }
    this.#inTransaction = false;
  }

  // Rolling back must not hide why: a connection that is gone has done it by that, one that cannot is closed.
  async rollback(): Promise<void> {
    this.#inTransaction = false;
    await this.#client?.query('rollback', []).catch(() => this.release(true));
  }

  release(broken = false): void {
    this.#client?.release(broken);
    this.#client = undefined;
  }
}

/** Kysely's driver of a server: connects when the first query comes, and repeats reads that failed for a while. */
class ServerDriver implements Driver {
  readonly #pool: ServerPool;
  readonly #resilience: Resilience;

  constructor(pool: ServerPool, resilience: Resilience) {
    this.#pool = pool;
    this.#resilience = resilience;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<ServerConnection> {
    return new ServerConnection(this.#pool, this.#resilience);
  }

  beginTransaction(connection: ServerConnection): Promise<void> {
    return connection.begin();
  }

  commitTransaction(connection: ServerConnection): Promise<void> {
    return connection.commit();
  }

  rollbackTransaction(connection: ServerConnection): Promise<void> {
    return connection.rollback();
  }

  async releaseConnection(connection: ServerConnection): Promise<void> {
    connection.release();
  }

  destroy(): Promise<void> {
    return this.#pool.end();
  }
}

/** Queries over the connections of a server. */
export function serverDatabase(
  pool: ServerPool,
  resilience: Resilience,
  parts: Pick<Dialect, 'createAdapter' | 'createQueryCompiler'>,
) {
  const db = new Kysely<Schema>({
    dialect: {
      ...parts,
      createDriver: () => new ServerDriver(pool, resilience),
      createIntrospector: () => {
        throw new Error('the schema is not introspected');
      },
    },
  });
  const selectValues = async <T extends readonly unknown[]>({ sql, parameters }: CompiledQuery) => {
    const connection = new ServerConnection(pool, resilience);
    try {
      // What a query selects is what its caller says.
      return (await connection.values(sql, parameters)) as unknown[] as T[];
    } finally {
      connection.release();
    }
  };
  return { db, selectValues };
}
