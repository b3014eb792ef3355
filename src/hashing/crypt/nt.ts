import { decodeHex, encodeHex } from '../primitives/encoding.ts';
import { md4 } from '../primitives/md4.ts';
import { type HashScheme, readBy } from '../scheme.ts';

const prefix = '$3$$';
const digestBytes = 16;

/** MD4 of nothing (RFC 1320, appendix A.5). */
const ofEmptyPassword = new Uint8Array(Buffer.from('31d6cfe0d16ae931b73c59d7e0c089c0', 'hex'));

/** The stored form of an NT hash, as crypt(3) spells it. */
export const ntText = (digest: Uint8Array): string => prefix + encodeHex(digest);

/** The NT hash, MS-NLMP's NTOWFv1: MD4 of the password in UTF-16LE, unsalted. */
function ntHash(password: string): Promise<Uint8Array> {
  return md4(Buffer.from(password, 'utf16le'));
}

/**
 * `$3$$hex`, as FreeBSD's and libxcrypt's crypt(3) and passlib's `bsd_nthash` spell the NT hash. Beyond ASCII
 * they differ: passlib encodes as Windows does, crypt(3) turns each byte of the UTF-8 into a 16-bit unit. A password is
 * right if either of the two digests is.
 */
export const ntScheme: HashScheme = {
  id: 'nt',
  title: 'NT hash ($3$)',
  parse(text) {
    const ownDigest = text.startsWith(prefix) ? decodeHex(text.slice(prefix.length)) : undefined;
    if (ownDigest?.length !== digestBytes) return undefined;
    return readBy(
      {
        parameters: {},
        strength: 'fast',
        digest: ownDigest,
        compute: ntHash,
        emptyDigest: ofEmptyPassword,
        async computeOthers(password) {
          const widened = Buffer.from(password, 'utf8').toString('latin1');
          return widened === password ? [] : [await ntHash(widened)];
        },
        text: (digest = ownDigest) => ntText(digest),
      },
      'crypt',
    );
  },
};
