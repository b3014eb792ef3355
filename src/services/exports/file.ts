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
 * A file that only its owner can read, and that is there either whole or not at all. What was there before is
 * replaced when `replace` says so, by the new file once it is complete; links are never followed.
 */
export class ExportFile {
  readonly #path: string;
  /** Where it is written: beside the file that it will replace, or in its own place. */
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

  /** Throws what the system does, as when the disk is full. */
  write(text: string): void {
    let rest = Buffer.from(text, 'utf8');
    while (rest.length > 0) rest = rest.subarray(writeSync(this.#descriptor, rest));
  }

  /** Waits until the disk has it all, and puts it in its place. Throws `file-unusable`. */
  finish(): void {
    fsyncSync(this.#descriptor);
    this.#close();
    if (this.#written !== this.#path) usable(this.#path, () => renameSync(this.#written, this.#path));
  }

  /** Takes back what was written. */
  discard(): void {
    this.#close();
    rmSync(this.#written, { force: true });
  }

  #close(): void {
    if (this.#open) closeSync(this.#descriptor);
    this.#open = false;
  }
}

/** Replacing is for an earlier export: not for a device, or for the database that a name was mistaken for. */
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
