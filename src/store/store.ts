import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kysely } from 'kysely';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { Call } from '../domain/call.ts';
import type { AuthctlError } from '../domain/errors.ts';
import type { Connection } from './dialects/index.ts';
import { AuditRepository } from './repositories/audit.ts';
import { AuditAppender } from './repositories/audit-appender.ts';
import { ImportRepository } from './repositories/imports.ts';
import { LoginAttemptRepository } from './repositories/login-attempts.ts';
import { OneTimeTokenRepository } from './repositories/one-time-tokens.ts';
import { PasswordHistoryRepository } from './repositories/password-history.ts';
import { SessionRepository } from './repositories/sessions.ts';
import { SettingsRepository } from './repositories/settings.ts';
import { UserExportRepository } from './repositories/users/export.ts';
import { UserSelectionRepository } from './repositories/users/selections.ts';
import { UserRepository } from './repositories/users/users.ts';
import type { Schema } from './schema/types.ts';
import { TableReader } from './transfer/table-reader.ts';

/** The tables, inside or outside of a transaction. */
export interface Repositories {
  readonly users: UserRepository;
  readonly selections: UserSelectionRepository;
  readonly settings: SettingsRepository;
  readonly attempts: LoginAttemptRepository;
  readonly passwordHistory: PasswordHistoryRepository;
  readonly sessions: SessionRepository;
  readonly tokens: OneTimeTokenRepository;
  readonly imports: ImportRepository;
  readonly events: AuditRepository;
}

/** What a transaction reaches. */
export interface Transaction extends Repositories {
  /** Appends an event that commits with the transaction, or not at all. */
  audit(entry: AuditEntry): void;
  /** Writes the events that wait for the end of the transaction, for those who append very many. */
  flush(): Promise<void>;
}

/** What can be read while all writers wait. */
export interface Held {
  readonly events: AuditRepository;
  readonly tables: TableReader;
}

const inTransaction = new AsyncLocalStorage<true>();

/** One open database: its tables, and transactions on behalf of any caller. */
export class Store {
  readonly #connection: Connection;
  readonly #repositories: Repositories;
  readonly #now: () => Date;

  constructor(connection: Connection, now: () => Date) {
    this.#connection = connection;
    this.#now = now;
    this.#repositories = repositories(connection.db, connection);
  }

  get users(): UserRepository {
    return this.#outside().users;
  }
  get selections(): UserSelectionRepository {
    return this.#outside().selections;
  }
  get settings(): SettingsRepository {
    return this.#outside().settings;
  }
  get attempts(): LoginAttemptRepository {
    return this.#outside().attempts;
  }
  get passwordHistory(): PasswordHistoryRepository {
    return this.#outside().passwordHistory;
  }
  get sessions(): SessionRepository {
    return this.#outside().sessions;
  }
  get tokens(): OneTimeTokenRepository {
    return this.#outside().tokens;
  }
  get imports(): ImportRepository {
    return this.#outside().imports;
  }
  get events(): AuditRepository {
    return this.#outside().events;
  }
  /** Users to be read in bulk; a transaction has no use for them. */
  get exports(): UserExportRepository {
    this.#outside();
    return new UserExportRepository(this.#connection.db, this.#connection);
  }

  /** Whether a transaction may be run more than once. */
  get repeats(): boolean {
    return this.#connection.repeats;
  }

  /** Rows that one transaction should write at most, each with its event. */
  get rowsOfTransaction(): number {
    return this.#connection.dialect.rowsOfTransaction;
  }

  // With SQLite's one connection, a query beside the transaction would wait for its end for ever.
  #outside(): Repositories {
    if (inTransaction.getStore()) throw new Error('inside a transaction only its own tables can be reached');
    return this.#repositories;
  }

