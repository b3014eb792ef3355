import { minDigestBytes } from '../primitives/bounds.ts';
import { decodeHex, encodeHex } from '../primitives/encoding.ts';
import { pbkdf2Hash } from '../primitives/pbkdf2.ts';
import type { HashScheme } from '../scheme.ts';

const form = /^grub\.pbkdf2\.sha512\.([1-9]\d{0,14})\.([0-9A-Fa-f]*)\.([0-9A-Fa-f]+)$/;

const upperHex = (bytes: Uint8Array) => encodeHex(bytes).toUpperCase();

/** What `grub-mkpasswd-pbkdf2` writes; its options set the lengths of salt and digest. */
export const grubPbkdf2Scheme: HashScheme = {
  id: 'grub-pbkdf2',
  title: 'grub.pbkdf2.sha512 (GRUB 2)',
  parse(text) {
    const match = form.exec(text);
    if (!match) return undefined;
    const [, rounds = '', saltText = '', digestText = ''] = match;
    const [salt, digest] = [decodeHex(saltText), decodeHex(digestText)];
    if (!salt || !digest || digest.length < minDigestBytes) return undefined;
    const input = { prf: 'sha512', iterations: Number(rounds), salt } as const;
    const setting = `grub.pbkdf2.sha512.${rounds}.${upperHex(salt)}.`;
    return pbkdf2Hash(input, digest, (other) => setting + upperHex(other));
  },
};
