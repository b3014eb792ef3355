import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Call } from '../../../domain/call.ts';
import { AuthctlError } from '../../../domain/errors.ts';
import { isInterruption } from '../../../io/interruption.ts';
import { copyContents, createPart, syncFile, syncFolder } from '../../../io/private-file.ts';
import {
  type BackupOptions,
  type Connection,
  copySqlite,
  foldLog,
  makeSingleFile,
  replaceContents,
  WriterLock,
} from '../../../store/dialects/index.ts';
import {
  type AuditHead,
  type DatabaseSummary,
  openConnection,
  readLedger,
  readSummary,
  Store,
  type Transaction,
} from '../../../store/index.ts';
import { type BackupFile, discardDatabase } from './backup-file.ts';
import type { Contents } from './contents.ts';

/** What restoring works with. */
export interface RestoreContext {
  caller: Call;
  /** Milliseconds for which a writer is waited for. */
  timeoutMs: number;
  now(): Date;
}

interface Parts {
  /** File of the database. */
  database: string;
  /** A copy of the backup that has been verified, beside the database. */
  staged: string;
  backup: Contents;
  /** Where the database is to be kept, if there is anything to keep. */
  previous: BackupFile | undefined;
  /** What was agreed to be replaced, where somebody was asked. */
  agreed: DatabaseSummary | undefined;
}

/** What a restore has ended: a backup may hold sessions that were revoked since, and tokens that were used since. */
export interface EndedAccess {
  sessions: number;
  tokens: number;
}

/** The contents of the database after a restore. */
export interface Restored {
  contents: Contents;
  ended: EndedAccess;
}

/** One try to put a backup into the place of a database, from the state in which that is now. */
export class RestoreAttempt {
  readonly #parts: Parts;
  readonly #context: RestoreContext;
  #hasBegun = false;

  constructor(parts: Parts, context: RestoreContext) {
    this.#parts = parts;
    this.#context = context;
  }

  /**
   * Gives what the database holds then, or `undefined` when another program has written in between; nothing is
   * changed and nothing kept then. Throws `database-busy`, `changed-meanwhile` and `interrupted`.
   */
  async run(options: BackupOptions): Promise<Restored | undefined> {
    const { database, previous } = this.#parts;
    const candidate = createPart(database);
    try {
      const restored = await this.#locked(candidate, options);
      if (restored) settle(database);
      else previous?.takeBack();
      return restored;
    } catch (error) {
      // What failed in the middle may have happened; then the kept database is the only one of its kind.
      if (this.#hasBegun && !isInterruption(error)) throw withKept(error, previous);
      previous?.takeBack();
      throw error;
    } finally {
      discardDatabase(candidate);
    }
  }

  async #locked(candidate: string, options: BackupOptions): Promise<Restored | undefined> {
    const { database, staged, backup, previous, agreed } = this.#parts;
    const lock = new WriterLock(database, this.#context.timeoutMs);
    try {
      const replaced = await reading(database, readSummary);
      if (agreed && agreed.headHash !== replaced.headHash) throw changedMeanwhile(database);
      if (previous) await copySqlite(database, previous.written, { signal: options.signal });
      await copyContents(staged, candidate, options.signal);
      const { head, ended } = await this.#announce(candidate, replaced);
      const contents = { ...backup, events: head.seq, headHash: head.hash };
      makeSingleFile(candidate);
      previous?.finish();
      lock.release();
      this.#hasBegun = true;
      const isDone = await replaceContents(database, candidate, lock, options);
      return isDone && (await this.#holds(contents)) ? { contents, ended } : undefined;
    } finally {
      lock.close();
    }
  }

  /**
   * Prepares the candidate: ends what must not come back from a backup, and appends the event of the restore. Gives the
   * head of its log.
   */
  async #announce(
    candidate: string,
    { users, events, headHash }: DatabaseSummary,
  ): Promise<{ head: AuditHead; ended: EndedAccess }> {
    return reading(candidate, async (connection) => {
      const ledger = await readLedger(connection.db, connection.dialect);
      const store = this.#store(connection);
      const ended = await store.transaction(this.#context.caller, async (tx) => {
        const access = await endAccess(tx, [...(ledger?.keys() ?? [])]);
        tx.audit({
          action: 'db.restore',
          detail: {
            replacedUsers: users,
            replacedEvents: events,
            replacedHead: headHash,
            endedSessions: access.sessions,
            endedTokens: access.tokens,
          },
        });
        return access;
      });
      return { head: await store.events.head(), ended };
    });
  }

  // SQLite may find only at the very end that it cannot commit, which better-sqlite3 does not tell.
  async #holds({ events, headHash }: Contents): Promise<boolean> {
    return reading(this.#parts.database, async (connection) => {
      const [row] = await this.#store(connection).events.page({}, { after: events - 1, limit: 1 });
      return row?.hash === headHash;
    });
  }

  #store(connection: Connection): Store {
    return new Store(connection, this.#context.now);
  }
}

/** Ends all sessions, tokens and attempts. `migrations` are the applied ones: an old backup lacks some of the tables. */
async function endAccess(tx: Transaction, migrations: readonly string[]): Promise<EndedAccess> {
  const has = (end: string) => migrations.some((name) => name.endsWith(end));
  if (has('-login-attempts')) await tx.attempts.deleteAll();
  return {
    sessions: has('-sessions') ? await tx.sessions.deleteAll() : 0,
    tokens: has('-one-time-tokens') ? await tx.tokens.deleteAll() : 0,
  };
}

/** An error after which nobody knows whether the database was replaced: it says where the old one is kept. */
function withKept(error: unknown, previous: BackupFile | undefined): unknown {
  if (!(error instanceof AuthctlError) || !previous) return error;
  return new AuthctlError(error.code, error.message, {
    hint: `authctl db info tells whether it was replaced; what it held is kept as ${previous.path}`,
    details: { ...error.details, previous: previous.path },
    cause: error,
  });
}

async function reading<T>(file: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await openConnection(file, { create: false, timeoutMs: undefined });
  try {
    return await work(connection);
  } catch (error) {
    throw connection.dialect.explain(error) ?? error;
  } finally {
    await connection.close();
  }
}

// Committing by way of a backup waits for no disk. Nothing of SQLite may be open here: closing a file takes away the
// locks that this process has on it.
function settle(file: string): void {
  foldLog(file);
  for (const path of [file, `${file}-wal`]) if (existsSync(path)) syncFile(path);
  syncFolder(dirname(file));
}

const changedMeanwhile = (database: string): AuthctlError =>
  new AuthctlError('changed-meanwhile', `the database ${database} has changed since you were asked`, {
    hint: 'nothing was replaced; repeat the command',
  });
