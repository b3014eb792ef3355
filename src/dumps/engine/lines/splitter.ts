import { Carry } from '../carry.ts';
import { BomFilter } from '../encodings/strict-text.ts';

const lf = 10;
const cr = 13;

/**
 * Called for each line: its bytes without the line end (`undefined` when it is over 16 MiB), its number from 1,
 * and the bytes of input up to and including its line end. The bytes are only valid during the call.
 */
export type OnLine = (bytes: Buffer | undefined, line: number, end: number) => void;

/** Splits an input into lines that end in LF or CRLF, the last one possibly in nothing. */
export class LineSplitter {
  readonly #onLine: OnLine;
  readonly #bom = new BomFilter();
  readonly #carry = new Carry();
  #line = 1;
  #offset = 0;

  constructor(onLine: OnLine) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#split(this.#bom.push(chunk));
  }

  finish(): void {
    this.#split(this.#bom.finish());
    if (!this.#carry.isEmpty) this.#emit(Buffer.alloc(0), this.#bom.skipped + this.#offset);
  }

  /** The line that is to come next, counted from 1. */
  get line(): number {
    return this.#line;
  }

  #split(chunk: Buffer): void {
    const base = this.#bom.skipped + this.#offset;
    let from = 0;
    for (;;) {
      const at = chunk.indexOf(lf, from);
      if (at === -1) break;
      this.#emit(chunk.subarray(from, at), base + at + 1);
      from = at + 1;
    }
    if (from < chunk.length) this.#carry.append(chunk.subarray(from));
    this.#offset += chunk.length;
  }

  #emit(last: Buffer, end: number): void {
    let bytes = this.#carry.take(last);
    const line = this.#line++;
    if (bytes?.at(-1) === cr) bytes = bytes.subarray(0, -1);
    this.#onLine(bytes, line, end);
  }
}
