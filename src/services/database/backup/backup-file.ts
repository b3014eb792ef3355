import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';

/** What SQLite keeps beside a database that is in use, or was left by a program that died. */
export const sidecars = ['-wal', '-journal', '-shm'] as const;

/**
 * A database in a new file that only its owner can read, and that gets its name once it is whole and on the disk.
 * It is written under another name in the same folder, by SQLite.
 */
export class BackupFile {
  readonly path: string;
  /** Where it is written until it is whole; an empty file at first. */
  readonly written: string;
  readonly #replace: boolean;
  #isNamed = false;

  /**
   * Throws `file-exists` and `file-unusable`.
   *
   * @param database the file of the database that must not be replaced
   */
  constructor(path: string, { replace, database }: { replace: boolean; database: string }) {
    this.path = resolve(path);
    this.#replace = replace;
    // better-sqlite3 trims what it is given.
    if (path !== path.trim() || path === '') throw unusable(path, 'its name begins or ends with a blank');
    requireFree(this.path, replace, database);
    this.written = newFile(this.path);
  }

  /** Waits until the disk has it all, and gives it its name. Throws `file-exists` and `file-unusable`. */
  finish(): void {
    usable(this.path, () => {
      syncPath(this.written);
      if (this.#replace) renameSync(this.written, this.path);
      else this.#nameNew();
      this.#isNamed = true;
      syncPath(dirname(this.path));
    });
  }

  // A file that somebody else has made meanwhile stays, which renaming would not see to.
  #nameNew(): void {
    try {
      linkSync(this.written, this.path);
      rmSync(this.written);
    } catch (error) {
      // File systems of removable disks know no links.
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error;
      requireFree(this.path, false, this.written);
      renameSync(this.written, this.path);
    }
  }

  /** Takes back what was written and has not got its name. */
  discard(): void {
    discardFile(this.written);
  }

  /** Takes back the new file, whether it has its name or not. */
  takeBack(): void {
    this.discard();
    if (this.#isNamed) rmSync(this.path, { force: true });
  }
}

/** Makes an empty file beside `path`, for its owner alone; gives its path. Throws `file-unusable`. */
export function newFile(path: string): string {
  const part = `${path}.${randomBytes(6).toString('hex')}.part`;
  usable(path, () => {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const descriptor = openSync(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    fchmodSync(descriptor, 0o600);
    closeSync(descriptor);
  });
  return part;
}

/** Removes such a file, with what SQLite has put beside it. */
export function discardFile(part: string): void {
  for (const end of ['', ...sidecars]) rmSync(`${part}${end}`, { force: true });
}

/** Waits until the disk has a file, or the names in a folder. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
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
    throw refuse(codeOf(error) === 'ENOENT' ? 'there is no such file' : String(codeOf(error)));
  }
  if (!stats.isFile()) throw refuse('it is no file');
  if (isSame(stats, database)) throw refuse('it is the database itself');
  // What is in its log would be missed.
  const beside = besideOf(path);
  if (beside !== undefined) throw refuse(`it is in use: there is a ${quote(beside)}`);
}

/** Replacing is for an earlier backup: neither for a device, nor for a database that somebody uses. */
function requireFree(path: string, replace: boolean, database: string): void {
  const stats = usable(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stats?.isSymbolicLink()) throw unusable(path, 'it is a symbolic link');
  if (stats && !stats.isFile()) throw unusable(path, 'it is no file');
  if (stats && isSame(stats, database)) throw unusable(path, 'it is the database itself');
  // A log that was left there would be taken for the new file's.
  const beside = besideOf(path);
  if (beside !== undefined) throw unusable(path, `it is in use: there is a ${quote(beside)}`);
  if (stats && !replace) throw exists(path);
}

const besideOf = (path: string): string | undefined =>
  sidecars.map((end) => `${path}${end}`).find((one) => existsSync(one));

function isSame({ dev, ino }: Stats, file: string): boolean {
  const other = statSync(file, { throwIfNoEntry: false });
  return other?.dev === dev && other.ino === ino;
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

function usable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof AuthctlError || code === undefined || code === 'ENOSPC') throw error;
    if (code === 'EEXIST') throw exists(path);
    throw unusable(path, code === 'ENOENT' ? 'its folder does not exist' : code, error);
  }
}

const exists = (path: string): AuthctlError =>
  new AuthctlError('file-exists', `the file ${quote(path)} exists already`, {
    hint: 'name another file, or replace this one with --force',
  });

const unusable = (path: string, why: string, cause?: unknown): AuthctlError =>
  new AuthctlError('file-unusable', `the file ${quote(path)} cannot be written (${why})`, {
    hint: 'name another file',
    cause,
  });
