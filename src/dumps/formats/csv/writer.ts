import { guardCell, guardedCsvMark } from '../../engine/csv/spreadsheet-cells.ts';
import { ownFields } from '../../engine/own-record.ts';
import { type DumpWriter, type ExportUser, writeEach } from '../../writer.ts';

/** What stands in quotes: RFC 4180's own characters, and the delimiters of spreadsheets in other locales. */
const quoted = /[",\n\r;\t]/;

/**
 * CSV (RFC 4180, with LF) that is safe to open in a spreadsheet: cells that would be formulas are guarded, which the
 * name of the first column says to our reader, so that they come back unchanged.
 */
export const csvWriter: DumpWriter = {
  id: 'csv',
  title: 'CSV with a header, safe in spreadsheets',
  holds: ownFields,

  async *write(users) {
    yield `${[guardedCsvMark, ...ownFields.slice(1)].join(',')}\n`;
    yield* writeEach(users, line);
  },
};

function line(user: ExportUser): string {
  let text = '';
  for (const field of ownFields) text += `,${cell(user[field])}`;
  return `${text.slice(1)}\n`;
}

function cell(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const text = guardCell(value);
  return quoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
