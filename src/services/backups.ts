import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CopyOptions } from '../store/dialects/sqlite-backup.ts';
import { copySqlite, requireGoingOn } from '../store/dialects/sqlite-backup.ts';
import { type Contents, verifyContents } from './backup-contents.ts';
import { BackupFile } from './backup-file.ts';
import type { ServiceContext } from './context.ts';

/** A backup that was made and verified. */
export interface BackupReport extends Contents {
  file: string;
  bytes: number;
}

/** Backups of a SQLite database. */
export class BackupService {
  readonly #context: ServiceContext;
  readonly #database: string;

  /** @param database its file */
  constructor(context: ServiceContext, database: string) {
    this.#context = context;
    this.#database = resolve(database);
  }

  /**
   * Copies the database into a new file while others go on writing: everything that was acknowledged before this is
   * called is in it, and the event that says so. Throws `file-exists`, `file-unusable`, `database-damaged`,
   * `audit-damaged` and `interrupted`; nothing is left then.
   */
  async backup(path: string, options: CopyOptions & { replace: boolean }): Promise<BackupReport> {
    const { store } = this.#context;
    const file = new BackupFile(path, { replace: options.replace, database: this.#database });
    try {
      requireGoingOn(options.signal);
      await store.transaction(async (tx) => tx.audit({ action: 'db.backup' }));
      await copySqlite(this.#database, file.written, options);
      const contents = await verifyContents(file.written, this.#context);
      requireGoingOn(options.signal);
      file.finish();
      return { ...contents, file: resolve(path), bytes: statSync(path).size };
    } catch (error) {
      file.discard();
      throw error;
    }
  }
}
