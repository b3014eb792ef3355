import { accessSync, constants, existsSync, lstatSync, rmSync, type Stats, statSync } from 'node:fs';
import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';
import { errnoOf } from '../../../io/errno.ts';
import { PrivateFile, unusable, usable } from '../../../io/private-file.ts';

/** What SQLite keeps beside a database that is in use, or was left by a program that died. */
export const sidecars = ['-wal', '-journal', '-shm'] as const;

/** A database in a new private file, written by SQLite. */
export class BackupFile {
  readonly #file: PrivateFile;

  /**
   * Throws `file-exists` and `file-unusable`.
   *
   * @param database the file of the database that must not be replaced
   */
  constructor(path: string, { replace, database }: { replace: boolean; database: string }) {
    // better-sqlite3 trims what it is given.
    if (path !== path.trim() || path === '') throw unusable(path, 'its name begins or ends with a blank');
    requireUnused(path, database);
    this.#file = new PrivateFile(path, { replace });
    this.#file.leave();
  }

  /** Absolute. */
  get path(): string {
    return this.#file.path;
  }

  /** Where it is written until it is whole; an empty file at first. */
  get written(): string {
    return this.#file.written;
  }

  /** Waits until the disk has it all, and gives it its name. Throws `file-exists` and `file-unusable`. */
  finish(): void {
    this.#file.finish();
  }

  /** Takes back what was written and has not got its name. */
  discard(): void {
    discardDatabase(this.written);
  }

  /** Takes back the new file, whether it has its name or not. */
  takeBack(): void {
    this.discard();
    this.#file.takeBack();
  }
}

/** Removes a database that was begun, with what SQLite has put beside it. */
export function discardDatabase(file: string): void {
  for (const end of ['', ...sidecars]) rmSync(`${file}${end}`, { force: true });
}

/**
 * Throws `file-unusable` unless there is a file that can be a backup.
 *
 * @param database the file of the database that is to be replaced
 */
export function requireBackup(path: string, database: string): void {
  const refuse = (why: string) =>
    new AuthctlError('file-unusable', `${quote(path)} is no backup (${why})`, {
      hint: 'name a file that authctl db backup has made',
    });
  let stats: Stats;
  try {
    stats = statSync(path);
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw refuse(errnoOf(error) === 'ENOENT' ? 'there is no such file' : String(errnoOf(error)));
  }
  if (!stats.isFile()) throw refuse('it is no file');
  if (isSame(stats, database)) throw refuse('it is the database itself');
  // What is in its log would be missed.
  const beside = besideOf(path);
  if (beside !== undefined) throw refuse(`it is in use: there is a ${quote(beside)}`);
}

/** Replacing is for an earlier backup, not for a database that somebody uses. */
function requireUnused(path: string, database: string): void {
  const stats = usable(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stats && isSame(stats, database)) throw unusable(path, 'it is the database itself');
  // A log that was left there would be taken for the new file's.
  const beside = besideOf(path);
  if (beside !== undefined) throw unusable(path, `it is in use: there is a ${quote(beside)}`);
}

const besideOf = (path: string): string | undefined =>
  sidecars.map((end) => `${path}${end}`).find((one) => existsSync(one));

function isSame({ dev, ino }: Stats, file: string): boolean {
  const other = statSync(file, { throwIfNoEntry: false });
  return other?.dev === dev && other.ino === ino;
}
