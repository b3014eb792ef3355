import type { DumpWriter } from './write.ts';
import { csvWriter } from './writing/csv.ts';
import { djangoWriter } from './writing/django.ts';
import { htpasswdWriter } from './writing/htpasswd.ts';
import { jsonWriter, ndjsonWriter } from './writing/json.ts';
import { keycloakWriter } from './writing/keycloak.ts';
import { ldifWriter } from './writing/ldif.ts';
import { shadowWriter } from './writing/shadow.ts';

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
