import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';
import type { RowOutcome } from './import-report.ts';

type Rejected = Extract<RowOutcome, { outcome: 'rejected' }>;

const columns = ['line', 'username', 'code', 'message'] as const;

/** The records that were left behind, in a file for the operator; it never holds a password. */
export class RejectsFile {
  readonly #descriptor: number;
  readonly #csv: boolean;
  #length: number;

  /**
   * Opens the file: a new one, or with `resumeAt` the one of the interrupted import, cut to that many bytes.
   * Throws `file-exists` or `file-unusable`.
   */
  constructor(path: string, options: { csv: boolean; resumeAt?: number | undefined }) {
    this.#csv = options.csv;
    const { resumeAt = 0 } = options;
    this.#descriptor =
      resumeAt === 0 ? createNew(path, options.resumeAt !== undefined) : openKnown(path, resumeAt);
    this.#length = resumeAt;
    if (this.#length === 0 && this.#csv) this.#write(`${columns.join(',')}\n`);
  }

  /** Bytes in the file. */
  get length(): number {
    return this.#length;
  }

  /** Adds records and waits until the disk has them, so that what commits after them never lacks them. */
  append(rows: readonly Rejected[]): void {
    if (rows.length === 0) return;
    const records = rows.map(({ line, username, code, message }) => ({ line, username, code, message }));
    this.#write(
      this.#csv
        ? stringify(records, { columns: [...columns], record_delimiter: 'unix', escape_formulas: true })
        : records.map((record) => `${JSON.stringify(record)}\n`).join(''),
    );
    fdatasyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#descriptor, bytes, written, bytes.length - written, this.#length + written);
    }
    this.#length += bytes.length;
  }
}

function createNew(path: string, resuming: boolean): number {
  // An interrupted import that had rejected nothing leaves a file that may be begun again.
  const exclusive = resuming ? 0 : constants.O_EXCL;
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | exclusive;
  const descriptor = opened(path, () => openSync(path, flags, 0o600));
  ftruncateSync(descriptor, 0);
  return descriptor;
}

function openKnown(path: string, length: number): number {
  const descriptor = opened(path, () => openSync(path, constants.O_RDWR | constants.O_NOFOLLOW));
  if (fstatSync(descriptor).size < length) {
    closeSync(descriptor);
    throw new AuthctlError('input-changed', `${quote(path)} is shorter than the interrupted import left it`, {
      hint: 'name the rejects file of the interrupted import',
    });
  }
  ftruncateSync(descriptor, length);
  return descriptor;
}

function opened(path: string, open: () => number): number {
  try {
    return open();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown';
    if (code === 'EEXIST') {
      throw new AuthctlError('file-exists', `the rejects file ${quote(path)} exists already`, {
        hint: 'name another file, or move it away',
      });
    }
    const why = code === 'ELOOP' ? 'it is a symbolic link' : code;
    throw new AuthctlError('file-unusable', `the rejects file ${quote(path)} cannot be written (${why})`, {
      cause: error,
    });
  }
}
