import { isUtf8 } from 'node:buffer';
import type { parse } from 'csv-parse/sync';
import { unguardCell } from '../../../domain/csv.ts';
import { type CsvHeader, csvHeader, sniffDelimiter } from '../../engine/csv/header.ts';
import { type CsvRecord, CsvSplitter } from '../../engine/csv/splitter.ts';
import { isUtf16, notText, strictText } from '../../engine/encodings/strict-text.ts';
import { type Fields, type Mapped, newFields } from '../../engine/fields.ts';
import {
  badRow,
  mappedRow,
  type PageReader,
  pieces,
  type Row,
  readPages,
  tooLarge,
} from '../../engine/pages.ts';
import { DumpBroken, type DumpFormat, type DumpSource } from '../../format.ts';

/** The parser for records with quotes, loaded when a CSV dump is read. */
type ParseCsv = typeof parse;

/** What tells a kind of CSV from others. */
export interface CsvOptions {
  readonly header?: CsvHeader;
  /** Names of the columns of a dump without a header, whose delimiter its first record shows. */
  readonly columns?: readonly string[] | undefined;
  /** Makes a user's fields of a record's. */
  map?(fields: Fields): Mapped;
}

/** A quoted record waits for the end of its page: the parser's start costs more than many records. */
interface Waiting {
  readonly index: number;
  readonly text: string;
  readonly line: number;
  readonly end: number;
}

/**
 * Reads CSV as RFC 4180 has it, with a header. The splitter finds the records, so that a bad one costs only
 * itself; csv-parse takes apart those with quotes, and those without are split at the delimiter.
 */
export class CsvReader implements PageReader {
  readonly #parse: ParseCsv;
  readonly #splitter = new CsvSplitter((record) => this.#record(record));
  readonly #map: CsvOptions['map'];
  readonly #columns: CsvOptions['columns'];
  #header: CsvHeader | undefined;
  #page: Row[] = [];
  #waiting: Waiting[] = [];

  /**
   * @param parseCsv csv-parse's function
   * @param options `header` for a dump that has none of its own; `map` to give fields other names
   */
  constructor(parseCsv: ParseCsv, { header, columns, map }: CsvOptions = {}) {
    this.#parse = parseCsv;
    this.#header = header;
    this.#columns = columns;
    this.#map = map;
  }

  push(chunk: Buffer, page: Row[]): void {
    this.#page = page;
    this.#splitter.push(chunk);
    this.#parseWaiting();
  }

  finish(page: Row[]): void {
    this.#page = page;
    const unterminated = this.#splitter.finish();
    this.#parseWaiting();
    if (unterminated !== undefined) {
      throw new DumpBroken(unterminated, 'the dump ends inside a quoted field that begins in this record');
    }
    if (this.#header === undefined) throw new DumpBroken(1, 'the dump is empty: CSV begins with a header');
  }

  #record({ bytes, line, end, quoting }: CsvRecord): void {
    if (bytes?.length === 0 && quoting === 'plain') return;
    const text = bytes && strictText(bytes);
    // The splitter did not know the delimiter yet, and so not where quotes may stand.
    const isFirst = this.#header === undefined;
    if (isFirst && this.#columns) this.#setHeader(this.#columns, sniffDelimiter(text ?? ''));
    const header = this.#header;
    if (header === undefined) {
      this.#readHeader(bytes, text, line);
    } else if (bytes === undefined) {
      this.#page.push(tooLarge(line, end));
    } else if (text === undefined) {
      this.#page.push(badRow(line, end, 'not-text', notText));
    } else if (quoting === 'misquoted' && !isFirst) {
      this.#page.push(badRow(line, end, 'malformed', 'a quote stands where RFC 4180 allows none'));
    } else if (quoting === 'plain') {
      this.#page.push(this.#row(header, text.split(header.delimiter, header.names.length + 1), line, end));
    } else {
      this.#waiting.push({ index: this.#page.length, text, line, end });
      this.#page.push(badRow(line, end, 'malformed', 'the record cannot be parsed'));
    }
  }

  #readHeader(bytes: Buffer | undefined, text: string | undefined, line: number): void {
    if (bytes === undefined) throw new DumpBroken(line, 'the header is larger than 16 MiB');
    if (isUtf16(bytes)) throw new DumpBroken(line, 'the dump is UTF-16: convert it to UTF-8');
    if (text === undefined) throw new DumpBroken(line, `the header is not text: ${whyNotText(bytes)}`);
    if (text.includes('\r') && !text.includes('"')) {
      throw new DumpBroken(line, 'lines end in a bare CR: convert them to LF or CRLF');
    }
    const delimiter = sniffDelimiter(text);
    const cells = this.#parseRecords([text], delimiter)?.[0];
    if (cells === undefined) throw new DumpBroken(line, 'the header is misquoted');
    this.#setHeader(cells, delimiter);
  }

