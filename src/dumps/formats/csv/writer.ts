import { csvLine } from '../../../domain/csv.ts';
import { guardedCsvMark } from '../../engine/csv/header.ts';
import { ownFields } from '../../engine/own-record.ts';
import { type DumpWriter, writeEach } from '../../writer.ts';

/** CSV whose cells are guarded; the name of the first column says so to our reader, so that they come back unchanged. */
export const csvWriter: DumpWriter = {
  id: 'csv',
  title: 'CSV with a header, safe in spreadsheets',
  holds: ownFields,

  async *write(users) {
    yield csvLine([guardedCsvMark, ...ownFields.slice(1)]);
    yield* writeEach(users, (user) => csvLine(ownFields.map((field) => user[field])));
  },
};
