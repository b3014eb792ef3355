import { FirstByteReader } from '../../engine/first-byte.ts';
import { errorFinder } from '../../engine/json/error.ts';
import { JsonReader } from '../../engine/json/reader.ts';
import { pieces, readPages } from '../../engine/pages.ts';
import type { DumpFormat } from '../../format.ts';
import { CsvReader } from '../csv/csv.ts';
import { arrayShape } from '../json/json.ts';
import { ndjsonReader } from '../ndjson/ndjson.ts';

/**
 * An export of authctl in any of its own formats, also where columns were taken out or the mark was lost. It is never
 * found out by itself: what it holds is taken as it is, so somebody must say that it is one.
 */
export const authctl: DumpFormat = {
  id: 'authctl',
  title: 'export of authctl in CSV, JSON or NDJSON',
  detect: () => false,

  async *read(source) {
    const { JSONParser } = await import('@streamparser/json');
    const { parse } = await import('csv-parse/sync');
    const choose = (first: string) => {
      if (first === '[') return new JsonReader(arrayShape, errorFinder(JSONParser));
      return first === '{' ? ndjsonReader() : new CsvReader(parse);
    };
    yield* readPages(pieces(source), new FirstByteReader(choose));
  },
};
