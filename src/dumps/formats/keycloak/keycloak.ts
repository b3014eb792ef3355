import { isObject, type Mapped, objectFields } from '../../engine/fields.ts';
import { ForeignRecord } from '../../engine/foreign-record.ts';
import { sketchJson } from '../../engine/json/head.ts';
import { type JsonShape, readJson } from '../../engine/json/reader.ts';
import { isoOfEpochMillis } from '../../engine/times.ts';
import type { DumpFormat } from '../../format.ts';

/** A realm, or several in an array; of each only the list `users` is looked at. */
const realmShape: JsonShape = {
  choose(path, kind) {
    if (path.length === 0) {
      return kind === 'object' || kind === 'array' ? 'enter' : { expected: 'a realm with a list of users' };
    }
    if (path[0] === undefined && path.length === 1) return kind === 'object' ? 'enter' : 'skip';
    const [key, ...below] = path[0] === undefined ? path.slice(1) : path;
    if (below.length > 0) return 'take';
    return key === 'users' && kind === 'array' ? 'enter' : 'skip';
  },
  map: (value) => (isObject(value) ? keycloakUser(value) : objectFields(value)),
};

/** The fields of a `UserRepresentation` (https://www.keycloak.org/docs-api/latest/rest-api/index.html). */
export function keycloakUser(user: Readonly<Record<string, unknown>>): Mapped {
  const record = new ForeignRecord(user);
  const { fields } = record;
  if (record.take('enabled') === false) fields.disabled = true;
  record.moveMillis('createdTimestamp', 'createdAt');
  const actions = record.take('requiredActions');
  if (Array.isArray(actions)) {
    if (actions.includes('UPDATE_PASSWORD')) fields.mustChangePassword = true;
    const others = actions.filter((action) => action !== 'UPDATE_PASSWORD');
    if (others.length > 0) fields.requiredActions = others;
  }
  setCredentials(record);
  return { fields };
}

function setCredentials({ fields }: ForeignRecord): void {
  const credentials = fields.credentials;
  if (!Array.isArray(credentials)) return;
  const password: unknown = credentials.find((credential) => isObject(credential) && isPassword(credential));
  const others = credentials.filter((credential) => credential !== password);
  if (others.length > 0) fields.credentials = others;
  else delete fields.credentials;
  if (!isObject(password)) return;
  const { type, secretData, credentialData, value, temporary, createdDate, ...older } = password;
  if (typeof value === 'string') fields.password = value;
  else if (secretData === undefined) fields.passwordHash = JSON.stringify({ type, ...older });
  else fields.passwordHash = JSON.stringify({ type, secretData, credentialData });
  if (temporary === true) fields.mustChangePassword = true;
  const changedAt = isoOfEpochMillis(createdDate);
  if (changedAt !== undefined) fields.passwordChangedAt = changedAt;
}

/** Before version 8 a credential held its hash in fields of its own, and an import may hold the password. */
function isPassword(credential: Readonly<Record<string, unknown>>): boolean {
  const { type, secretData, hashedSaltedValue, value } = credential;
  return type === 'password' && [secretData, hashedSaltedValue, value].some((held) => held !== undefined);
}

/** What `kc.sh export` writes. */
export const keycloak: DumpFormat = {
  id: 'keycloak',
  title: 'realm export of Keycloak',

  detect(head, whole) {
    const { members, inner } = sketchJson(head, whole);
    const isRealm = members.get('realm') === 'string';
    const hasUsers = members.get('users') === 'array';
    const marks = ['notBefore', 'sslRequired', 'accessTokenLifespan', 'requiredCredentials'];
    return (
      (isRealm && (hasUsers || marks.some((mark) => members.has(mark)))) ||
      (hasUsers && inner.has('credentials'))
    );
  },

  read: (source) => readJson(source, realmShape),
};
