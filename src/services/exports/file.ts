import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { errnoOf } from '../../io/errno.ts';

/** First bytes of a SQLite file (https://www.sqlite.org/fileformat.html). */
const databaseMark = 'SQLite format 3\0';

/**
 * A file that only its owner can read. It appears at its path when it is complete. An existing file is replaced then
 * if `replace` says so. Symbolic links are never followed.
 */
export class ExportFile {
  readonly #path: string;
  /** The path that is written to: a temporary one beside a file that will be replaced, otherwise the final one. */
  readonly #written: string;
  readonly #descriptor: number;
  #open = true;

  /** Throws `file-exists` or `file-unusable`. */
  constructor(path: string, { replace }: { replace: boolean }) {
    this.#path = path;
    if (replace) requireReplaceable(path);
    this.#written = replace ? `${path}.${randomBytes(6).toString('hex')}.part` : path;
    this.#descriptor = usable(path, () => {
      const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
      return openSync(this.#written, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    });
    fchmodSync(this.#descriptor, 0o600);
  }

  /** Throws the system's error, for instance when the disk is full. */
  write(text: string): void {
    let rest = Buffer.from(text, 'utf8');
    while (rest.length > 0) rest = rest.subarray(writeSync(this.#descriptor, rest));
  }

  /** Waits until everything is on the disk, then gives the file its name. Throws `file-unusable`. */
  finish(): void {
    fsyncSync(this.#descriptor);
    this.#close();
    if (this.#written !== this.#path) usable(this.#path, () => renameSync(this.#written, this.#path));
  }

  /** Removes the file that was begun. */
  discard(): void {
    this.#close();
    rmSync(this.#written, { force: true });
  }

  #close(): void {
    if (this.#open) closeSync(this.#descriptor);
    this.#open = false;
  }
}

/** Refuses to replace anything but an ordinary file, and an SQLite database, whose name must have been a mistake. */
function requireReplaceable(path: string): void {
  const stats = usable(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (stats === undefined) return;
  if (stats.isSymbolicLink()) throw unusable(path, 'it is a symbolic link');
  if (!stats.isFile()) throw unusable(path, 'it is no file');
  if (usable(path, () => firstBytes(path)) === databaseMark) throw unusable(path, 'it is a database');
}

function firstBytes(path: string): string {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const bytes = Buffer.alloc(databaseMark.length);
    return bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

function usable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined || code === 'ENOSPC') throw error;
    if (code === 'EEXIST') {
      throw new AuthctlError('file-exists', `the file ${quote(path)} exists already`, {
        hint: 'name another file, or replace this one with --force',
      });
    }
    throw unusable(path, code === 'ELOOP' ? 'it is a symbolic link' : String(code), error);
  }
}

const unusable = (path: string, why: string, cause?: unknown): AuthctlError =>
  new AuthctlError('file-unusable', `the file ${quote(path)} cannot be written (${why})`, {
    hint: 'name another file with --out',
    cause,
  });
