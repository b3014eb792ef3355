import { type Fields, type Mapped, newFields, notUser } from '../../engine/fields.ts';
import { setFullName } from '../../engine/person-name.ts';
import { isoOfDay, isoOfGeneralizedTime } from '../../engine/times.ts';
import type { Attributes, ParsedEntry } from './entry.ts';

/** Object classes of entries that stand for somebody who may log in (RFC 4519, RFC 2798, RFC 2307, RFC 4524). */
const userClasses = new Set([
  ...['person', 'organizationalperson', 'inetorgperson', 'posixaccount', 'shadowaccount', 'account'],
  ...['simplesecurityobject', 'user', 'residentialperson', 'pilotperson'],
]);

/** Classes of Active Directory that are persons, too, by the classes above them: nobody logs in as one of these. */
const otherClasses = new Set(['computer', 'contact']);

/** Attributes whose first value is a field as it is; the first that an entry has counts. */
const texts: readonly (readonly [field: string, ...attributes: string[]])[] = [
  ['username', 'uid', 'samaccountname'],
  ['email', 'mail'],
  ['firstName', 'givenname'],
  ['lastName', 'sn'],
];

/** Attributes that hold a GeneralizedTime; of two for one field the first counts. */
const times: readonly (readonly [field: string, attribute: string])[] = [
  ['passwordChangedAt', 'pwdchangedtime'],
  ['createdAt', 'createtimestamp'],
  ['lastLoginAt', 'pwdlastsuccess'],
  ['lastLoginAt', 'authtimestamp'],
  ['expiresAt', 'pwdendtime'],
];

const accountDisabled = 2;

/** The fields of an entry that is a user; a problem for one that is not. */
export function ldifUser(entry: ParsedEntry): Mapped {
  if ('problem' in entry) return entry;
  const { attributes, names } = entry;
  const change = text(attributes, 'changetype');
  if (change !== undefined && change !== 'add')
    return notUser('the record changes an entry instead of holding it');
  if (!isUser(attributes)) return notUser('no object class of the entry is one of users');
  const rest: Attributes = new Map([...attributes].map(([key, values]) => [key, [...values]]));
  const fields = newFields();
  setTexts(fields, rest);
  const named = fields.username ?? rdnValue(text(attributes, 'dn') ?? '');
  if (named !== undefined) fields.username = named;
  setFullName(fields, text(attributes, 'cn') ?? text(attributes, 'displayname') ?? '');
  setPassword(fields, rest);
  setTimes(fields, rest);
  setState(fields, rest);
  rest.delete('changetype');
  for (const [key, values] of rest) {
    if (values.length > 0) fields[names.get(key) ?? key] = values.length === 1 ? values[0] : values;
  }
  return { fields };
}

function setTexts(fields: Fields, rest: Attributes): void {
  for (const [field, ...candidates] of texts) {
    const found = candidates.find((attribute) => typeof rest.get(attribute)?.[0] === 'string');
    if (found !== undefined) fields[field] = rest.get(found)?.shift();
  }
}

function isUser(attributes: Attributes): boolean {
  const classes = (attributes.get('objectclass') ?? []).map((name) => String(name).toLowerCase());
  if (classes.some((name) => otherClasses.has(name))) return false;
  if (attributes.has('userpassword')) return true;
  if (classes.length === 0) return attributes.has('uid') || attributes.has('samaccountname');
  return classes.some((name) => userClasses.has(name));
}

/** The value of a DN's first part, for entries such as `cn=admin,dc=example,dc=org` that have no uid. */
function rdnValue(dn: string): string | undefined {
  const match = /^(?:cn|uid|mail) *= *([^,+\\"<>;=]+)/i.exec(dn);
  return match?.[1]?.trim();
}

/** `{SCHEME}…` is a hash (RFC 3112 and RFC 2307 section 5.3), anything else the password itself (RFC 4519). */
function setPassword(fields: Fields, rest: Attributes): void {
  const values = rest.get('userpassword') ?? [];
  const hashed = values.findIndex((value) => typeof value === 'string' && /^\{[^}]{1,32}\}./s.test(value));
  const [value] = values.splice(hashed === -1 ? 0 : hashed, 1);
  if (typeof value !== 'string' || value === '') return;
  // `{SSHA}!…` and `{CRYPT}!…` are how directories without a policy overlay lock a user: no password matches.
  const locked = /^(\{[^}]{1,32}\})!+(.*)$/s.exec(value);
  if (locked) {
    fields.locked = true;
    if (locked[2]) fields.passwordHash = `${locked[1]}${locked[2]}`;
    return;
  }
  if (/^\{CLEARTEXT\}/i.test(value)) fields.password = value.slice('{CLEARTEXT}'.length);
  else fields[hashed === -1 ? 'password' : 'passwordHash'] = value;
}

function setTimes(fields: Fields, rest: Attributes): void {
  for (const [field, attribute] of times) {
    const iso = isoOfGeneralizedTime(text(rest, attribute) ?? '');
    if (iso === undefined || fields[field] !== undefined) continue;
    fields[field] = iso;
    rest.delete(attribute);
  }
  for (const [field, attribute] of [
    ['expiresAt', 'shadowexpire'],
    ['passwordChangedAt', 'shadowlastchange'],
  ] as const) {
    const day = text(rest, attribute) ?? '';
    if (!/^\d{1,9}$/.test(day) || day === '0' || fields[field] !== undefined) continue;
    fields[field] = isoOfDay(Number(day));
    rest.delete(attribute);
  }
  if (text(rest, 'shadowlastchange') === '0') {
    fields.mustChangePassword = true;
    rest.delete('shadowlastchange');
  }
}

/** Flags of the password policy overlay, of 389 Directory Server and of Active Directory. */
function setState(fields: Fields, rest: Attributes): void {
  if (rest.delete('pwdaccountlockedtime')) fields.locked = true;
  if (isTrue(rest, 'pwdreset')) fields.mustChangePassword = true;
  if (isTrue(rest, 'nsaccountlock')) fields.disabled = true;
  const control = Number(text(rest, 'useraccountcontrol') ?? 0);
  if (Number.isInteger(control) && (control & accountDisabled) !== 0) fields.disabled = true;
  for (const attribute of ['pwdreset', 'nsaccountlock']) rest.delete(attribute);
}

function isTrue(attributes: Attributes, attribute: string): boolean {
  return text(attributes, attribute)?.toUpperCase() === 'TRUE';
}

function text(attributes: Attributes, attribute: string): string | undefined {
  const [value] = attributes.get(attribute) ?? [];
  return typeof value === 'string' ? value : undefined;
}
