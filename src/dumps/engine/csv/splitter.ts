import { Carry } from '../carry.ts';
import { BomFilter } from '../encodings/strict-text.ts';

const lf = 10;
const cr = 13;
const quote = 34;

/** A record's bytes, without its line end, and what is known of them. */
export interface CsvRecord {
  /** `undefined` when the record is over 16 MiB. Only valid during the call. */
  readonly bytes: Buffer | undefined;
  /** Line on which it begins, from 1. */
  readonly line: number;
  /** Bytes of input up to and including its line end. */
  readonly end: number;
  /**
   * `plain` holds no quotes; `quoted` has them where RFC 4180 allows them; `misquoted` has text beside a quoted
   * field or a quote inside an unquoted one.
   */
  readonly quoting: 'plain' | 'quoted' | 'misquoted';
}

/** Where in a record the splitter is; `spoiled` is the rest of a misquoted record's line. */
type State = 'field' | 'text' | 'quoted' | 'closed' | 'closed-cr' | 'spoiled';

/**
 * Finds where records end, by the rules of RFC 4180 section 2: a line end inside quotes does not end one. Lines
 * end in LF or CRLF. A misquoted record ends with its line, so that one bad line does not swallow the dump.
 */
export class CsvSplitter {
  readonly #onRecord: (record: CsvRecord) => void;
  readonly #bom = new BomFilter();
  readonly #carry = new Carry();
  /** The byte between fields; it may be changed between two records. */
  delimiter = 44;
  #state: State = 'field';
  #quoting: CsvRecord['quoting'] = 'plain';
  #line = 1;
  #recordLine = 1;
  #offset = 0;

  constructor(onRecord: (record: CsvRecord) => void) {
    this.#onRecord = onRecord;
  }

  push(chunk: Buffer): void {
    this.#split(this.#bom.push(chunk));
  }

  /** Hands out a last record without a line end. Gives the line of a quoted field that was never closed. */
  finish(): number | undefined {
    this.#split(this.#bom.finish());
    if (this.#state === 'quoted') return this.#recordLine;
    if (!this.#carry.isEmpty) this.#emit(Buffer.alloc(0), this.#bom.skipped + this.#offset);
    return undefined;
  }

  #split(chunk: Buffer): void {
    const base = this.#bom.skipped + this.#offset;
    let from = 0;
    let nextQuote = chunk.indexOf(quote);
    while (from < chunk.length) {
      const end = this.#recordEnd(chunk, from, nextQuote);
      if (end === -1) break;
      this.#emit(chunk.subarray(from, end), base + end + 1);
      from = end + 1;
      if (nextQuote !== -1 && nextQuote < from) nextQuote = chunk.indexOf(quote, from);
    }
    if (from < chunk.length) this.#carry.append(chunk.subarray(from));
    this.#offset += chunk.length;
  }

  /** The index of the LF that ends the record, or -1 when `chunk` ends before. */
  #recordEnd(chunk: Buffer, from: number, nextQuote: number): number {
    if (this.#quoting === 'plain') {
      const at = chunk.indexOf(lf, from);
      if (at !== -1 && (nextQuote === -1 || nextQuote > at)) return at;
    }
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === lf && this.#state !== 'quoted') return at;
      if (byte === lf) this.#line++;
      else if (byte !== undefined) this.#state = this.#after(this.#state, byte);
    }
    return -1;
  }

  #after(state: State, byte: number): State {
    switch (state) {
      case 'quoted':
        return byte === quote ? 'closed' : 'quoted';
      case 'field':
        if (byte === this.delimiter) return 'field';
        if (byte !== quote) return 'text';
        this.#quoting = 'quoted';
        return 'quoted';
      case 'text':
        if (byte === this.delimiter) return 'field';
        return byte === quote ? this.#spoil() : 'text';
      case 'closed':
        return this.#afterClosed(byte);
      case 'closed-cr':
        return this.#spoil();
      case 'spoiled':
        return 'spoiled';
    }
  }

  #afterClosed(byte: number): State {
    if (byte === this.delimiter) return 'field';
    if (byte === quote) return 'quoted';
    return byte === cr ? 'closed-cr' : this.#spoil();
  }

  #spoil(): State {
    this.#quoting = 'misquoted';
    return 'spoiled';
  }

  #emit(last: Buffer, end: number): void {
    let bytes = this.#carry.take(last);
    if (bytes?.at(-1) === cr) bytes = bytes.subarray(0, -1);
    const record: CsvRecord = { bytes, line: this.#recordLine, end, quoting: this.#quoting };
    this.#line++;
    this.#recordLine = this.#line;
    this.#state = 'field';
    this.#quoting = 'plain';
    this.#onRecord(record);
  }
}
