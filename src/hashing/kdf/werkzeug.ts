import { decodeHex, encodeHex, utf8 } from '../primitives/encoding.ts';
import { type Prf, pbkdf2Hash, prfBytes } from '../primitives/pbkdf2.ts';
import { scryptHash } from '../primitives/scrypt.ts';
import type { HashScheme, ParsedHash } from '../scheme.ts';

const pbkdf2Form = /^pbkdf2:([a-z0-9_-]{1,20})(?::([1-9]\d{0,14}))?\$([^$]+)\$([0-9A-Fa-f]+)$/;
const scryptForm = /^scrypt(?::([1-9]\d{0,14}):([1-9]\d{0,9}):([1-9]\d{0,9}))?\$([^$]+)\$([0-9A-Fa-f]{128})$/;

/** Python's hashlib has names of its own for some digests. */
const prfNames: ReadonlyMap<string, Prf> = new Map<string, Prf>([
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha224', 'sha224'],
  ['sha256', 'sha256'],
  ['sha384', 'sha384'],
  ['sha512', 'sha512'],
  ['sha512_224', 'sha512-224'],
  ['sha512_256', 'sha512-256'],
  ['sha3_224', 'sha3-224'],
  ['sha3_256', 'sha3-256'],
  ['sha3_384', 'sha3-384'],
  ['sha3_512', 'sha3-512'],
  ['blake2b', 'blake2b512'],
  ['blake2s', 'blake2s256'],
  ['ripemd160', 'ripemd160'],
  ['sm3', 'sm3'],
]);

/**
 * Werkzeug's (and so Flask's) PBKDF2. It writes the number of rounds, but also reads hashes without one and assumes its
 * present default. A hash does not tell which default it was made with, so those are reported.
 * https://werkzeug.palletsprojects.com/en/stable/utils/#werkzeug.security.generate_password_hash
 */
export const werkzeugPbkdf2Scheme: HashScheme = {
  id: 'werkzeug-pbkdf2',
  title: 'pbkdf2:… (Werkzeug, Flask)',
  parse(text) {
    const match = pbkdf2Form.exec(text);
    if (!match) return undefined;
    const [, name = '', rounds, salt = '', digestText = ''] = match;
    const prf = prfNames.get(name);
    const digest = decodeHex(digestText);
    if (!prf || digest?.length !== prfBytes[prf]) return undefined;
    const input = { prf, iterations: Number(rounds ?? 1), salt: utf8(salt) };
    const setting = rounds === undefined ? `pbkdf2:${name}$${salt}$` : `pbkdf2:${name}:${rounds}$${salt}$`;
    const hash = pbkdf2Hash(input, digest, (other) => setting + encodeHex(other));
    return rounds === undefined ? withoutRounds(hash, prf) : hash;
  },
};

function withoutRounds(hash: ParsedHash, prf: Prf): ParsedHash {
  const message =
    'the rounds are missing, and Werkzeug has changed the number that means; write it after the digest name ' +
    '(150000 for Werkzeug 1.0, 260000 for 2.0, 600000 for 3.0, 1000000 for 3.1)';
  return { ...hash, parameters: { prf }, strength: 'weak', problem: { code: 'unsupported', message } };
}

/** Werkzeug's scrypt, its default since 2.3; a hash without costs has those that it has always written. */
export const werkzeugScryptScheme: HashScheme = {
  id: 'werkzeug-scrypt',
  title: 'scrypt:N:r:p (Werkzeug, Flask)',
  parse(text) {
    const match = scryptForm.exec(text);
    if (!match) return undefined;
    const [, cost = '32768', blockSize = '8', parallelism = '1', salt = '', digestText = ''] = match;
    const digest = decodeHex(digestText);
    if (!digest) return undefined;
    const input = {
      cost: Number(cost),
      blockSize: Number(blockSize),
      parallelism: Number(parallelism),
      salt: utf8(salt),
    };
    const setting = `scrypt:${cost}:${blockSize}:${parallelism}$${salt}$`;
    return scryptHash(input, digest, (other) => setting + encodeHex(other));
  },
};
