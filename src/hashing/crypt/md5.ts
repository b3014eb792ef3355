import { permutedDigest } from '../primitives/crypt-base64.ts';
import { type HashReader, type HashScheme, readBy } from '../scheme.ts';
import { digestOf, recycled, stretch } from './rounds.ts';

const codec = permutedDigest([12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11]);
const nul = Uint8Array.of(0);

/** Poul-Henning Kamp's md5-crypt, as in FreeBSD's lib/libcrypt/crypt-md5.c; `magic` is part of the input. */
function md5Crypt(password: Uint8Array, salt: Uint8Array, magic: string): Uint8Array {
  const alternate = digestOf('md5', password, salt, password);
  const parts = [password, Buffer.from(magic), salt, recycled(alternate, password.length)];
  // For every bit of the length a NUL or the password's first byte: a mistake of the first version that the format kept.
  for (let bits = password.length; bits > 0; bits >>>= 1) {
    parts.push(bits & 1 ? nul : password.subarray(0, 1));
  }
  return stretch('md5', digestOf('md5', ...parts), password, salt, 1000);
}

function md5Scheme(id: string, title: string, magic: string, reader: HashReader): HashScheme {
  return {
    id,
    title,
    parse(text) {
      if (!text.startsWith(magic)) return undefined;
      // Any printable ASCII but the separators of the hash and of /etc/passwd may be salt.
      const match = /^([ -#%-9;-~]{0,8})\$([./0-9A-Za-z]{22})$/.exec(text.slice(magic.length));
      const salt = match?.[1];
      const ownDigest = codec.decode(match?.[2] ?? '');
      if (salt === undefined || !ownDigest) return undefined;
      return readBy(
        {
          parameters: { rounds: 1000 },
          strength: 'weak',
          digest: ownDigest,
          compute: (password) => md5Crypt(Buffer.from(password, 'utf8'), Buffer.from(salt), magic),
          text: (digest = ownDigest) => `${magic}${salt}$${codec.encode(digest)}`,
        },
        reader,
      );
    },
  };
}

/** `$1$` of crypt(3). */
export const md5CryptScheme = md5Scheme('md5-crypt', 'md5-crypt ($1$)', '$1$', 'crypt');

/** Apache's variant, written by `htpasswd` and `openssl passwd -apr1`. */
export const apr1Scheme = md5Scheme('apr1', 'Apache MD5 ($apr1$)', '$apr1$', 'apache');
