import { decodeHex, encodeHex, encodeUnpaddedBase64, utf8 } from '../primitives/encoding.ts';
import { scryptHash } from '../primitives/scrypt.ts';
import { type HashScheme, ofPrepared } from '../scheme.ts';

const form = /^([0-9a-f]{32}):([0-9a-f]{128})$/;

/** Whether a text has better-auth's form, which others have too: Node's example of `scryptSync` looks the same. */
export const isBetterAuthText = (text: string): boolean => form.test(text);

const nodeForm = /^((?:[0-9a-f]{2}){4,64}):([0-9a-f]{128})$/i;

/**
 * The stored form of what programs write that call `scryptSync(password, salt, 64)` with Node's default costs, `salt`
 * being the hexadecimal digits themselves (https://nodejs.org/api/crypto.html); `undefined` for a text of another form.
 */
export function nodeScryptText(text: string): string | undefined {
  const [, salt = '', digestText = ''] = nodeForm.exec(text) ?? [];
  const digest = decodeHex(digestText);
  if (salt === '' || !digest) return undefined;
  return `$scrypt$ln=14,r=8,p=1$${encodeUnpaddedBase64(utf8(salt))}$${encodeUnpaddedBase64(digest)}`;
}

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
