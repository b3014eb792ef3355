import { type Digest, digestBytes, digestOf } from '../primitives/digests.ts';
import { decodeHex, encodeHex } from '../primitives/encoding.ts';
import type { HashScheme } from '../scheme.ts';

const saltBytes = 4;

/**
 * SQL Server 2005 and 2008. SQL Server 2000 appended a second digest, of the password in capitals. It is not stored: it
 * is easier to guess, and the first digest is enough to verify the password as it was set.
 */
export const mssql2005Scheme = mssqlScheme(
  'mssql2005',
  'SQL Server 2000 to 2008 (0x0100…)',
  '0x0100',
  'sha1',
  [digestBytes.sha1, 2 * digestBytes.sha1],
);

/** SQL Server 2012 and later. */
export const mssql2012Scheme = mssqlScheme('mssql2012', 'SQL Server 2012 (0x0200…)', '0x0200', 'sha512', [
  digestBytes.sha512,
]);

/** `pwdencrypt`: four bytes of salt and the digest of the password in UTF-16LE, then the salt. */
function mssqlScheme(
  id: string,
  title: string,
  prefix: string,
  algorithm: Digest,
  lengths: readonly number[],
): HashScheme {
  return {
    id,
    title,
    parse(text) {
      if (text.slice(0, prefix.length).toLowerCase() !== prefix) return undefined;
      const bytes = decodeHex(text.slice(prefix.length));
      if (!bytes || !lengths.includes(bytes.length - saltBytes)) return undefined;
      const salt = bytes.subarray(0, saltBytes);
      const ownDigest = bytes.subarray(saltBytes, saltBytes + digestBytes[algorithm]);
      return {
        parameters: {},
        strength: 'fast',
        digest: ownDigest,
        compute: (password) => digestOf(algorithm, Buffer.concat([Buffer.from(password, 'utf16le'), salt])),
        text: (digest = ownDigest) => prefix + encodeHex(Buffer.concat([salt, digest])).toUpperCase(),
      };
    },
  };
}
