import type { CompiledQuery, Kysely } from 'kysely';
import type { Spelling } from '../../../migrations/index.ts';
import type { AuthctlError } from '../../domain/errors.ts';
import type { Schema } from '../schema.ts';

/** What an opened database offers beside its queries. */
export interface Connection {
  readonly db: Kysely<Schema>;
  readonly dialect: Dialect;
  /**
   * Writes many rows into one table inside the transaction that is open, faster than one statement a row.
   * All rows have the same keys.
   */
  bulkInsert<T extends keyof Schema>(tx: Kysely<Schema>, table: T, rows: readonly Schema[T][]): Promise<void>;
  /**
   * Reads rows outside of a transaction, each as the array of its values in the order of the query, which is
   * several times faster than objects. `T` is what the query selects.
   */
  selectValues<T extends readonly unknown[]>(query: CompiledQuery): Promise<T[]>;
  close(): Promise<void>;
}

/** A database that can be used: one entry of the registry in `index.ts`. */
export interface Dialect {
  readonly spelling: Spelling;
  /** Most values that one statement takes. */
  readonly maxParameters: number;
  /** Whether the error says that a unique index holds the value already; gives the index or columns. */
  uniqueViolation(error: unknown): string | undefined;
  /** What the database's error means to the caller; `undefined` when it is a bug. */
  explain(error: unknown): AuthctlError | undefined;
}

/** How a database is opened. */
export interface OpenOptions {
  /** Make the database when it is not there. */
  create: boolean;
  /** Milliseconds for which a busy database is waited for. */
  timeoutMs: number;
}

/** Opens the database that a URL or path names. */
export type Open = (location: string, options: OpenOptions) => Promise<Connection>;
