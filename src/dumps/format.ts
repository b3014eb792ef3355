/** Where a dump comes from; `open` may be called more than once only when `path` is set. */
export interface DumpSource {
  /** Absolute path of the file; `undefined` for standard input. */
  readonly path: string | undefined;
  open(): AsyncIterable<Uint8Array>;
}

/** One record of a dump, before anyone has said which field means what. */
export interface DumpRow {
  /** Line on which the record begins, counted from 1 (a header is line 1). */
  readonly line: number;
  /**
   * Number of the record in the dump, from 1; only of JSON that begins on line 1 or where the record before it began,
   * because there the line may not tell records apart.
   */
  readonly position?: number;
  /** Bytes of the input up to and including this record. */
  readonly end: number;
  /** Field name to value, as the dump has them; made with a null prototype. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The dump has a mark of its own which says that authctl wrote it. */
  readonly isOwn?: true;
}

/** Why a record does not describe a user, or cannot be parsed. */
export interface Problem {
  readonly code: 'malformed' | 'not-text' | 'too-large' | 'not-a-user';
  readonly message: string;
}

/** A record that could not be taken apart while the rest of the dump can still be read. */
export interface BadRow {
  readonly line: number;
  readonly position?: number;
  readonly end: number;
  readonly problem: Problem;
}

/** The dump cannot be read any further: its syntax is broken, or it is not text. */
export class DumpBroken extends Error {
  /** Line of the input, counted from 1. */
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** How an input is to be read. */
export interface ReadOptions {
  /** What the columns of CSV without a header are called, in their order; an empty name is of a column for nothing. */
  readonly columns?: readonly string[] | undefined;
}

/** A dump format: one entry of the registry in `index.ts`. */
export interface DumpFormat {
  /** What `--format` calls it. */
  readonly id: string;
  readonly title: string;
  /** Looks at the first bytes of an input (at most 64 KiB; `whole` when that is all of it). */
  detect(head: Uint8Array, whole: boolean): boolean;
  /**
   * Reads an input in pages, in memory that does not grow with it. Throws `DumpBroken` where it cannot
   * go on; what was read before it has been yielded by then.
   */
  read(source: DumpSource, options?: ReadOptions): AsyncIterable<(DumpRow | BadRow)[]>;
}
