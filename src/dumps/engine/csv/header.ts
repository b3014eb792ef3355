import { DumpBroken } from '../../format.ts';

/**
 * First column of a CSV file whose cells are guarded. The mark is a header name, and not for example a way of
 * quoting, so that it outlives opening and saving the file in a spreadsheet.
 */
export const guardedCsvMark = 'authctl_id';

/** How the records below a header are read. */
export interface CsvHeader {
  readonly names: readonly string[];
  /** The fewest fields that a record may have; as many as there are names unless given. */
  readonly least?: number;
  /** The byte between fields. */
  readonly delimiter: ',' | ';' | '\t';
  /** Whether cells were written by `csvLine`. */
  readonly guarded: boolean;
}

/** More than any table of users has; every record costs as many fields. */
const maxColumns = 10_000;

/**
 * Makes sense of the names that the first record gives. Spaces around a name are dropped, a column without a
 * name is called by its number. Throws `DumpBroken` when two columns have one name, or there are too many.
 */
export function csvHeader(cells: readonly string[], delimiter: CsvHeader['delimiter']): CsvHeader {
  const names = cells.map((cell, index) => cell.trim() || `column ${index + 1}`);
  if (names.length > maxColumns) throw new DumpBroken(1, `the header has more than ${maxColumns} columns`);
  const columns = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const first = columns.get(name);
    if (first !== undefined) {
      throw new DumpBroken(1, `columns ${first} and ${index + 1} of the header have the same name`);
    }
    columns.set(name, index + 1);
  }
  const guarded = names[0] === guardedCsvMark;
  return { names: guarded ? ['id', ...names.slice(1)] : names, delimiter, guarded };
}

const delimiters = [',', ';', '\t'] as const;

/**
 * The delimiter that the header uses most outside quotes: a comma by RFC 4180, a semicolon where spreadsheets
 * run in a locale with decimal commas, or a tab.
 */
export function sniffDelimiter(header: string): CsvHeader['delimiter'] {
  const counts = { ',': 0, ';': 0, '\t': 0 };
  let quoted = false;
  for (const char of header) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && (char === ',' || char === ';' || char === '\t')) counts[char]++;
  }
  return delimiters.reduce((best, next) => (counts[next] > counts[best] ? next : best));
}
