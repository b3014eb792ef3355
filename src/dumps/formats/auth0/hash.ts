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

// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: the cases of one table of options, each a line
function setDigest(
  fields: Fields,
  custom: Readonly<Record<string, unknown>>,
  hash: Readonly<Record<string, unknown>>,
  value: string,
): boolean {
  const { algorithm, salt, password } = custom;
  const encoding = isObject(password) ? (password.encoding ?? 'utf8') : 'utf8';
  const isUtf16 = encoding === 'utf16le' || encoding === 'ucs2';
  if (!isUtf16 && encoding !== 'utf8' && encoding !== 'ascii') return false;
  if (algorithm === 'md4') return isUtf16 && salt === undefined && set(fields, value, undefined, 'nt');
  const isHmac = algorithm === 'hmac';
  const digest = isHmac ? hash.digest : algorithm;
  if (typeof digest !== 'string' || !digests.has(digest)) return false;
  const passwordTerm = isUtf16 ? 'utf16le(password)' : 'password';
  const salted = isHmac ? hash.key : salt;
  if (salted === undefined)
    return !isHmac && set(fields, value, undefined, plainFormat(digest, passwordTerm));
  if (!isObject(salted) || typeof salted.value !== 'string') return false;
  const saltTerm = saltTerms.get(String(salted.encoding ?? 'utf8'));
  if (saltTerm === undefined || (isHmac && (isUtf16 || salt !== undefined))) return false;
  if (isHmac) return set(fields, value, salted.value, `hmac-${digest}:${saltTerm}`);
  const terms = salted.position === 'suffix' ? [passwordTerm, saltTerm] : [saltTerm, passwordTerm];
  return set(fields, value, salted.value, `${digest}:${terms.join('+')}`);
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
