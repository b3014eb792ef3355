import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';
import { isInterruption, requireGoingOn } from '../../../io/interruption.ts';
import { copyContents, createPart } from '../../../io/private-file.ts';
import { type BackupOptions, makeSingleFile } from '../../../store/dialects/index.ts';
import { type DatabaseSummary, openConnection } from '../../../store/index.ts';
import { BackupFile, discardDatabase, requireBackup } from './backup-file.ts';
import { type Contents, verifyContents } from './contents.ts';
import { type EndedAccess, RestoreAttempt, type RestoreContext } from './restore-attempt.ts';
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
  ended: EndedAccess;
}

export interface RestoreOptions extends BackupOptions {
  /** Asked before anything that holds something is replaced; throws to refuse. */
  agree?: ((plan: RestorePlan) => Promise<void>) | undefined;
}

/** How often it is begun anew when another program writes in the moment between. */
const mostAttempts = 20;

/** Restores backups of a SQLite database. */
export class RestoreService {
  readonly #database: string;
  readonly #context: RestoreContext;

  /** @param database its file */
  constructor(database: string, context: RestoreContext) {
    // SQLite follows a link to the database, so what it leads to is what is replaced.
    this.#database = existsSync(database) ? realpathSync(database) : resolve(database);
    this.#context = context;
  }

  /**
   * Replaces the whole database by a backup, in one transaction, and keeps the replaced one beside it. Throws
   * `file-unusable`, `database-newer`, `database-damaged` and `audit-damaged` for the backup, `database-busy`,
   * `changed-meanwhile` and `interrupted`; a database that could be read is then as it was.
   */
  async restore(path: string, options: RestoreOptions): Promise<RestoreReport> {
    requireBackup(path, this.#database);
    const staged = createPart(this.#database);
    try {
      const backup = await this.#stage(path, staged, options.signal);
      requireGoingOn(options.signal);
      const target = await readTarget(this.#database);
      if (target.state === 'holds' || target.state === 'unreadable') {
        await options.agree?.({ database: this.#database, backup, target });
        requireGoingOn(options.signal);
      }
      if (target.state === 'holds') {
        return await this.#replace({ staged, backup, keeps: true, agreed: options.agree && target }, options);
      }
      const moved = target.state === 'unreadable' ? this.#previousName() : null;
      if (moved !== null) moveAside(this.#database, moved);
      await this.#makeEmpty();
      try {
        const report = await this.#replace({ staged, backup, keeps: false, agreed: undefined }, options);
        return { ...report, previous: moved };
      } catch (error) {
        await this.#removeEmpty();
        throw error;
      }
    } finally {
      discardDatabase(staged);
    }
  }

  async #stage(path: string, staged: string, signal: AbortSignal): Promise<Contents> {
    try {
      await copyContents(path, staged, signal);
      makeSingleFile(staged);
      return await verifyContents(staged, this.#context);
    } catch (error) {
      if (!(error instanceof AuthctlError) || isInterruption(error)) throw error;
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

  // A database without tables, where none was before, would hide that there is none.
  async #removeEmpty(): Promise<void> {
    const { state } = await readTarget(this.#database);
    if (state === 'empty') discardDatabase(this.#database);
  }

  /** @param given `keeps` what is replaced, beside the database */
  async #replace(
    given: { staged: string; backup: Contents; keeps: boolean; agreed: DatabaseSummary | undefined },
    options: BackupOptions,
  ): Promise<RestoreReport> {
    const database = this.#database;
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const name = this.#previousName();
      const previous = given.keeps ? new BackupFile(name, { replace: false, database }) : undefined;
      const restored = await new RestoreAttempt({ ...given, database, previous }, this.#context).run(options);
      if (restored) return { database, ...restored, previous: previous?.path ?? null };
    }
    throw new AuthctlError('database-busy', `others write into the database ${database} all the time`, {
      hint: 'nothing was changed; stop them and repeat the command',
    });
  }

  #previousName(): string {
    return `${this.#database}.replaced-${this.#context.now().toISOString().replaceAll(/[-:.]/g, '')}`;
  }
}
