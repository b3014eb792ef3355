import { existsSync, realpathSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Who } from '../domain/audit-event.ts';
import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';
import type { Connection } from '../store/dialects/index.ts';
import type { CopyOptions } from '../store/dialects/sqlite-backup.ts';
import { copySqlite, makeSingleFile, requireGoingOn } from '../store/dialects/sqlite-backup.ts';
import { foldLog, replaceContents, WriterLock } from '../store/dialects/sqlite-replacement.ts';
import { openConnection, Store } from '../store/index.ts';
import { type Replaced, readReplaced } from '../store/replaced.ts';
import { type Contents, verifyContents } from './backup-contents.ts';
import { BackupFile, discardFile, newFile, requireBackup, syncPath } from './backup-file.ts';
import { moveAside, readTarget, type Target } from './restore-target.ts';

/** What a restore is about to do. */
export interface RestorePlan {
  database: string;
  backup: Contents;
  target: Target;
}

/** A backup that was restored. */
export interface RestoreReport {
  database: string;
  /** What the database holds now. */
  contents: Contents;
  /** Where the database is kept that was replaced; `null` where there was none. */
  previous: string | null;
}

export interface RestoreOptions extends CopyOptions {
  /** Asked before anything that holds something is replaced; throws to refuse. */
  agree?: ((plan: RestorePlan) => Promise<void>) | undefined;
}

interface Surroundings {
  caller: Who;
  /** Milliseconds for which a writer is waited for. */
  timeoutMs: number;
  now(): Date;
}

/** How often it is begun anew when another program writes in the moment between. */
const mostAttempts = 20;

/** Restores backups of a SQLite database. */
export class RestoreService {
  readonly #database: string;
  readonly #around: Surroundings;

  /** @param database its file */
  constructor(database: string, around: Surroundings) {
    // SQLite follows a link to the database, so what it leads to is what is replaced.
    this.#database = existsSync(database) ? realpathSync(database) : resolve(database);
    this.#around = around;
  }

  /**
   * Replaces the whole database by a backup, in one transaction, and keeps the replaced one beside it. Throws
   * `file-unusable`, `database-newer`, `database-damaged` and `audit-damaged` for the backup, `database-busy`,
   * `changed-meanwhile` and `interrupted`; a database that could be read is then as it was.
   */
  async restore(path: string, options: RestoreOptions): Promise<RestoreReport> {
    requireBackup(path, this.#database);
    const staged = newFile(this.#database);
    try {
      const backup = await this.#stage(path, staged);
      requireGoingOn(options.signal);
      const target = await readTarget(this.#database);
      const holds = target.state === 'holds' || target.state === 'unreadable';
      if (holds) await options.agree?.({ database: this.#database, backup, target });
      const agreed = options.agree && target.state === 'holds' ? target : undefined;
      requireGoingOn(options.signal);
      const moved = target.state === 'unreadable' ? this.#previousName() : null;
      if (moved !== null) moveAside(this.#database, moved);
      if (target.state !== 'holds') await this.#makeEmpty();
      for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
        const done = await this.#attempt(staged, { agreed, keeps: target.state === 'holds' }, options);
        if (done) return { ...done, previous: done.previous ?? moved };
      }
    } finally {
      discardFile(staged);
    }
    throw new AuthctlError('database-busy', `others write into the database ${this.#database} all the time`, {
      hint: 'nothing was changed; stop them and repeat the command',
    });
  }

  async #stage(path: string, staged: string): Promise<Contents> {
    try {
      await copyFile(path, staged);
      makeSingleFile(staged);
      return await verifyContents(staged, this.#around);
    } catch (error) {
      if (!(error instanceof AuthctlError)) throw error;
      const why = error.message.replaceAll(staged, path);
      throw new AuthctlError(error.code, `the backup ${quote(path)} cannot be restored: ${why}`, {
        hint: 'nothing was changed; use another backup',
        details: error.details,
        cause: error,
      });
    }
  }

  // A new file with a log, so that there is but one way to put something into a database.
  async #makeEmpty(): Promise<void> {
    await (await openConnection(this.#database, { create: true, timeoutMs: undefined })).close();
  }

  /**
   * One try, from the state in which the database is now. Gives `undefined` when another program has written in
   * between.
   */
  async #attempt(
    staged: string,
    { agreed, keeps }: { agreed: Replaced | undefined; keeps: boolean },
    options: RestoreOptions,
  ): Promise<RestoreReport | undefined> {
    const candidate = newFile(this.#database);
    const name = this.#previousName();
    const previous = keeps ? new BackupFile(name, { replace: false, database: this.#database }) : undefined;
    let contents: Contents | undefined;
    try {
      contents = await this.#replace(staged, { candidate, previous, agreed }, options);
    } finally {
      if (!contents) previous?.takeBack();
      discardFile(candidate);
    }
    if (!contents) return undefined;
    settle(this.#database);
    return { database: this.#database, contents, previous: previous?.path ?? null };
  }

  async #replace(
    staged: string,
    files: { candidate: string; previous: BackupFile | undefined; agreed: Replaced | undefined },
    options: RestoreOptions,
  ): Promise<Contents | undefined> {
    const { candidate, previous, agreed } = files;
    const lock = new WriterLock(this.#database, this.#around.timeoutMs);
    try {
      const replaced = await reading(this.#database, readReplaced);
      if (agreed && agreed.headHash !== replaced.headHash) throw changedMeanwhile(this.#database);
      if (previous) await copySqlite(this.#database, previous.written, { signal: options.signal });
      await copyFile(staged, candidate);
      const contents = await this.#announce(candidate, replaced);
      previous?.finish();
      lock.release();
      const done = await replaceContents(this.#database, candidate, lock, options);
      return done && (await this.#holds(contents)) ? contents : undefined;
    } finally {
      lock.close();
    }
  }

  /** Writes into what is to be restored that it is, and in the place of what. */
  async #announce(candidate: string, { users, events, headHash }: Replaced): Promise<Contents> {
    const { caller, now } = this.#around;
    const connection = await openConnection(candidate, { create: false, timeoutMs: undefined });
    try {
      const store = new Store(connection, caller, now);
      const detail = { replacedUsers: users, replacedEvents: events, replacedHead: headHash };
      await store.transaction(async (tx) => tx.audit({ action: 'db.restore', detail }));
    } finally {
      await connection.close();
    }
    makeSingleFile(candidate);
    return verifyContents(candidate, this.#around);
  }

  // SQLite may find only at the very end that it cannot commit, which better-sqlite3 does not tell.
  async #holds({ events, headHash }: Contents): Promise<boolean> {
    const { caller, now } = this.#around;
    return reading(this.#database, async (connection) => {
      const store = new Store(connection, caller, now);
      const [row] = await store.events.page({}, { after: events - 1, limit: 1 });
      return row?.hash === headHash;
    });
  }

  #previousName(): string {
    return `${this.#database}.replaced-${this.#around.now().toISOString().replaceAll(/[-:.]/g, '')}`;
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
// locks that it has on it.
function settle(file: string): void {
  foldLog(file);
  for (const path of [file, `${file}-wal`, dirname(file)]) if (existsSync(path)) syncPath(path);
}

const changedMeanwhile = (database: string): AuthctlError =>
  new AuthctlError('changed-meanwhile', `the database ${database} has changed since you were asked`, {
    hint: 'nothing was replaced; repeat the command',
  });
