import { encodeUnpaddedBase64 } from './encoding.ts';

// bcrypt has an alphabet of its own and packs bits from the top, as standard base64 does:
// https://github.com/openbsd/src/blob/master/lib/libc/crypt/bcrypt.c
const bcryptAlphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const standardAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** `true` when every character of `text` is of bcrypt's base64 alphabet. */
export function isBcrypt64(text: string): boolean {
  return /^[./A-Za-z0-9]*$/.test(text);
}

/** A 22-character salt with the bits of its last character that fill no byte as zero. */
export function normalizeBcryptSalt(salt22: string): string {
  const last = bcryptAlphabet.indexOf(salt22.charAt(21)) & 0b110000;
  return salt22.slice(0, 21) + (bcryptAlphabet[last] ?? '');
}

/** A 31-character digest with the bits of its last character that fill no byte as zero. */
export function normalizeBcryptDigest(digest31: string): string {
  const last = bcryptAlphabet.indexOf(digest31.charAt(30)) & 0b111100;
  return digest31.slice(0, 30) + (bcryptAlphabet[last] ?? '');
}

/** Bytes of an unpadded bcrypt base64 text; bits that fill no byte are dropped. */
export function decodeBcrypt64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(translate(text, bcryptAlphabet, standardAlphabet), 'base64'));
}

/** Unpadded bcrypt base64 of `bytes`. */
export function encodeBcrypt64(bytes: Uint8Array): string {
  return translate(encodeUnpaddedBase64(bytes), standardAlphabet, bcryptAlphabet);
}

function translate(text: string, from: string, to: string): string {
  let result = '';
  for (const character of text) result += to[from.indexOf(character)] ?? '';
  return result;
}
