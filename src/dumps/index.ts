import type { DumpFormat } from './format.ts';
import { auth0 } from './formats/auth0/auth0.ts';
import { authctl } from './formats/authctl/authctl.ts';
import { csv } from './formats/csv/csv.ts';
import { legacyDict } from './formats/dict/dict.ts';
import { django } from './formats/django/django.ts';
import { firebaseCsv, firebaseJson } from './formats/firebase/firebase.ts';
import { htpasswd } from './formats/htpasswd/htpasswd.ts';
import { json } from './formats/json/json.ts';
import { keycloak } from './formats/keycloak/keycloak.ts';
import { ldif } from './formats/ldif/ldif.ts';
import { ndjson } from './formats/ndjson/ndjson.ts';
import { shadow } from './formats/shadow/shadow.ts';
import { sqliteTable } from './formats/sqlite/sqlite.ts';
import { wordpress } from './formats/wordpress/wordpress.ts';

// The door of the dumps. A name that is imported from here loads its own file alone.
export { type BadRow, DumpBroken, type DumpFormat, type DumpRow, type DumpSource } from './format.ts';
export { firebaseHashFormat } from './formats/firebase/firebase.ts';
export type { ExportUser, OnLoss } from './writer.ts';
export { dumpWriters } from './writers.ts';

/** All dump formats, the most specific first: the first one that detects an input is the one to read it with. */
export const dumpFormats: readonly DumpFormat[] = [
  sqliteTable,
  firebaseJson,
  keycloak,
  auth0,
  django,
  legacyDict,
  ndjson,
  json,
  ldif,
  shadow,
  htpasswd,
  wordpress,
  firebaseCsv,
  csv,
  authctl,
];

/** Bytes from the start of an input that are looked at. */
const headBytes = 64 * 1024;

/**
 * The format that an input is in, judged by its content.
 * @param head the first bytes of the input, at most 64 KiB are looked at
 * @param whole whether `head` is all of the input
 */
export function detectFormat(head: Uint8Array, whole: boolean): DumpFormat | undefined {
  const looked = head.subarray(0, headBytes);
  const isWhole = whole && looked.length === head.length;
  return dumpFormats.find((format) => format.detect(looked, isWhole));
}
