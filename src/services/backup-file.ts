import { randomBytes } from 'node:crypto';
import {
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
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';

/** What SQLite keeps beside a database that is in use, or was left by a program that died. */
export const sidecars = ['-wal', '-journal', '-shm'] as const;

/**
 * A database in a new file that only its owner can read, and that gets its name once it is whole and on the disk.
 * It is written under another name in the same folder, by SQLite.
 */
export class BackupFile {
  readonly #path: string;
  readonly #replace: boolean;
  /** Where it is written until it is whole; an empty file at first. */
  readonly written: string;

  /**
   * @param database the file of the database that must not be replaced
   *
   * Throws `file-exists` and `file-unusable`.
   */
  constructor(path: string, { replace, database }: { replace: boolean; database: string }) {
    this.#path = resolve(path);
    this.#replace = replace;
    this.written = `${this.#path}.${randomBytes(6).toString('hex')}.part`;
    if (path !== path.trim() || path === '') throw unusable(path, 'its name begins or ends with a blank');
    requireFree(this.#path, replace, database);
    usable(path, () => {
      const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
      const descriptor = openSync(this.written, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      fchmodSync(descriptor, 0o600);
      closeSync(descriptor);
    });
  }

  /** Waits until the disk has it all, and gives it its name. Throws `file-exists` and `file-unusable`. */
  finish(): void {
    usable(this.#path, () => {
      syncPath(this.written);
      if (this.#replace) renameSync(this.written, this.#path);
      else this.#nameNew();
      syncPath(dirname(this.#path));
    });
  }

  // A file that somebody else has made meanwhile stays, which renaming would not see to.
  #nameNew(): void {
    try {
      linkSync(this.written, this.#path);
      rmSync(this.written);
    } catch (error) {
      // File systems of removable disks know no links.
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error) ?? '')) throw error;
      requireFree(this.#path, false, this.written);
      renameSync(this.written, this.#path);
    }
  }

  /** Takes back what was written. */
  discard(): void {
    for (const end of ['', ...sidecars]) rmSync(`${this.written}${end}`, { force: true });
  }
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

/** Replacing is for an earlier backup: neither for a device, nor for a database that somebody uses. */
function requireFree(path: string, replace: boolean, database: string): void {
  const stats = usable(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stats?.isSymbolicLink()) throw unusable(path, 'it is a symbolic link');
  if (stats && !stats.isFile()) throw unusable(path, 'it is no file');
  const own = statSync(database, { throwIfNoEntry: false });
  if (stats && own?.dev === stats.dev && own.ino === stats.ino)
    throw unusable(path, 'it is the database itself');
  // A log that was left there would be taken for the new file's.
  const beside = sidecars.find((end) => existsSync(`${path}${end}`));
  if (beside !== undefined) throw unusable(path, `it is in use: there is a ${quote(`${path}${beside}`)}`);
  if (stats && !replace) throw exists(path);
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
