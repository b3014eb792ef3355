/** Largest record that is held in memory, in bytes. A larger one is skipped and reported. */
export const maxRecordBytes = 16 * 1024 * 1024;

const smallest = 4096;
const keptBetweenRecords = 1024 * 1024;

/**
 * The part of a record that earlier chunks held. It grows by doubling, so that a record that comes in many
 * small chunks costs time linear in its size; past the limit it only remembers that it overflowed.
 */
export class Carry {
  readonly #limit: number;
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;
  #overflowed = false;

  /** @param limit bytes to hold at most */
  constructor(limit: number = maxRecordBytes) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#length === 0 && !this.#overflowed;
  }

  append(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (this.#overflowed || length > this.#limit) {
      this.#overflowed = true;
      this.#length = 0;
      this.#buffer = Buffer.alloc(0);
      return;
    }
    if (length > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(smallest, 2 * length));
      this.#buffer.copy(grown, 0, 0, this.#length);
      this.#buffer = grown;
    }
    bytes.copy(this.#buffer, this.#length);
    this.#length = length;
  }

  /**
   * All of it together with its last part, and starts anew; `undefined` when that is over the limit. The bytes
   * are only valid until the next `append`.
   */
  take(last: Buffer): Buffer | undefined {
    if (this.isEmpty) return last.length > this.#limit ? undefined : last;
    this.append(last);
    const taken = this.#overflowed ? undefined : this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    this.#overflowed = false;
    if (this.#buffer.length > keptBetweenRecords) this.#buffer = Buffer.alloc(0);
    return taken;
  }
}
