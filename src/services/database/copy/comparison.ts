import { createHash } from 'node:crypto';

/** The rows of a table, as many and with as much in them as the digest says. */
export interface TableDigest {
  rows: number;
  /** SHA-256 over the rows in the order of their keys, each as JSON with its columns in alphabetical order and `\n`. */
  sha256: string;
}

/** A table on both sides. */
export interface ComparedTable {
  table: string;
  source: TableDigest;
  target: TableDigest;
}

export const isSame = ({ source, target }: ComparedTable): boolean =>
  source.rows === target.rows && source.sha256 === target.sha256;

/** Takes in a table page by page. */
export class RowDigester {
  readonly #hash = createHash('sha256');
  #columns: string[] | undefined;
  #rows = 0;

  add(rows: readonly object[]): void {
    for (const row of rows) {
      this.#columns ??= Object.keys(row).sort();
      this.#hash.update(`${JSON.stringify(row, this.#columns)}\n`);
    }
    this.#rows += rows.length;
  }

  /** Ends it. */
  digest(): TableDigest {
    return { rows: this.#rows, sha256: this.#hash.digest('hex') };
  }
}
