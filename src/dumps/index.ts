import { auth0 } from './auth0.ts';
import { csv } from './csv.ts';
import { django } from './django.ts';
import { firebaseCsv } from './firebase-csv.ts';
import { firebaseJson } from './firebase-json.ts';
import type { DumpFormat } from './format.ts';
import { htpasswd } from './htpasswd.ts';
import { json } from './json.ts';
import { keycloak } from './keycloak.ts';
import { ldif } from './ldif.ts';
import { legacyDict } from './legacy-dict.ts';
import { ndjson } from './ndjson.ts';
import { shadow } from './shadow.ts';
import { sqliteTable } from './sqlite-table.ts';
import { wordpress } from './wordpress.ts';

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
