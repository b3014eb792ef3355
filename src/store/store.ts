import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kysely } from 'kysely';
import type { AuditEntry, Caller, Who } from '../domain/audit-event.ts';
import { newId } from '../domain/id.ts';
import { AuditRepository } from './audit.ts';
import { AuditAppender } from './audit-appender.ts';
import type { Connection } from './dialects/index.ts';
import { ImportRepository } from './imports.ts';
import { LoginAttemptRepository } from './login-attempts.ts';
import { OneTimeTokenRepository } from './one-time-tokens.ts';
import type { Schema } from './schema.ts';
import { SessionRepository } from './sessions.ts';
import { SettingsRepository } from './settings.ts';
import { UserExportRepository } from './user-export.ts';
import { UserRepository } from './users.ts';

/** The tables, inside or outside of a transaction. */
export interface Repositories {
  readonly users: UserRepository;
  readonly settings: SettingsRepository;
  readonly attempts: LoginAttemptRepository;
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

const inTransaction = new AsyncLocalStorage<true>();

/** One open database: its tables, and transactions over them. */
export class Store {
  readonly #connection: Connection;
  readonly #repositories: Repositories;
  readonly #who: Who;
  #caller: Caller | undefined;
  readonly #now: () => Date;
  #parts = 0;

  constructor(connection: Connection, who: Who, now: () => Date) {
    this.#connection = connection;
    this.#who = who;
    this.#now = now;
    this.#repositories = repositories(connection.db, connection);
  }

  get users(): UserRepository {
    return this.#outside().users;
  }
  get settings(): SettingsRepository {
    return this.#outside().settings;
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

  // With SQLite's one connection, a query beside the transaction would wait for its end for ever.
  #outside(): Repositories {
    if (inTransaction.getStore()) throw new Error('inside a transaction only its own tables can be reached');
    return this.#repositories;
  }

  /**
   * Runs `work` in one writing transaction: all of it commits with its audit events, or nothing does. It holds
   * the head of the audit chain from its start, so writers follow one another. Nothing but work on the database
   * may be awaited inside, and it leaves no trace outside: after a conflict or a lost connection it is run again.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#outside();
    this.#parts += 1;
    const part = this.#parts;
    this.#caller ??= { ...this.#who, requestId: newId() };
    const caller = this.#caller;
    return this.#connection.attempt(() => this.#once(work, caller, part));
  }

  async #once<T>(work: (tx: Transaction) => Promise<T>, caller: Caller, part: number): Promise<T> {
    const { db, dialect } = this.#connection;
    let done: { result: T; appender: AuditAppender } | undefined;
    try {
      return await db.transaction().execute((tx) =>
        inTransaction.run(true, async () => {
          const tables = repositories(tx, this.#connection);
          const head = await tables.events.lockHead(dialect);
          const appender = new AuditAppender(tx, this.#connection, caller, part, head);
          const audit = (entry: AuditEntry) => appender.append(entry, this.#now());
          const result = await work({ ...tables, audit, flush: () => appender.flush() });
          await appender.flush();
          done = { result, appender };
          return result;
        }),
      );
    } catch (error) {
      if (!done || !dialect.isCommitUnknown(error)) throw error;
      if (await this.#hasCommitted(done.appender, caller, part, error)) return done.result;
      throw error instanceof Error ? error.cause : error;
    }
  }

  /**
   * Finds out whether a commit whose answer was lost has happened: its first event is there, or another one in its
   * place, or none. One that wrote no event leaves nothing that must not be done twice. Throws `unknown` where the
   * database cannot be asked in time.
   */
  async #hasCommitted(
    { firstSeq }: AuditAppender,
    { requestId }: Caller,
    part: number,
    unknown: unknown,
  ): Promise<boolean> {
    if (firstSeq === undefined) return false;
    const { db, dialect } = this.#connection;
    let found: boolean | undefined;
    try {
      await this.#connection.attempt(() =>
        db.transaction().execute(async (tx) => {
          const events = new AuditRepository(tx);
          // A server may not have noticed yet that the connection is gone: while it commits it holds the head.
          await events.lockHead(dialect);
          found = await events.isOf(firstSeq, requestId, part);
        }),
      );
    } catch {
      // What was read is true, whatever became of the transaction that read it.
      if (found === undefined) throw unknown;
    }
    return found ?? false;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

function repositories(db: Kysely<Schema>, connection: Connection): Repositories {
  return {
    users: new UserRepository(db, connection),
    settings: new SettingsRepository(db),
    attempts: new LoginAttemptRepository(db),
    sessions: new SessionRepository(db, connection),
    tokens: new OneTimeTokenRepository(db),
    imports: new ImportRepository(db),
    events: new AuditRepository(db),
  };
}
