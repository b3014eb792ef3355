import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { csvLine } from '../../domain/csv.ts';
import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { errnoOf } from '../../io/errno.ts';
import { createPrivate, syncFolder } from '../../io/private-file.ts';
import type { RowOutcome } from './report.ts';

type Rejected = Extract<RowOutcome, { outcome: 'rejected' }>;

const columns = ['line', 'username', 'code', 'message'] as const;
const header = csvLine(columns);

/** The records that were left behind, in a file for the operator; it never holds a password. */
export class RejectsFile {
  readonly #descriptor: number;
  readonly #csv: boolean;
  #length: number;
  #unsynced = false;

  /**
   * Opens the file: a new one, or with `resumeAt` the one of the interrupted import, to go on behind that many bytes.
   * What is behind them stays until `cut`: another run of the import may be writing it.
   * Throws `file-exists` or `file-unusable`.
   */
  constructor(path: string, options: { csv: boolean; resumeAt?: number | undefined }) {
    this.#csv = options.csv;
    const { resumeAt = 0 } = options;
    const begin = options.csv ? header : '{"line":';
    this.#descriptor = options.resumeAt === undefined ? createNew(path) : openKnown(path, resumeAt, begin);
    this.#length = resumeAt;
    if (this.#length === 0 && this.#csv) this.#write(header);
  }

  /** Bytes in the file. */
  get length(): number {
    return this.#length;
  }

  /** Adds records; `sync` makes them durable. */
  append(rows: readonly Rejected[]): void {
    if (rows.length === 0) return;
    this.#write(
      rows
        .map(({ line, position, username, code, message }) => {
          if (this.#csv) return csvLine([line, username, code, message]);
          // A position that is undefined is left out.
          return `${JSON.stringify({ line, position, username, code, message })}\n`;
        })
        .join(''),
    );
    this.#unsynced = true;
  }

  /** Takes back what was added behind the first `length` bytes. */
  cut(length: number): void {
    if (fstatSync(this.#descriptor).size > length) ftruncateSync(this.#descriptor, length);
    this.#length = length;
  }

  /** Waits until the disk has all records, so that what commits after them never lacks them. */
  sync(): void {
    if (this.#unsynced) fdatasyncSync(this.#descriptor);
    this.#unsynced = false;
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

function createNew(path: string): number {
  return opened(path, () => {
    const descriptor = createPrivate(path);
    syncFolder(dirname(path));
    return descriptor;
  });
}

// An import that was stopped before its first batch may have made the file or not.
function openKnown(path: string, length: number, begin: string): number {
  if (length === 0 && lstatSync(path, { throwIfNoEntry: false }) === undefined) return createNew(path);
  const descriptor = opened(path, () => openSync(path, constants.O_RDWR | constants.O_NOFOLLOW));
  try {
    // A device or a pipe can be neither read back nor cut.
    if (!fstatSync(descriptor).isFile()) {
      throw new AuthctlError(
        'file-unusable',
        `${quote(path)} is not a file, which an import could go on with`,
        {
          hint: 'name the rejects file of the interrupted import',
        },
      );
    }
    requireRejects(descriptor, path, begin);
    if (fstatSync(descriptor).size < length) {
      throw new AuthctlError(
        'input-changed',
        `${quote(path)} is shorter than the interrupted import left it`,
        {
          hint: 'name the rejects file of the interrupted import',
        },
      );
    }
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

// What is cut off must be an import's own: a slip in the name would cost the operator another file.
function requireRejects(descriptor: number, path: string, begin: string): void {
  const head = Buffer.alloc(begin.length);
  const text = head.toString('latin1', 0, readSync(descriptor, head, 0, head.length, 0));
  if (begin.startsWith(text)) return;
  throw new AuthctlError('file-exists', `the file ${quote(path)} does not hold the rejects of an import`, {
    hint: 'name the rejects file of the interrupted import',
  });
}

function opened(path: string, open: () => number): number {
  try {
    return open();
  } catch (error) {
    const code = errnoOf(error) ?? 'unknown';
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
