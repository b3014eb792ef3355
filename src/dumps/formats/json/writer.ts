import { ownFields, ownRecord } from '../../engine/own-record.ts';
import { type DumpWriter, writeArray, writeEach } from '../../writer.ts';

/** A JSON array of users under our own field names. */
export const jsonWriter: DumpWriter = {
  id: 'json',
  title: 'JSON array of objects',
  holds: ownFields,
  write: (users) => writeArray(users, ownRecord),
};

/** The same, one object a line. */
export const ndjsonWriter: DumpWriter = {
  id: 'ndjson',
  title: 'JSON objects, one a line',
  holds: ownFields,
  write: (users) => writeEach(users, (user) => `${JSON.stringify(ownRecord(user))}\n`),
};