  #setHeader(names: readonly string[], delimiter: CsvHeader['delimiter']): void {
    this.#header = csvHeader(names, delimiter);
    this.#splitter.delimiter = delimiter.charCodeAt(0);
  }

  #row({ names, guarded, least = names.length }: CsvHeader, cells: string[], line: number, end: number): Row {
    if (cells.length < least || cells.length > names.length) {
      const count = cells.length < names.length ? `${cells.length}` : 'more';
      return badRow(line, end, 'malformed', `the record has ${count} fields, the header ${names.length}`);
    }
    const fields = newFields();
    for (let at = 0; at < cells.length; at++) {
      const cell = cells[at] ?? '';
      fields[names[at] ?? ''] = guarded ? unguardCell(cell) : cell;
    }
    if (this.#map !== undefined) return mappedRow(this.#map(fields), line, end);
    return guarded ? { line, end, fields, isOwn: true } : { line, end, fields };
  }

  #parseWaiting(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0 || this.#header === undefined) return;
    this.#waiting = [];
    const header = this.#header;
    const texts = waiting.map(({ text }) => text);
    const together = this.#parseRecords(texts, header.delimiter);
    waiting.forEach(({ index, text, line, end }, at) => {
      const cells = together?.[at] ?? this.#parseRecords([text], header.delimiter)?.[0];
      if (cells !== undefined) this.#page[index] = this.#row(header, cells, line, end);
    });
  }

  /** The cells of each record; `undefined` when the parser sees other records than the splitter did. */
  #parseRecords(texts: string[], delimiter: string): string[][] | undefined {
    try {
      const options = { delimiter, record_delimiter: '\n', relax_column_count: true } as const;
      const records = this.#parse(texts.join('\n'), options);
      return records.length === texts.length ? records : undefined;
    } catch {
      return undefined; // its message quotes the record, which may hold a password
    }
  }
}

function whyNotText(bytes: Buffer): string {
  return isUtf8(bytes) ? 'it holds a NUL byte' : 'it is not UTF-8';
}

/** Comma-separated values with a header (RFC 4180); also with semicolons or tabs between fields. */
export const csv: DumpFormat = {
  id: 'csv',
  title: 'CSV with a header',

  detect(head) {
    const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
    const lineEnd = bytes.indexOf(10);
    const line = strictText(lineEnd === -1 ? bytes : bytes.subarray(0, lineEnd))?.trim();
    if (line === undefined || /^[[{<#]/.test(line)) return false;
    return /[,;\t]/.test(line) || /^"?(username|login|email)"?$/i.test(line);
  },

  read: (source, options) => readCsv(source, { columns: options?.columns }),
};

/** Reads a dump of some kind of CSV in pages. */
export async function* readCsv(source: DumpSource, options?: CsvOptions): AsyncGenerator<Row[]> {
  const { parse } = await import('csv-parse/sync');
  yield* readPages(pieces(source), new CsvReader(parse, options));
}
