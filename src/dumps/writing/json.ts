import { type DumpWriter, type ExportUser, writeArray, writeEach } from '../write.ts';
import { ownFields } from './csv.ts';

function ownRecord(user: ExportUser): Record<string, string | boolean | null> {
  return Object.fromEntries(ownFields.map((field) => [field, user[field]]));
}

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