  /**
   * Runs `work` in one writing transaction of a call: all of it commits with its audit events, or nothing does. It
   * holds the head of the audit chain from its start, so writers follow one another. Nothing but work on the database
   * may be awaited inside, and it leaves no trace outside: after a conflict or a lost connection it is run again, as
   * the same part of the same call.
   */
  async transaction<T>(call: Call, work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#outside();
    const part = call.nextPart();
    return this.#connection.attempt(() => this.#once(call, part, work));
  }

  /** What an error of the database means to the caller; `undefined` when it is a bug. */
  explain(error: unknown): AuthctlError | undefined {
    return this.#connection.dialect.explain(error);
  }

  /**
   * Keeps all writers waiting while `work` reads the tables as they are: one transaction that holds the head of the
   * audit chain, and that is not repeated. Unlike in others, `work` may wait for another database, page by page: a
   * server ends a transaction in which nothing happens for a minute.
   */
  async hold<T>(work: (held: Held) => Promise<T>): Promise<T> {
    this.#outside();
    const { db, dialect } = this.#connection;
    try {
      return await db.transaction().execute((tx) =>
        inTransaction.run(true, async () => {
          const events = new AuditRepository(tx);
          await events.lockHead(dialect);
          return work({ events, tables: new TableReader(tx) });
        }),
      );
    } catch (error) {
      // It has changed nothing, so there is no doubt over what it has.
      throw dialect.isCommitUnknown(error) && error instanceof Error ? error.cause : error;
    }
  }

  async #once<T>(call: Call, part: number, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const { db, dialect } = this.#connection;
    let done: { result: T; appender: AuditAppender } | undefined;
    try {
      return await db.transaction().execute((tx) =>
        inTransaction.run(true, async () => {
          const tables = repositories(tx, this.#connection);
          const head = await tables.events.lockHead(dialect);
          const appender = new AuditAppender(tx, this.#connection, call, part, head);
          const audit = (entry: AuditEntry) => appender.append(entry, this.#now());
          const result = await work({ ...tables, audit, flush: () => appender.flush() });
          await appender.flush();
          done = { result, appender };
          return result;
        }),
      );
    } catch (error) {
      if (!done || !dialect.isCommitUnknown(error)) throw error;
      if (await this.#hasCommitted(done.appender, error)) return done.result;
      throw causeOf(error);
    }
  }

  /**
   * Finds out whether a commit whose answer was lost has happened: its first event is there, or another one in its
   * place, or none. One that wrote no event leaves nothing that must not be done twice. Throws `unknown` where the
   * database cannot be asked in time.
   */
  async #hasCommitted({ first }: AuditAppender, unknown: unknown): Promise<boolean> {
    if (first === undefined) return false;
    const { db, dialect } = this.#connection;
    const ask = () =>
      db.transaction().execute(async (tx) => {
        const events = new AuditRepository(tx);
        // A server may not have noticed yet that the connection is gone: while it commits it holds the head.
        await events.lockHead(dialect);
        return events.holds(first);
      });
    try {
      // Asking changes nothing that must not be changed twice.
      return await this.#connection.attempt(() =>
        ask().catch((error) => {
          throw dialect.isCommitUnknown(error) ? causeOf(error) : error;
        }),
      );
    } catch {
      throw unknown;
    }
  }

  /** Throws `database-damaged` if the schema is not what the applied migrations make. */
  async requireOwnSchema(): Promise<void> {
    const { requireOwnSchema } = await import('./schema/own-schema.ts');
    await requireOwnSchema(this.#connection);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

/** Why it is not known whether a commit was done; where it was not, this says whether to try again. */
const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : error);

function repositories(db: Kysely<Schema>, connection: Connection): Repositories {
  return {
    users: new UserRepository(db, connection),
    selections: new UserSelectionRepository(db, connection),
    settings: new SettingsRepository(db),
    attempts: new LoginAttemptRepository(db),
    passwordHistory: new PasswordHistoryRepository(db),
    sessions: new SessionRepository(db, connection),
    tokens: new OneTimeTokenRepository(db),
    imports: new ImportRepository(db),
    events: new AuditRepository(db),
  };
}
