import { crypt64Value, encodeCrypt64, unpackCrypt64 } from '../primitives/crypt-base64.ts';
import { type Digest, digestOf } from '../primitives/digests.ts';
import { encodeHex, utf8 } from '../primitives/encoding.ts';
import type { HashProblem, HashScheme } from '../scheme.ts';

/** Highest base-2 logarithm of the rounds that is run: over a second. */
export const phpassMaxCost = 20;

/** One spelling of a portable hash. */
interface PortableHash {
  readonly id: string;
  readonly title: string;
  /** Matches a whole hash, with cost, salt and digest as its groups. */
  readonly pattern: RegExp;
  /** What the canonical spelling begins with. */
  readonly prefix: string;
  readonly algorithm: Digest;
  /** Whole bytes of digest in the text. */
  readonly bytes: number;
  /** `true` where the hash was made of the MD5 that Drupal 6 had stored, in hexadecimal. */
  readonly overMd5?: boolean;
}

/** phpass's "portable" hashes as WordPress, phpBB 3 and Joomla have them: https://www.openwall.com/phpass/ */
export const phpassScheme = portableScheme({
  id: 'phpass',
  title: 'phpass ($P$, $H$)',
  pattern: /^\$[PH]\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{21}[./01])$/,
  prefix: '$P$',
  algorithm: 'md5',
  bytes: 16,
});

/** The same over the MD5 of the password: Drupal accepts it from sites that used the phpass module before. */
export const phpassMd5Scheme = portableScheme({
  id: 'phpass-md5',
  title: 'phpass over MD5 (U$P$, U$H$)',
  pattern: /^U\$[PH]\$([./0-9A-Za-z])([./0-9A-Za-z]{8})([./0-9A-Za-z]{21}[./01])$/,
  prefix: 'U$P$',
  algorithm: 'md5',
  bytes: 16,
  overMd5: true,
});

/** A scheme that stretches as phpass does: a digest over salt and password, then over itself and the password. */
export function portableScheme(kind: PortableHash): HashScheme {
  return {
    id: kind.id,
    title: kind.title,
    parse(text) {
      const match = kind.pattern.exec(text);
      if (!match) return undefined;
      const [, costText = '', salt = '', digestText = ''] = match;
      const cost = crypt64Value(costText);
      const decoded = unpackCrypt64(digestText);
      if (!decoded) return undefined;
      const problem = costProblem(cost);
      return {
        parameters: { cost },
        strength: 'weak',
        ...(problem && { problem }),
        blocks: cost > 13,
        digest: decoded.bytes,
        compute: (password) => {
          const key = kind.overMd5 ? encodeHex(digestOf('md5', utf8(password))) : password;
          return stretch(kind.algorithm, utf8(key), utf8(salt), 2 ** cost).subarray(0, kind.bytes);
        },
        text: (digest = decoded.bytes) => {
          // The bits behind Drupal's last whole byte belong to the digest: a text without the digest has none of them.
          const rest = digest.some((byte) => byte !== 0) ? decoded.rest : 0;
          return kind.prefix + costText + salt + encodeCrypt64(digest, rest);
        },
      };
    },
  };
}

function stretch(algorithm: Digest, password: Uint8Array, salt: Uint8Array, rounds: number): Uint8Array {
  const first = digestOf(algorithm, Buffer.concat([salt, password]));
  const block = Buffer.concat([first, password]);
  for (let round = 0; round < rounds; round += 1) block.set(digestOf(algorithm, block));
  return block.subarray(0, first.length);
}

function costProblem(cost: number): HashProblem | undefined {
  if (cost < 7 || cost > 30) return { code: 'unsupported', message: `phpass has no cost ${cost}` };
  if (cost <= phpassMaxCost) return undefined;
  return { code: 'over-cost', message: `phpass cost ${cost} is above the bound of ${phpassMaxCost}` };
}
