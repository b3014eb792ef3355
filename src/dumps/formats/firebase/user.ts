import type { Fields, Mapped } from '../../engine/fields.ts';
import { ForeignRecord } from '../../engine/foreign-record.ts';
import { setFullName } from '../../engine/person-name.ts';

/**
 * What `hashFormat` says of a hash of Firebase: it can only be verified with the project's own parameters
 * (https://firebaseopensource.com/projects/firebase/scrypt/).
 */
export const firebaseHashFormat = 'firebase-scrypt';

/** The fields of a user as `firebase auth:export` has them (firebase-tools, src/accountExporter.ts). */
export function firebaseUser(user: Readonly<Record<string, unknown>>): Mapped {
  const record = new ForeignRecord(user);
  const { fields } = record;
  moveBase64(record, 'passwordHash', 'passwordHash');
  moveBase64(record, 'salt', 'salt');
  if (fields.passwordHash !== undefined) fields.hashFormat = firebaseHashFormat;
  record.moveMillis('createdAt', 'createdAt');
  record.moveMillis('lastSignedInAt', 'lastLoginAt');
  const name = record.takeText('displayName');
  if (name !== undefined) setFullName(fields, name);
  return { fields };
}

/** The Admin SDK writes base64url where the command line writes base64. */
function moveBase64(record: ForeignRecord, from: string, to: string): void {
  const value = record
    .takeText(from)
    ?.replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={1,2}$/, '');
  if (value) setPadded(record.fields, to, value);
}

function setPadded(fields: Fields, name: string, value: string): void {
  fields[name] = value.padEnd(Math.ceil(value.length / 4) * 4, '=');
}
