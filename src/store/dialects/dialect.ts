import type { CompiledQuery, Kysely, RawBuilder } from 'kysely';
import type { Spelling } from '../../../migrations/index.ts';
import type { AuthctlError } from '../../domain/errors.ts';
import type { Schema } from '../schema/types.ts';
import type { Inspector } from './inspector.ts';

/** What an opened database offers beside its queries. */
export interface Connection {
  readonly db: Kysely<Schema>;
  readonly dialect: Dialect;
  /**
   * Runs `work`, and again from its start where the database says that it may succeed then: after a conflict with
   * another transaction, or with a new connection for one that was lost; for as long as the connection waits.
   */
  attempt<T>(work: () => Promise<T>): Promise<T>;
  /** Whether `attempt` may run its work more than once. */
  readonly repeats: boolean;
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
  /** What looks at this database from the inside; loaded when it is asked for. */
  inspector(): Promise<Inspector>;
  close(): Promise<void>;
}

/** A database that can be used: one entry of the registry in `index.ts`. */
export interface Dialect {
  readonly spelling: Spelling;
  /** Whether changes of the schema are part of a transaction; where not, each statement commits by itself. */
  readonly transactionalSchema: boolean;
  /**
   * How a transaction takes the head of the audit chain for itself: it has the database to itself from its start
   * (`whole`), locks the row (`row`), or must write the row, since in a cluster nothing else is seen on the other
   * nodes (`write`).
   */
  readonly headLock: 'whole' | 'row' | 'write';
  /**
   * Rows that one transaction should write at most, `Infinity` where it does not matter: the nodes of a cluster
   * take each transaction as one message.
   */
  readonly rowsOfTransaction: number;
  /** A migration's statement as this database takes it. */
  schemaStatement(statement: string): string;
  /** Keeps others from migrating until the transaction that is open ends or `release` is called. */
  lockSchema(tx: Kysely<Schema>): Promise<{ release(): Promise<void> }>;
  /** Lower case of a column's text, as `identityKey` has it as far as the database can. */
  lower(column: string): RawBuilder<string>;
  /** Whether the error says that a unique index holds the value already; gives the index or columns. */
  uniqueViolation(error: unknown): string | undefined;
  /** Whether the error says that a table is not there. */
  isMissingTable(error: unknown): boolean;
  /** Whether a statement that was begun before, and may have been done, fails because it was. */
  isDoneAlready(error: unknown): boolean;
  /** Whether a statement of a migration may fail so: guard rails that this server has not, or not for this user. */
  mayFail(statement: string, error: unknown): boolean;
  /** Whether a commit failed in a way that leaves open whether it was done. */
  isCommitUnknown(error: unknown): boolean;
  /** What the database's error means to the caller; `undefined` when it is a bug. */
  explain(error: unknown): AuthctlError | undefined;
}

/** How a database is opened. */
export interface OpenOptions {
  /** Make the database when it is not there. */
  create: boolean;
  /** Write nothing, not even how it is kept. For files of SQLite that are looked at. */
  readOnly?: boolean;
  /** Milliseconds for which a busy or unreachable database is waited for; what it is by itself when `undefined`. */
  timeoutMs: number | undefined;
  /** The password of a server's user, where it is not in the URL. */
  password?: string | undefined;
}

/** Opens the database that a URL or path names. */
export type Open = (location: string, options: OpenOptions) => Promise<Connection>;
