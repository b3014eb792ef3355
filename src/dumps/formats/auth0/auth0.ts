import { isObject, type Mapped, malformed, objectFields } from '../../engine/fields.ts';
import { FirstByteReader } from '../../engine/first-byte.ts';
import { ForeignRecord } from '../../engine/foreign-record.ts';
import { errorFinder } from '../../engine/json/error.ts';
import { type JsonSketch, sketchJson } from '../../engine/json/head.ts';
import { JsonReader } from '../../engine/json/reader.ts';
import { pieces, readPages } from '../../engine/pages.ts';
import { setFullName } from '../../engine/person-name.ts';
import type { DumpFormat } from '../../format.ts';
import { arrayShape } from '../json/json.ts';
import { ndjsonReader } from '../ndjson/ndjson.ts';
import { setCustomHash } from './hash.ts';

/**
 * The fields of a user as Auth0 imports them (https://auth0.com/docs/manage-users/user-migration, "Bulk User Import
 * Database Schema") or exports them: from its extension, or with hashes from its support.
 */
export function auth0User(value: unknown): Mapped {
  if (!isObject(value)) return objectFields(value);
  const record = new ForeignRecord(value);
  const { fields } = record;
  if (record.take('blocked') === true) fields.disabled = true;
  for (const [from, to] of renamed) record.move(from, to);
  for (const name of ['createdAt', 'lastLoginAt', 'passwordChangedAt']) {
    const time = fields[name];
    if (isObject(time) && '$date' in time) fields[name] = time.$date;
  }
  if (fields.custom_password_hash !== undefined) {
    if (!setCustomHash(fields, fields.custom_password_hash))
      return malformed('custom_password_hash is not supported');
    delete fields.custom_password_hash;
  }
  const name = record.takeText('name');
  if (name !== undefined) setFullName(fields, name);
  return { fields };
}

const renamed = [
  ['given_name', 'firstName'],
  ['family_name', 'lastName'],
  ['password_hash', 'passwordHash'],
  ['email_verified', 'emailVerified'],
  ['created_at', 'createdAt'],
  ['last_login', 'lastLoginAt'],
  ['last_password_reset', 'passwordChangedAt'],
  ['password_set_date', 'passwordChangedAt'],
] as const;

function isAuth0({ members, root, isLines }: JsonSketch): boolean {
  if (root !== 'array' && !isLines) return false;
  if (members.has('custom_password_hash')) return true;
  const isImport =
    members.has('email_verified') && (members.has('password_hash') || members.has('app_metadata'));
  const isExport = members.has('passwordHash') && members.has('email_verified');
  return isImport || isExport || (members.has('user_id') && members.has('identities'));
}

/** Users as Auth0 imports and exports them: a JSON array, or objects one a line. */
export const auth0: DumpFormat = {
  id: 'auth0',
  title: 'JSON of an Auth0 import or export',
  detect: (head, whole) => isAuth0(sketchJson(head, whole)),

  async *read(source) {
    const { JSONParser } = await import('@streamparser/json');
    const array = new JsonReader({ ...arrayShape, map: auth0User }, errorFinder(JSONParser));
    const choose = (first: string) => (first === '[' ? array : ndjsonReader(auth0User));
    yield* readPages(pieces(source), new FirstByteReader(choose));
  },
};
