import type { PageReader, Row } from '../pages.ts';

const mostHeld = 64 * 1024;

/** Reads JSON that may be one array or objects one a line, by the first byte that says which. */
export class ArrayOrLinesReader implements PageReader {
  readonly #array: PageReader;
  readonly #lines: PageReader;
  #chosen: PageReader | undefined;
  #held: Buffer = Buffer.alloc(0);

  constructor(array: PageReader, lines: PageReader) {
    this.#array = array;
    this.#lines = lines;
  }

  push(chunk: Buffer, page: Row[]): void {
    if (this.#chosen !== undefined) {
      this.#chosen.push(chunk, page);
      return;
    }
    const held = Buffer.concat([this.#held, chunk]);
    const first = held.find((byte) => !isBlankOrBom(byte));
    if (first === undefined && held.length < mostHeld) {
      this.#held = held;
      return;
    }
    this.#chosen = first === 0x5b ? this.#array : this.#lines;
    this.#chosen.push(held, page);
  }

  finish(page: Row[]): void {
    if (this.#chosen === undefined) this.#lines.push(this.#held, page);
    (this.#chosen ?? this.#lines).finish(page);
  }
}

function isBlankOrBom(byte: number): boolean {
  return (
    byte === 32 || byte === 9 || byte === 10 || byte === 13 || byte === 0xef || byte === 0xbb || byte === 0xbf
  );
}
