import { guardCell, guardedCsvMark } from '../reading/spreadsheet-cells.ts';
import type { DumpWriter, ExportUser } from '../write.ts';

/** All fields that an import of ours takes, in the order of the columns. */
export const ownFields = [
  ...(['id', 'username', 'email', 'firstName', 'lastName', 'passwordHash', 'passwordChangedAt'] as const),
  ...([
    'mustChangePassword',
    'disabled',
    'locked',
    'expiresAt',
    'createdAt',
    'lastLoginAt',
    'deletedAt',
  ] as const),
] as const satisfies readonly (keyof ExportUser)[];

/**
 * CSV (RFC 4180, with LF) that is safe to open in a spreadsheet: cells that would be formulas are guarded, which the
 * name of the first column says to our reader, so that they come back unchanged.
 */
export const csvWriter: DumpWriter = {
  id: 'csv',
  title: 'CSV with a header, safe in spreadsheets',
  holds: ownFields,

  async *write(users) {
    const { stringify } = await import('csv-stringify/sync');
    const text = (rows: string[][]) => stringify(rows, { record_delimiter: '\n', quoted_match: /[\r\n;\t]/ });
    yield text([[guardedCsvMark, ...ownFields.slice(1)]]);
    for await (const page of users) {
      yield text(page.map((user) => ownFields.map((field) => guardCell(String(user[field] ?? '')))));
    }
  },
};
