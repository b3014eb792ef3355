import { type Fields, isObject } from '../../engine/fields.ts';

const digests = new Set(['md5', 'sha1', 'sha256', 'sha512']);
const saltTerms = new Map([
  ['utf8', 'salt'],
  ['hex', 'unhex(salt)'],
  ['base64', 'unbase64(salt)'],
]);

/**
 * Sets `passwordHash`, and `salt` and `hashFormat` where the hash does not describe itself, of a
 * `custom_password_hash` (Auth0, "Bulk User Import Database Schema"). Gives `false`, and sets nothing, for one that
 * says something which cannot be carried over.
 */
export function setCustomHash(fields: Fields, custom: unknown): boolean {
  if (!isObject(custom) || !isObject(custom.hash)) return false;
  const { algorithm, hash } = custom;
  const { value } = hash;
  if (typeof value !== 'string') return false;
  if (algorithm === 'bcrypt' || algorithm === 'argon2' || algorithm === 'ldap' || algorithm === 'pbkdf2') {
    fields.passwordHash = value;
    return true;
  }
  if (algorithm === 'scrypt') return setScrypt(fields, custom, value);
  return setDigest(fields, custom, hash, value);
}

function setDigest(
  fields: Fields,
  custom: Readonly<Record<string, unknown>>,
  hash: Readonly<Record<string, unknown>>,
  value: string,
): boolean {
  const { algorithm, salt, password } = custom;
  const passwordTerm = passwordTermOf(password);
  if (passwordTerm === undefined) return false;
  if (algorithm === 'md4') {
    return passwordTerm !== 'password' && salt === undefined && set(fields, value, undefined, 'nt');
  }
  if (algorithm === 'hmac') {
    return passwordTerm === 'password' && salt === undefined && setHmac(fields, hash, value);
  }
  if (!isDigest(algorithm)) return false;
  if (salt === undefined) return set(fields, value, undefined, plainFormat(algorithm, passwordTerm));
  const salted = saltOf(salt);
  if (salted === undefined) return false;
  const isSuffix = isObject(salt) && salt.position === 'suffix';
  const terms = isSuffix ? [passwordTerm, salted.term] : [salted.term, passwordTerm];
  return set(fields, value, salted.value, `${algorithm}:${terms.join('+')}`);
}

function setHmac(fields: Fields, { digest, key }: Readonly<Record<string, unknown>>, value: string): boolean {
  const salted = saltOf(key);
  return (
    isDigest(digest) &&
    salted !== undefined &&
    set(fields, value, salted.value, `hmac-${digest}:${salted.term}`)
  );
}

const isDigest = (name: unknown): name is string => typeof name === 'string' && digests.has(name);

/** The password in a `--hash-format`; `undefined` for an encoding that none has. */
function passwordTermOf(password: unknown): string | undefined {
  const encoding = isObject(password) ? (password.encoding ?? 'utf8') : 'utf8';
  if (encoding === 'utf16le' || encoding === 'ucs2') return 'utf16le(password)';
  return encoding === 'utf8' || encoding === 'ascii' ? 'password' : undefined;
}

/** A salt or a key: its text, and how a `--hash-format` says that the text is encoded. */
function saltOf(salt: unknown): { value: string; term: string } | undefined {
  if (!isObject(salt) || typeof salt.value !== 'string') return undefined;
  const term = saltTerms.get(String(salt.encoding ?? 'utf8'));
  return term === undefined ? undefined : { value: salt.value, term };
}

function plainFormat(digest: string, passwordTerm: string): string {
  return passwordTerm === 'password' ? digest : `${digest}:${passwordTerm}`;
}

function set(fields: Fields, passwordHash: string, salt: string | undefined, hashFormat: string): true {
  fields.passwordHash = passwordHash;
  if (salt !== undefined) fields.salt = salt;
  fields.hashFormat = hashFormat;
  return true;
}

/** scrypt's parameters stand beside the hash: together they make a PHC string. */
function setScrypt(fields: Fields, custom: Readonly<Record<string, unknown>>, value: string): boolean {
  const { salt, hash, cost = 16_384, blockSize = 8, parallelization = 1 } = custom;
  if (!isObject(salt) || typeof salt.value !== 'string' || !isObject(hash)) return false;
  const log = Math.log2(Number(cost));
  const numbers = [log, Number(blockSize), Number(parallelization)];
  if (!numbers.every((number) => Number.isInteger(number) && number > 0)) return false;
  const saltText = phcBase64(salt.value, salt.encoding ?? 'utf8');
  const digestText = phcBase64(value, hash.encoding ?? 'hex');
  if (saltText === undefined || digestText === undefined) return false;
  fields.passwordHash = `$scrypt$ln=${log},r=${numbers[1]},p=${numbers[2]}$${saltText}$${digestText}`;
  return true;
}

function phcBase64(text: string, encoding: unknown): string | undefined {
  if (encoding !== 'utf8' && encoding !== 'hex' && encoding !== 'base64') return undefined;
  if (encoding === 'hex' && !/^(?:[0-9a-f]{2})*$/i.test(text)) return undefined;
  return Buffer.from(text, encoding)
    .toString('base64')
    .replace(/={1,2}$/, '');
}
