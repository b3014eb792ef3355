import { notText, strictText } from '../encodings/strict-text.ts';
import type { Mapped } from '../fields.ts';
import { badRow, mappedRow, type PageReader, type Row, tooLarge } from '../pages.ts';
import { LineSplitter } from './splitter.ts';

/** Reads a dump in which each line is a record. */
export class LineReader implements PageReader {
  readonly #map: (text: string) => Mapped | undefined;
  readonly #lines = new LineSplitter((bytes, line, end) => this.#line(bytes, line, end));
  #page: Row[] = [];

  /** @param map takes a line apart; `undefined` for one that holds no record, such as a comment */
  constructor(map: (text: string) => Mapped | undefined) {
    this.#map = map;
  }

  push(chunk: Buffer, page: Row[]): void {
    this.#page = page;
    this.#lines.push(chunk);
  }

  finish(page: Row[]): void {
    this.#page = page;
    this.#lines.finish();
  }

  #line(bytes: Buffer | undefined, line: number, end: number): void {
    if (bytes === undefined) {
      this.#page.push(tooLarge(line, end));
      return;
    }
    const text = strictText(bytes);
    if (text === undefined) {
      this.#page.push(badRow(line, end, 'not-text', notText));
      return;
    }
    const mapped = this.#map(text);
    if (mapped !== undefined) this.#page.push(mappedRow(mapped, line, end));
  }
}
