import Database from 'better-sqlite3';
import { requireGoingOn } from '../../../io/interruption.ts';
import { type BackupOptions, pagesOfStep } from './backup.ts';
import { explained, explainSqlite } from './errors.ts';

/** Keeps all writers of a database waiting, and tells whether one came in after it let them go. */
export class WriterLock {
  readonly #file: string;
  readonly #database: Database.Database;
  readonly #version: unknown;

  /**
   * Throws `database-busy` when the lock is not to be had.
   *
   * @param timeoutMs milliseconds for which another writer is waited for
   */
  constructor(file: string, timeoutMs: number) {
    this.#file = file;
    this.#database = explained(file, () => new Database(file, { fileMustExist: true, timeout: timeoutMs }));
    try {
      explained(file, () => this.#database.exec('begin immediate'));
      this.#version = this.#readVersion();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  release(): void {
    if (this.#database.inTransaction) this.#database.exec('rollback');
  }

  /** Whether nobody has committed anything since the lock was taken. */
  isUnchanged(): boolean {
    return this.#readVersion() === this.#version;
  }

  close(): void {
    this.#database.close();
  }

  // Differs as soon as another connection has committed (https://www.sqlite.org/pragma.html#pragma_data_version).
  #readVersion(): unknown {
    return explained(this.#file, () => this.#database.pragma('data_version', { simple: true }));
  }
}

class Changed extends Error {}

/**
 * Puts what `source` holds in the place of everything in `file`, which keeps a write-ahead log, in one transaction:
 * who has the file open sees what was there before, or all of the new. Gives whether it was done; it was not when
 * somebody writes, or `lock`, which must have been released, tells that somebody has written. Throws `interrupted`.
 */
export async function replaceContents(
  file: string,
  source: string,
  lock: WriterLock,
  { signal, onProgress }: BackupOptions,
): Promise<boolean> {
  const database = new Database(source, { readonly: true });
  try {
    const { totalPages } = await database.backup(file, {
      progress: ({ totalPages, remainingPages }) => {
        requireGoingOn(signal);
        // From its first step, before which it has copied nothing, it keeps all writers out.
        if (remainingPages === totalPages && !lock.isUnchanged()) throw new Changed();
        onProgress?.(totalPages - remainingPages, totalPages);
        return pagesOfStep;
      },
    });
    // So better-sqlite3 ends when the file was busy at the first step.
    return totalPages > 0;
  } catch (error) {
    if (error instanceof Changed) return false;
    throw explainSqlite(error, file) ?? error;
  } finally {
    database.close();
  }
}

/** Folds the log into the file, as far as nobody reads from it. */
export function foldLog(file: string): void {
  explained(file, () => {
    const database = new Database(file, { fileMustExist: true });
    try {
      database.pragma('wal_checkpoint(truncate)');
    } finally {
      database.close();
    }
  });
}
