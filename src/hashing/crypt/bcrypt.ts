import { createHash, createHmac } from 'node:crypto';
import {
  decodeBcrypt64,
  encodeBcrypt64,
  isBcrypt64,
  normalizeBcryptDigest,
  normalizeBcryptSalt,
} from '../primitives/bcrypt-base64.ts';
import { bcryptRaw } from '../primitives/bcrypt-engine.ts';
import type { HashProblem, HashReader, HashScheme, Strength } from '../scheme.ts';

/**
 * Longest password, in bytes, that bcrypt reads to its end: the last of its 72 bytes is then the NUL behind it, so
 * that no longer password can give the same hash.
 */
const bcryptMaxBytes = 71;

/** Whether bcrypt reads all of a password, so that no other gives the same hash. */
export function fitsBcrypt(password: string): boolean {
  return Buffer.byteLength(password, 'utf8') <= bcryptMaxBytes;
}

/** Highest cost that is run: at 16 one verification takes over three seconds. */
export const bcryptMaxCost = 15;
/** OWASP's Password Storage Cheat Sheet asks for at least this. */
const goodCost = 10;

/** What is wrong with a cost found in a dump, if anything. */
export function bcryptCostProblem(cost: number): HashProblem | undefined {
  if (cost < 4 || cost > 31) return { code: 'unsupported', message: `bcrypt has no cost ${cost}` };
  if (cost <= bcryptMaxCost) return undefined;
  return { code: 'over-cost', message: `bcrypt cost ${cost} is above the bound of ${bcryptMaxCost}` };
}

/** How strong bcrypt at a cost is. */
export function bcryptStrength(cost: number): Strength {
  return cost >= goodCost ? 'good' : 'weak';
}

const twoDigits = (cost: number) => String(cost).padStart(2, '0');

/** `$2a$`, `$2b$` and `$2y$`: the letter tells which bugs an implementation once had, and the algorithm is the same. */
export const bcryptScheme: HashScheme = {
  id: 'bcrypt',
  title: 'bcrypt ($2a$, $2b$, $2y$)',
  parse(text) {
    const match = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/.exec(text);
    if (!match) return undefined;
    const cost = Number(match[1]);
    // The last character of salt and digest has bits that mean nothing; crypt_blowfish writes them as zero.
    const salt = normalizeBcryptSalt(match[2] ?? '');
    const ownDigest = normalizeBcryptDigest(match[3] ?? '');
    const problem = bcryptCostProblem(cost);
    return {
      parameters: { cost },
      strength: bcryptStrength(cost),
      ...(problem && { problem }),
      get digest() {
        return decodeBcrypt64(ownDigest);
      },
      compute: (password) => bcryptRaw(password, salt, cost),
      takesOthersThan: (password) => !fitsBcrypt(password),
      text: (digest) => `$2b$${twoDigits(cost)}$${salt}${digest ? encodeBcrypt64(digest) : ownDigest}`,
      textFor: (reader) => bcryptTextFor(reader, `${twoDigits(cost)}$${salt}${ownDigest}`),
    };
  },
};

/** `$2y$` is the only name of bcrypt that Apache knows, `$2b$` the newest that Django's hashers do. */
function bcryptTextFor(reader: HashReader, body: string): string | undefined {
  if (reader === 'crypt') return `$2b$${body}`;
  if (reader === 'apache') return `$2y$${body}`;
  return reader === 'django' ? `bcrypt$$2b$${body}` : undefined;
}

/**
 * passlib's bcrypt over SHA-256, for passwords longer than bcrypt reads: version 2 is keyed with the salt,
 * version 1 is not. https://passlib.readthedocs.io/en/stable/lib/passlib.hash.bcrypt_sha256.html
 */
export const bcryptSha256Scheme: HashScheme = {
  id: 'bcrypt-sha256',
  title: 'bcrypt over SHA-256 (passlib)',
  parse(text) {
    const fields = parseBcryptSha256(text);
    if (!fields) return undefined;
    const { version, cost, salt, prefix } = fields;
    const ownDigest = decodeBcrypt64(fields.digest);
    const problem = bcryptCostProblem(cost);
    return {
      parameters: { version, cost },
      strength: bcryptStrength(cost),
      ...(problem && { problem }),
      digest: ownDigest,
      compute: (password) =>
        bcryptRaw(bcryptSha256Key(password, version === 2 ? salt : undefined), salt, cost),
      text: (digest = ownDigest) => `${prefix}${salt}$${encodeBcrypt64(digest)}`,
    };
  },
};

function parseBcryptSha256(text: string) {
  if (!text.startsWith('$bcrypt-sha256$')) return undefined;
  const [, , options = '', salt = '', digest = '', ...rest] = text.split('$', 6);
  const second = /^v=2,t=2[by],r=(\d{1,2})$/.exec(options);
  const first = /^2[aby],(\d{1,2})$/.exec(options);
  const cost = Number((second ?? first)?.[1]);
  if (!Number.isInteger(cost) || rest.length > 0) return undefined;
  if (salt.length !== 22 || digest.length !== 31 || !isBcrypt64(salt + digest)) return undefined;
  const prefix = second ? `$bcrypt-sha256$v=2,t=2b,r=${cost}$` : `$bcrypt-sha256$2b,${cost}$`;
  return { version: second ? 2 : 1, cost, salt, digest, prefix };
}

/** The 44 characters that bcrypt hashes instead of the password; version 2 uses `salt22` as the key of an HMAC. */
export function bcryptSha256Key(password: string, salt22: string | undefined): string {
  const hash = salt22 === undefined ? createHash('sha256') : createHmac('sha256', salt22);
  return hash.update(password, 'utf8').digest('base64');
}
