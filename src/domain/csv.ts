/**
 * Spreadsheets run a cell that begins with one of these as a formula (OWASP, "CSV Injection"); an apostrophe
 * before it makes it text. The apostrophe itself is in the set so that the guard can be undone exactly.
 */
const guarded = new Set(['=', '+', '-', '@', '\t', '\r', "'"]);

/** What stands in quotes: RFC 4180's own characters, and the delimiters of spreadsheets in other locales. */
const quoted = /[",\n\r;\t]/;

/** A value of a CSV file; `null` is an empty cell. */
export type CsvValue = string | number | boolean | null;

/**
 * One record of CSV (RFC 4180, with LF) that is safe to open in a spreadsheet: texts that would be formulas are guarded.
 * Everything that authctl writes as CSV is written by this function.
 */
export function csvLine(values: readonly CsvValue[]): string {
  let text = '';
  for (const value of values) text += `,${cell(value)}`;
  return `${text.slice(1)}\n`;
}

function cell(value: CsvValue): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const text = guarded.has(value.charAt(0)) ? `'${value}` : value;
  return quoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Undoes the guard of a cell that `csvLine` has written, and nothing else. */
export function unguardCell(cell: string): string {
  return cell.charAt(0) === "'" && guarded.has(cell.charAt(1)) ? cell.slice(1) : cell;
}
