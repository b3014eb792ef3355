import Database from 'better-sqlite3';
import { requireGoingOn } from '../../../io/interruption.ts';
import { explained, explainSqlite, sqliteCode } from './errors.ts';

/** How a copy under way is watched and ended. */
export interface BackupOptions {
  signal: AbortSignal;
  /** Pages of the database. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Pages between two looks at the signal: 8 MB. */
export const pagesOfStep = 2000;

/**
 * Copies the database in one file into another one, as it is at one moment, while others write. The copy has
 * nothing beside it. Throws `interrupted`.
 */
export async function copySqlite(from: string, to: string, options: BackupOptions): Promise<void> {
  try {
    const source = new Database(from, { fileMustExist: true });
    try {
      // What is read from here on is one snapshot; otherwise each commit of another program would begin it anew.
      source.exec('begin');
      source.prepare('select count(*) from sqlite_schema').get();
      const { totalPages } = await source.backup(to, {
        progress: ({ totalPages, remainingPages }) => {
          requireGoingOn(options.signal);
          options.onProgress?.(totalPages - remainingPages, totalPages);
          return pagesOfStep;
        },
      });
      options.onProgress?.(totalPages, totalPages);
    } finally {
      source.close();
    }
    makeSingleFile(to);
  } catch (error) {
    const ofSource = /^SQLITE_(CORRUPT|NOTADB|BUSY)/.test(sqliteCode(error) ?? '');
    throw explainSqlite(error, ofSource ? from : to) ?? error;
  }
}

/** Folds what is beside a database that nobody else uses into its file. Throws what its errors mean. */
export function makeSingleFile(file: string): void {
  explained(file, () => {
    const database = new Database(file);
    try {
      database.pragma('journal_mode = delete');
    } finally {
      database.close();
    }
  });
}
