import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AuthctlError } from '../../../domain/errors.ts';
import { requireGoingOn } from '../../../io/interruption.ts';
import { type BackupOptions, copySqlite } from '../../../store/dialects/index.ts';
import type { ServiceContext } from '../../context.ts';
import { BackupFile } from './backup-file.ts';
import { type Contents, verifyContents } from './contents.ts';

export { type RestorePlan, type RestoreReport, RestoreService } from './restores.ts';

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
  async backup(path: string, options: BackupOptions & { replace: boolean }): Promise<BackupReport> {
    const { store, caller } = this.#context;
    const file = new BackupFile(path, { replace: options.replace, database: this.#database });
    try {
      requireGoingOn(options.signal);
      await store.transaction(caller, async (tx) => tx.audit({ action: 'db.backup' }));
      await copySqlite(this.#database, file.written, options);
      const contents = await this.#verified(file.written);
      requireGoingOn(options.signal);
      file.finish();
      return { ...contents, file: resolve(path), bytes: statSync(path).size };
    } catch (error) {
      file.discard();
      throw error;
    }
  }

  // A copy is as good as what it was made of.
  async #verified(copy: string): Promise<Contents> {
    try {
      return await verifyContents(copy, this.#context);
    } catch (error) {
      if (!(error instanceof AuthctlError)) throw error;
      const why = error.message.replaceAll(copy, this.#database);
      throw new AuthctlError(error.code, `no backup was made: ${why}`, {
        hint: 'authctl db check tells more; earlier backups may be whole',
        details: error.details,
        cause: error,
      });
    }
  }
}
