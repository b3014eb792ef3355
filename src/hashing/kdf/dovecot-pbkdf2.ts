import { decodeHex, encodeHex, utf8 } from '../primitives/encoding.ts';
import { pbkdf2Hash } from '../primitives/pbkdf2.ts';
import type { HashScheme } from '../scheme.ts';

const form = /^\{PBKDF2\}\$1\$([^$]*)\$([1-9]\d{0,9})\$([0-9a-f]{40})$/i;

/**
 * Dovecot's PBKDF2 (src/auth/password-scheme-pbkdf2.c): the same prefix as passlib's and OpenLDAP's, another
 * body. The salt is the characters themselves.
 */
export const dovecotPbkdf2Scheme: HashScheme = {
  id: 'dovecot-pbkdf2',
  title: '{PBKDF2}$1$ (Dovecot)',
  parse(text) {
    const match = form.exec(text);
    if (!match) return undefined;
    const [, salt = '', rounds = '', digestText = ''] = match;
    const digest = decodeHex(digestText);
    if (!digest) return undefined;
    const input = { prf: 'sha1', iterations: Number(rounds), salt: utf8(salt) } as const;
    return pbkdf2Hash(input, digest, (other) => `{PBKDF2}$1$${salt}$${rounds}$${encodeHex(other)}`);
  },
};
