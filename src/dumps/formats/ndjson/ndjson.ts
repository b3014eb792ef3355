import { type Mapped, malformed, objectFields } from '../../engine/fields.ts';
import { sketchJson } from '../../engine/json/head.ts';
import { LineReader } from '../../engine/lines/line-reader.ts';
import { pieces, type Row, readPages } from '../../engine/pages.ts';
import type { DumpFormat, DumpSource } from '../../format.ts';

/** Reads lines that each hold one JSON value, of which `map` makes fields. Blank lines hold none. */
export function ndjsonReader(map: (value: unknown) => Mapped = objectFields): LineReader {
  return new LineReader((text) => {
    if (text.trim() === '') return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return malformed('the line is not JSON'); // the parser's message quotes the line
    }
    return map(value);
  });
}

/** Reads a dump of JSON lines in pages. */
export function readNdjson(source: DumpSource, map?: (value: unknown) => Mapped): AsyncGenerator<Row[]> {
  return readPages(pieces(source), ndjsonReader(map));
}

/** JSON objects, one a line (https://github.com/ndjson/ndjson-spec). */
export const ndjson: DumpFormat = {
  id: 'ndjson',
  title: 'JSON objects, one a line',
  detect: (head, whole) => sketchJson(head, whole).isLines,
  read: (source) => readNdjson(source),
};
