import { digestOf } from '../primitives/digests.ts';
import { decodeHex, encodeHex, utf8 } from '../primitives/encoding.ts';
import type { HashScheme } from '../scheme.ts';

/** `PASSWORD()` of MySQL 4.1 to 5.7 and MariaDB, `mysql_native_password`: SHA-1 of SHA-1. */
export const mysql41Scheme: HashScheme = {
  id: 'mysql41',
  title: 'MySQL 4.1 (*…)',
  parse(text) {
    const ownDigest = text.length === 41 && text.startsWith('*') ? decodeHex(text.slice(1)) : undefined;
    if (!ownDigest) return undefined;
    return {
      parameters: {},
      strength: 'fast',
      digest: ownDigest,
      compute: (password) => digestOf('sha1', digestOf('sha1', utf8(password))),
      text: (digest = ownDigest) => `*${encodeHex(digest).toUpperCase()}`,
    };
  },
};

/** Tells the stored form from any other 16 hexadecimal digits. */
const mysql323Prefix = '$mysql323$';

/** The stored form of an `OLD_PASSWORD()`. */
export const mysql323Text = (digest: Uint8Array): string => mysql323Prefix + encodeHex(digest);

/** `PASSWORD()` of MySQL 3.23 and 4.0, later `OLD_PASSWORD()`: 62 bits, without salt. It ignores spaces and tabs. */
export const mysql323Scheme: HashScheme = {
  id: 'mysql323',
  title: 'MySQL 3.23 (OLD_PASSWORD)',
  parse(text) {
    if (text.length !== mysql323Prefix.length + 16 || !text.startsWith(mysql323Prefix)) return undefined;
    const ownDigest = decodeHex(text.slice(mysql323Prefix.length));
    if (!ownDigest) return undefined;
    return {
      parameters: {},
      strength: 'fast',
      digest: ownDigest,
      compute: oldPassword,
      // Blanks do not count.
      takesOthersThan: () => true,
      text: (digest = ownDigest) => mysql323Text(digest),
    };
  },
};

/** https://github.com/mysql/mysql-server/blob/5.6/sql/password.c, `hash_password`. */
function oldPassword(password: string): Uint8Array {
  let [first, second, add] = [1345345333, 0x12345671, 7];
  for (const byte of utf8(password)) {
    if (byte === 0x20 || byte === 0x09) continue;
    first ^= Math.imul((first & 63) + add, byte) + (first << 8);
    second = (second + ((second << 8) ^ first)) | 0;
    add = (add + byte) | 0;
  }
  const digest = Buffer.alloc(8);
  digest.writeUInt32BE(first & 0x7fffffff, 0);
  digest.writeUInt32BE(second & 0x7fffffff, 4);
  return digest;
}
