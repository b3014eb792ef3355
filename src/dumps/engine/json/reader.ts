import { DumpBroken, type DumpSource } from '../../format.ts';
import { isUtf16, notText, strictText } from '../encodings/strict-text.ts';
import type { Mapped } from '../fields.ts';
import { badRow, mappedRow, type PageReader, pieces, type Row, readPages, tooLarge } from '../pages.ts';
import { errorFinder, type FindError, positionIn } from './error.ts';
import { JsonScanner } from './scanner.ts';
import type { ValueKind } from './value-end.ts';
import { maxDepth } from './value-end.ts';
import { type Choice, type JsonPath, jsonBroken, type TakenValue } from './visitor.ts';

/** How one shape of JSON document gives users. */
export interface JsonShape {
  /** Says which values are users: those to be taken. */
  choose(path: JsonPath, kind: ValueKind): Choice;
  /** Makes fields of a user; `key` is its key when it is in an object. */
  map(value: unknown, key: string | undefined): Mapped;
}

/** Reads a JSON document in which a shape finds users. */
export class JsonReader implements PageReader {
  readonly #shape: JsonShape;
  readonly #findError: FindError;
  readonly #scanner: JsonScanner;
  #page: Row[] = [];
  #isFirst = true;
  #count = 0;
  /** On which the last record began. A first record on line 1 may have the whole document beside it. */
  #line = 1;

  constructor(shape: JsonShape, findError: FindError) {
    this.#shape = shape;
    this.#findError = findError;
    this.#scanner = new JsonScanner({
      choose: (path, kind) => shape.choose(path, kind),
      take: (value) => this.#take(value),
    });
  }

  push(chunk: Buffer, page: Row[]): void {
    if (this.#isFirst && isUtf16(chunk)) throw new DumpBroken(1, 'the dump is UTF-16: convert it to UTF-8');
    this.#isFirst = false;
    this.#page = page;
    this.#scanner.push(chunk);
  }

  finish(page: Row[]): void {
    this.#page = page;
    this.#scanner.finish();
  }

  #take(value: TakenValue): void {
    const row = this.#row(value);
    this.#count += 1;
    this.#page.push(value.line === this.#line ? { ...row, position: this.#count } : row);
    this.#line = value.line;
  }

  #row({ bytes, key, isTooDeep, start, line, end }: TakenValue): Row {
    if (bytes === undefined) return tooLarge(line, end);
    if (isTooDeep)
      return badRow(line, end, 'malformed', `the record is nested deeper than ${maxDepth} levels`);
    const text = strictText(bytes);
    if (text === undefined) return badRow(line, end, 'not-text', notText);
    return mappedRow(this.#shape.map(this.#parse(text, bytes, start), key), line, end);
  }

  #parse(text: string, bytes: Buffer, start: TakenValue['start']): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw jsonBroken(positionIn(start, bytes, this.#findError(bytes)), 'invalid JSON');
    }
  }
}

/** Reads a dump of the given shape in pages. */
export async function* readJson(source: DumpSource, shape: JsonShape): AsyncGenerator<Row[]> {
  const { JSONParser } = await import('@streamparser/json');
  yield* readPages(pieces(source), new JsonReader(shape, errorFinder(JSONParser)));
}
