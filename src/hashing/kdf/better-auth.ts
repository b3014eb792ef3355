import { decodeHex, encodeHex, utf8 } from '../primitives/encoding.ts';
import { scryptHash } from '../primitives/scrypt.ts';
import { type HashScheme, ofPrepared } from '../scheme.ts';

const form = /^([0-9a-f]{32}):([0-9a-f]{128})$/;

/**
 * better-auth (packages/better-auth/src/crypto/password.ts): the salt is its hexadecimal digits, not the bytes
 * they stand for, and the password is normalised to NFKC.
 */
export const betterAuthScheme: HashScheme = {
  id: 'better-auth-scrypt',
  title: 'salt:digest in hexadecimal (better-auth)',
  parse(text) {
    const match = form.exec(text);
    if (!match) return undefined;
    const [, salt = '', digestText = ''] = match;
    const digest = decodeHex(digestText);
    if (!digest) return undefined;
    const input = { cost: 2 ** 14, blockSize: 16, parallelism: 1, salt: utf8(salt) };
    const hash = scryptHash(input, digest, (other) => `${salt}:${encodeHex(other)}`);
    return {
      ...ofPrepared(hash, (password) => password.normalize('NFKC')),
      takesOthersThan: (password) => password.normalize('NFKC') !== password.normalize('NFC'),
    };
  },
};
