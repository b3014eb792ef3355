import { md4 } from '../primitives/md4.ts';
import type { HashScheme } from '../scheme.ts';

/** The NT hash, MS-NLMP's NTOWFv1: MD4 of the password in UTF-16LE, unsalted. */
function ntHash(password: string): Uint8Array {
  return md4(Buffer.from(password, 'utf16le'));
}

/**
 * `$3$$hex`, as FreeBSD's and libxcrypt's crypt(3) and passlib's `bsd_nthash` spell the NT hash. Beyond ASCII
 * they differ: passlib encodes as Windows does, crypt(3) widens each byte of the UTF-8. Either is taken.
 */
export const ntScheme: HashScheme = {
  id: 'nt',
  title: 'NT hash ($3$)',
  parse(text) {
    const match = /^\$3\$\$([0-9a-fA-F]{32})$/.exec(text);
    if (!match) return undefined;
    const ownDigest = new Uint8Array(Buffer.from(match[1] ?? '', 'hex'));
    return {
      parameters: {},
      strength: 'fast',
      digest: ownDigest,
      compute: ntHash,
      computeOthers(password) {
        const widened = Buffer.from(password, 'utf8').toString('latin1');
        return widened === password ? [] : [ntHash(widened)];
      },
      text: (digest = ownDigest) => `$3$$${Buffer.from(digest).toString('hex')}`,
    };
  },
};
