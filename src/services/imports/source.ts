import { createHash, type Hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import type { BadRow, DumpRow, DumpSource } from '../../dumps/index.ts';
import { errnoOf } from '../../io/errno.ts';
import { openInput } from '../../io/input.ts';
import { unlessInterrupted } from '../../io/interruption.ts';
import { patienceMs } from '../../io/small-file.ts';

type Row = DumpRow | BadRow;

const chunkBytes = 256 * 1024;
const headBytes = 64 * 1024;

/** The first bytes of a dump, and whether they are all of it. */
export interface DumpHead {
  head: Uint8Array;
  whole: boolean;
}

/** An input that is read once: looked at, then taken from its beginning, with a running SHA-256. */
export class ImportSource implements DumpSource {
  readonly path: string | undefined;
  /** A table of an SQLite file, named as `sqlite:path#table`: it is not read as bytes. */
  readonly isTable: boolean;
  /** Bytes in all, `undefined` where that cannot be known. */
  readonly size: number | undefined;
  /** Whether others than its owner may read the file. */
  readonly exposed: boolean;
  readonly prefix = new PrefixHash();
  readonly #signal: AbortSignal;
  readonly #closing = new AbortController();
  readonly #input: AsyncIterable<Uint8Array>;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #looked: Uint8Array[] = [];

  /**
   * @param name a path, or `-` for `stdin`
   * @param signal ends the wait for input that does not come
   *
   * Throws `file-unusable`, and when it is read also `interrupted`.
   */
  constructor(name: string, stdin: () => AsyncIterable<Uint8Array>, signal: AbortSignal) {
    this.#signal = AbortSignal.any([signal, this.#closing.signal]);
    this.isTable = name.startsWith('sqlite:');
    this.path = name === '-' ? undefined : resolve(name.replace(/^sqlite:/, ''));
    const file = this.isTable ? this.path?.replace(/#[^#]*$/, '') : this.path;
    const stats = file === undefined ? undefined : fileStats(file);
    this.size = stats?.isFile() && !this.isTable ? stats.size : undefined;
    this.exposed = stats?.isFile() === true && (stats.mode & 0o077) !== 0;
    this.#input = this.#open(stdin);
    this.#chunks = this.#input[Symbol.asyncIterator]();
  }

  #open(stdin: () => AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    if (this.isTable) return nothing();
    if (this.path === undefined) return stdin();
    try {
      return openInput(this.path, chunkBytes);
    } catch (error) {
      throw unreadable(this.path, error);
    }
  }

  /** What an import is known by: the absolute path, or `-`. */
  get name(): string {
    return this.path ?? '-';
  }

  /** The first bytes, without taking them away; `onWait` is called if they take more than a second to come. */
  async head(onWait?: () => void): Promise<DumpHead> {
    const timer = onWait && setTimeout(onWait, patienceMs);
    try {
      return await this.#head();
    } finally {
      clearTimeout(timer);
    }
  }

  async #head(): Promise<DumpHead> {
    let whole = false;
    let length = 0;
    while (length < headBytes && !whole) {
      const next = await this.#next();
      if (next) this.#looked.push(next);
      length += next?.length ?? 0;
      whole = next === undefined;
    }
    const all = Buffer.concat(this.#looked);
    return { head: all.subarray(0, headBytes), whole: whole && all.length <= headBytes };
  }

  async *open(): AsyncGenerator<Uint8Array> {
    for (const chunk of this.#looked.splice(0)) yield this.#counted(chunk);
    for (let next = await this.#next(); next; next = await this.#next()) yield this.#counted(next);
  }

  #counted(chunk: Uint8Array): Uint8Array {
    this.prefix.add(chunk);
    return chunk;
  }

  async #next(): Promise<Uint8Array | undefined> {
    try {
      const { value, done } = await unlessInterrupted(this.#chunks.next(), this.#signal);
      return done ? undefined : value;
    } catch (error) {
      throw error instanceof AuthctlError ? error : unreadable(this.name, error);
    }
  }

  /** The pages of a reader. Those of a table have no bytes: what stands for them is its rows as JSON. */
  async *counted(pages: AsyncIterable<Row[]>): AsyncGenerator<Row[]> {
    if (!this.isTable) return yield* pages;
    let end = 0;
    for await (const page of pages) {
      yield page.map((row) => {
        const bytes = Buffer.from(`${JSON.stringify('fields' in row ? row.fields : row.problem)}\n`);
        this.prefix.add(bytes);
        end += bytes.length;
        return { ...row, end };
      });
    }
  }

  /** Stops reading. A read that still waits for a chunk ends at once, since the chunk may never come. */
  close(): void {
    this.#closing.abort();
    if (this.#input instanceof Readable) this.#input.destroy();
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function fileStats(path: string) {
  try {
    const stats = statSync(path);
    if (stats.isDirectory())
      throw new AuthctlError('file-unusable', `${quote(path)} is a folder, not a dump`);
    return stats;
  } catch (error) {
    throw error instanceof AuthctlError ? error : unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): AuthctlError {
  const code = errnoOf(error) ?? 'unknown';
  const why = code === 'ENOENT' ? 'there is no such file' : code;
  return new AuthctlError('file-unusable', `the dump ${quote(path)} cannot be read: ${why}`, {
    cause: error,
  });
}

/** SHA-256 of the first bytes of a stream, for lengths that only grow and are asked for behind its reading. */
export class PrefixHash {
  readonly #hash: Hash = createHash('sha256');
  readonly #pending: Uint8Array[] = [];
  #hashed = 0;

  add(chunk: Uint8Array): void {
    this.#pending.push(chunk);
  }

  /** The digest of the first `length` bytes, in hex. */
  upTo(length: number): string {
    while (this.#hashed < length) {
      const chunk = this.#pending.shift();
      if (!chunk) break;
      const part = chunk.subarray(0, length - this.#hashed);
      this.#hash.update(part);
      this.#hashed += part.length;
      if (part.length < chunk.length) this.#pending.unshift(chunk.subarray(part.length));
    }
    return this.#hash.copy().digest('hex');
  }
}
