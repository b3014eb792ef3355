import { type Digest, digestBytes, digestOf, readDigest } from '../primitives/digests.ts';
import { decodeBase64, decodeHex, encodeBase64, utf8 } from '../primitives/encoding.ts';
import { type HashScheme, readBy } from '../scheme.ts';

const noSalt = new Uint8Array(0);

/**
 * `{SHA}` and `{SSHA}` of RFC 2307 and draft-stroeder-hashed-userpassword-values: base64 of the digest,
 * followed by the salt where there is one; the digest is over the password, then the salt. OpenLDAP verifies SHA-2 by
 * its module pw-sha2; Apache knows `{SHA}` alone.
 */
export const ldapSchemes: readonly HashScheme[] = [
  unsalted('MD5', 'md5', ['LDAP-MD5', 'PLAIN-MD5']),
  salted('SMD5', 'md5'),
  unsalted('SHA', 'sha1', ['SHA1']),
  salted('SSHA', 'sha1'),
  unsalted('SHA256', 'sha256'),
  salted('SSHA256', 'sha256'),
  unsalted('SHA384', 'sha384'),
  salted('SSHA384', 'sha384'),
  unsalted('SHA512', 'sha512'),
  salted('SSHA512', 'sha512'),
];

/**
 * The hexadecimal spelling, told apart by its length, is Dovecot's `{PLAIN-MD5}` and what passlib and Roundup
 * write. https://doc.dovecot.org/main/core/config/auth/schemes.html
 */
function unsalted(name: string, digest: Digest, otherNames: readonly string[] = []): HashScheme {
  return ldapScheme(name, digest, otherNames, (body) => readDigest(body, digestBytes[digest]));
}

function salted(name: string, digest: Digest): HashScheme {
  return ldapScheme(name, digest, [], (body, encoding) => {
    const bytes = encoding === 'HEX' ? decodeHex(body) : decodeBase64(body);
    return bytes && bytes.length >= digestBytes[digest] ? bytes : undefined;
  });
}

function ldapScheme(
  name: string,
  digest: Digest,
  otherNames: readonly string[],
  read: (body: string, encoding: string | undefined) => Uint8Array | undefined,
): HashScheme {
  return {
    id: `ldap-${name.toLowerCase()}`,
    title: `{${name}} (LDAP)`,
    parse(text) {
      const match = /^\{([A-Za-z0-9-]{3,9})(?:\.(HEX|B64|BASE64))?\}/i.exec(text);
      const given = match?.[1]?.toUpperCase();
      if (!match || given === undefined || (given !== name && !otherNames.includes(given))) return undefined;
      const bytes = read(text.slice(match[0].length), match[2]?.toUpperCase());
      if (!bytes) return undefined;
      const ownDigest = bytes.subarray(0, digestBytes[digest]);
      const salt = bytes.length > ownDigest.length ? bytes.subarray(ownDigest.length) : noSalt;
      return readBy(
        {
          parameters: {},
          strength: 'fast',
          digest: ownDigest,
          compute: (password) => digestOf(digest, Buffer.concat([utf8(password), salt])),
          text: (other = ownDigest) => `{${name}}${encodeBase64(Buffer.concat([other, salt]))}`,
        },
        'ldap',
        ...(name === 'SHA' ? (['apache'] as const) : []),
      );
    },
  };
}
