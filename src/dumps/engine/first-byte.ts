import type { PageReader, Row } from './pages.ts';

const mostHeld = 64 * 1024;

/** Reads what may be of several formats with the reader that its first byte asks for. */
export class FirstByteReader implements PageReader {
  readonly #choose: (first: string) => PageReader;
  #chosen: PageReader | undefined;
  #held: Buffer = Buffer.alloc(0);

  /** @param choose told of the first character behind blanks and a byte order mark; of '' where there is none */
  constructor(choose: (first: string) => PageReader) {
    this.#choose = choose;
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
    this.#begin(first === undefined ? '' : String.fromCharCode(first)).push(held, page);
  }

  finish(page: Row[]): void {
    if (this.#chosen === undefined) this.#begin('').push(this.#held, page);
    this.#chosen?.finish(page);
  }

  #begin(first: string): PageReader {
    this.#chosen = this.#choose(first);
    return this.#chosen;
  }
}

function isBlankOrBom(byte: number): boolean {
  return (
    byte === 32 || byte === 9 || byte === 10 || byte === 13 || byte === 0xef || byte === 0xbb || byte === 0xbf
  );
}
