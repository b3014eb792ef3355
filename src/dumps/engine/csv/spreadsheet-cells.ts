/**
 * Spreadsheets run a cell that begins with one of these as a formula (OWASP, "CSV Injection"); an apostrophe
 * before it makes it text. The apostrophe itself is in the set so that the guard can be undone exactly.
 */
const guarded = new Set(['=', '+', '-', '@', '\t', '\r', "'"]);

/**
 * First column of a CSV file whose cells are guarded. The mark is a header name, and not for example a way of
 * quoting, so that it outlives opening and saving the file in a spreadsheet.
 */
export const guardedCsvMark = 'authctl_id';

/** The cell as it is written to a guarded file. */
export function guardCell(value: string): string {
  return guarded.has(value.charAt(0)) ? `'${value}` : value;
}

/** Undoes `guardCell`, and nothing else. */
export function unguardCell(cell: string): string {
  return cell.charAt(0) === "'" && guarded.has(cell.charAt(1)) ? cell.slice(1) : cell;
}
