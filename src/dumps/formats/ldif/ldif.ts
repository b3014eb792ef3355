import { maxRecordBytes } from '../../engine/carry.ts';
import { notText, strictText } from '../../engine/encodings/strict-text.ts';
import { firstLines } from '../../engine/lines/head-lines.ts';
import { LineSplitter } from '../../engine/lines/splitter.ts';
import {
  badRow,
  mappedRow,
  type PageReader,
  pieces,
  type Row,
  readPages,
  tooLarge,
} from '../../engine/pages.ts';
import type { DumpFormat } from '../../format.ts';
import { parseEntry } from './entry.ts';
import { ldifUser } from './user.ts';

/** More lines than any person's entry has; their strings would cost far more memory than their bytes. */
const maxLines = 100_000;

type Spoiled = 'too-large' | 'not-text' | 'malformed';

/**
 * Reads entries as slapcat and ldapsearch write them (RFC 2849): lines folded by a leading space, comments, and a
 * blank line after each entry. The trailer of ldapsearch (`search:`, `result:`) and `version:` hold no entry.
 */
export class LdifReader implements PageReader {
  readonly #lines = new LineSplitter((bytes, line, end) => this.#line(bytes, line, end));
  #page: Row[] = [];
  /** The pieces of each unfolded line of the entry. */
  #entry: string[][] = [];
  #entryLine = 0;
  #entryBytes = 0;
  #entryLines = 0;
  #spoiled: Spoiled | undefined;
  #inComment = false;
  #end = 0;

  push(chunk: Buffer, page: Row[]): void {
    this.#page = page;
    this.#lines.push(chunk);
  }

  finish(page: Row[]): void {
    this.#page = page;
    this.#lines.finish();
    this.#endEntry(this.#end);
  }

  #line(bytes: Buffer | undefined, line: number, end: number): void {
    this.#end = end;
    if (bytes?.length === 0) {
      this.#endEntry(end);
      return;
    }
    const text = bytes === undefined ? undefined : strictText(bytes);
    const isFolded = bytes?.[0] === 0x20;
    if (!isFolded) this.#inComment = bytes?.[0] === 0x23;
    if (this.#inComment) return;
    if (this.#entryLine === 0) this.#entryLine = line;
    this.#entryBytes += bytes?.length ?? 0;
    this.#entryLines++;
    const isLarge = this.#entryBytes > maxRecordBytes || this.#entryLines > maxLines;
    if (bytes === undefined || isLarge) this.#spoil('too-large');
    else if (text === undefined) this.#spoil('not-text');
    else if (this.#spoiled === undefined) this.#add(text, isFolded);
  }

  #add(text: string, isFolded: boolean): void {
    if (!isFolded) this.#entry.push([text]);
    else if (this.#entry.length > 0) this.#entry.at(-1)?.push(text.slice(1));
    else this.#spoil('malformed');
  }

  #spoil(spoiled: Spoiled): void {
    if (this.#spoiled !== 'too-large') this.#spoiled = spoiled;
    this.#entry = [];
  }

  #endEntry(end: number): void {
    const line = this.#entryLine;
    const spoiled = this.#spoiled;
    const lines = this.#entry.map((parts) => parts.join(''));
    this.#entry = [];
    this.#entryLine = 0;
    this.#entryBytes = 0;
    this.#entryLines = 0;
    this.#spoiled = undefined;
    this.#inComment = false;
    if (line === 0) return;
    if (spoiled !== undefined) this.#page.push(spoiledRow(spoiled, line, end));
    else if (/^version:/i.test(lines[0] ?? '') && lines.length === 1) return;
    else if (/^(?:search|result):/.test(lines[0] ?? '')) return;
    else this.#page.push(entryRow(lines, line, end));
  }
}

function entryRow(lines: string[], line: number, end: number): Row {
  const entry = /^version:/i.test(lines[0] ?? '') ? lines.slice(1) : lines;
  if (/^ref:/i.test(entry[0] ?? ''))
    return badRow(line, end, 'not-a-user', 'the record refers to another server');
  if (!/^dn:/i.test(entry[0] ?? ''))
    return badRow(line, end, 'malformed', 'the entry does not begin with dn:');
  return mappedRow(ldifUser(parseEntry(entry)), line, end);
}

function spoiledRow(spoiled: Spoiled, line: number, end: number): Row {
  if (spoiled === 'too-large') return tooLarge(line, end);
  if (spoiled === 'not-text') return badRow(line, end, spoiled, notText);
  return badRow(line, end, spoiled, 'a folded line has no line before it');
}

/** LDIF, as OpenLDAP's slapcat and ldapsearch write it. */
export const ldif: DumpFormat = {
  id: 'ldif',
  title: 'LDIF of slapcat or ldapsearch',

  detect(head, whole) {
    const lines = firstLines(head, whole, 100).filter((line) => line !== '' && !/^[# ]/.test(line));
    return /^(?:version: *\d|dn::? )/i.test(lines[0] ?? '');
  },

  read: (source) => readPages(pieces(source), new LdifReader()),
};
