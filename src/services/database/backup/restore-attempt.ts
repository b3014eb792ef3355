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
  readSummary,
  Store,
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
  async run(options: BackupOptions): Promise<Contents | undefined> {
    const { database, previous } = this.#parts;
    const candidate = createPart(database);
    try {
      const contents = await this.#locked(candidate, options);
      if (contents) settle(database);
      else previous?.takeBack();
      return contents;
    } catch (error) {
      // What failed in the middle may have happened; then the kept database is the only one of its kind.
      if (!this.#hasBegun || isInterruption(error)) previous?.takeBack();
      throw error;
    } finally {
      discardDatabase(candidate);
    }
  }

  async #locked(candidate: string, options: BackupOptions): Promise<Contents | undefined> {
    const { database, staged, backup, previous, agreed } = this.#parts;
    const lock = new WriterLock(database, this.#context.timeoutMs);
    try {
      const replaced = await reading(database, readSummary);
      if (agreed && agreed.headHash !== replaced.headHash) throw changedMeanwhile(database);
      if (previous) await copySqlite(database, previous.written, { signal: options.signal });
      await copyContents(staged, candidate, options.signal);
      const { seq, hash } = await this.#announce(candidate, replaced);
      const contents = { ...backup, events: seq, headHash: hash };
      makeSingleFile(candidate);
      previous?.finish();
      lock.release();
      this.#hasBegun = true;
      const isDone = await replaceContents(database, candidate, lock, options);
      return isDone && (await this.#holds(contents)) ? contents : undefined;
    } finally {
      lock.close();
    }
  }

  /** Writes into what is to be restored that it is, and in the place of what. Gives the head of its log. */
  async #announce(candidate: string, { users, events, headHash }: DatabaseSummary): Promise<AuditHead> {
    const detail = { replacedUsers: users, replacedEvents: events, replacedHead: headHash };
    return reading(candidate, async (connection) => {
      const store = this.#store(connection);
      await store.transaction(this.#context.caller, async (tx) => tx.audit({ action: 'db.restore', detail }));
      return store.events.head();
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
