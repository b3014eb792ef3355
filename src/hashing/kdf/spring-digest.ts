import { hash } from 'node:crypto';
import { overCost } from '../primitives/bounds.ts';
import { decodeHex, encodeHex, utf8 } from '../primitives/encoding.ts';
import { md4 } from '../primitives/md4.ts';
import type { HashScheme } from '../scheme.ts';

const form = /^(\{[A-Za-z0-9-]{1,8}\})((?:\{[^}]*\})?)([0-9A-Fa-f]+)$/;
/** Characters. */
const maxSalt = 1024;

interface DigestFormat {
  id: string;
  prefix: string;
  length: number;
  digest(text: string): Uint8Array | Promise<Uint8Array>;
}

const nodeDigest = (name: string) => (text: string) => new Uint8Array(hash(name, text, 'buffer'));

/**
 * A digest in hexadecimal after its name, of the password and, where there is a salt, of the salt in its braces
 * behind it: Spring's MessageDigestPasswordEncoder. Without salt `{MD5}` is passlib's ldap_hex_md5 too;
 * LDAP's own form has base64 in that place.
 */
function digestScheme({ id, prefix, length, digest }: DigestFormat): HashScheme {
  return {
    id,
    title: `${prefix} in hexadecimal (Spring Security)`,
    parse(text) {
      const match = form.exec(text);
      if (!match) return undefined;
      const [, given = '', salt = '', body = ''] = match;
      const ownDigest = decodeHex(body);
      if (given.toUpperCase() !== prefix || ownDigest?.length !== length) return undefined;
      const problem = overCost(['salt length in characters', salt.length, maxSalt]);
      return {
        parameters: { salted: salt === '' ? 'no' : 'yes' },
        strength: 'fast',
        ...(problem && { problem }),
        digest: ownDigest,
        compute: (password) => digest(password + salt),
        text: (other = ownDigest) => prefix + salt + encodeHex(other),
      };
    },
  };
}

/** Plain digests in hexadecimal behind their name in braces. */
export const springDigestSchemes: readonly HashScheme[] = [
  digestScheme({
    id: 'spring-digest-md4',
    prefix: '{MD4}',
    length: 16,
    digest: (text) => md4(utf8(text)),
  }),
  digestScheme({ id: 'spring-digest-md5', prefix: '{MD5}', length: 16, digest: nodeDigest('md5') }),
  digestScheme({
    id: 'spring-digest-sha1',
    prefix: '{SHA-1}',
    length: 20,
    digest: nodeDigest('sha1'),
  }),
  digestScheme({
    id: 'spring-digest-sha256',
    prefix: '{SHA-256}',
    length: 32,
    digest: nodeDigest('sha256'),
  }),
];
