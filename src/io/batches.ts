/** A batch takes about this long, in milliseconds: what a crash undoes is then soon done again. */
const aimMs = 500;

/** How many rows make a batch: as many as take half a second, which hashing decides and nobody knows before. */
export class BatchSize {
  readonly #most: number;
  #rows: number;

  /** @param first rows of the first batch; @param most rows of any */
  constructor(first: number, most: number) {
    this.#most = most;
    this.#rows = Math.min(first, most);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Learns that `rows` rows took `ms` milliseconds. */
  learn(rows: number, ms: number): void {
    const fitting = Math.floor((rows * aimMs) / Math.max(ms, 1));
    // At most twice as many at a time: one quick batch, of rejected rows perhaps, says little.
    this.#rows = Math.max(1, Math.min(this.#most, fitting, this.#rows * 2));
  }
}

/** Regroups pages into batches of the size that `size` has at the time. */
export async function* batches<T>(pages: AsyncIterable<T[]>, size: BatchSize): AsyncGenerator<T[]> {
  let waiting: T[] = [];
  for await (const page of pages) {
    waiting = waiting.length === 0 ? page : waiting.concat(page);
    let start = 0;
    for (let rows = size.rows; waiting.length - start >= rows; rows = size.rows) {
      yield waiting.slice(start, start + rows);
      start += rows;
    }
    waiting = waiting.slice(start);
  }
  if (waiting.length > 0) yield waiting;
}
