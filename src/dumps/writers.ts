import { csvWriter } from './formats/csv/writer.ts';
import { djangoWriter } from './formats/django/writer.ts';
import { htpasswdWriter } from './formats/htpasswd/writer.ts';
import { jsonWriter, ndjsonWriter } from './formats/json/writer.ts';
import { keycloakWriter } from './formats/keycloak/writer.ts';
import { ldifWriter } from './formats/ldif/writer.ts';
import { shadowWriter } from './formats/shadow/writer.ts';
import type { DumpWriter } from './writer.ts';

/** Below this users go in LDIF unless another place is named: the domain is the one kept for examples (RFC 2606). */
export const defaultLdifBase = 'ou=people,dc=example,dc=com';

/** All formats that users can be exported in. For LDIF under another base there is `ldifWriter`. */
export const dumpWriters: readonly DumpWriter[] = [
  csvWriter,
  jsonWriter,
  ndjsonWriter,
  htpasswdWriter,
  shadowWriter,
  keycloakWriter,
  ldifWriter(defaultLdifBase),
  djangoWriter,
];
