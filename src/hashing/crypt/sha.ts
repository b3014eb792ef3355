import { createHash } from 'node:crypto';
import { type DigestCodec, permutedDigest } from '../primitives/crypt-base64.ts';
import { type HashScheme, readBy } from '../scheme.ts';
import { digestOf, recycled, roundsProblem, stretch } from './rounds.ts';

/** Most rounds of SHA-crypt that are run: about two seconds. */
export const shaCryptMaxRounds = 3_000_000;
const defaultRounds = 5000;
/** Ulrich Drepper's definition moves what lies outside to the nearest bound. */
const clampRounds = (rounds: number) => Math.min(Math.max(rounds, 1000), 999_999_999);

interface ShaCrypt {
  algorithm: 'sha256' | 'sha512';
  prefix: string;
  codec: DigestCodec;
  /** Rounds from which the work is what OWASP asks of PBKDF2 with the same digest. */
  goodRounds: number;
}

/** SHA-crypt as defined in https://www.akkadia.org/drepper/SHA-crypt.txt; the step numbers are its own. */
function shaCrypt(
  algorithm: ShaCrypt['algorithm'],
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
): Uint8Array {
  const alternate = digestOf(algorithm, password, salt, password); // steps 4 to 8
  const parts = [password, salt, recycled(alternate, password.length)];
  for (let bits = password.length; bits > 0; bits >>>= 1) parts.push(bits & 1 ? alternate : password);
  const first = digestOf(algorithm, ...parts); // steps 1 to 12
  const p = repeatedDigest(algorithm, password, password.length); // steps 13 to 16
  const s = repeatedDigest(algorithm, salt, 16 + (first[0] ?? 0)); // steps 17 to 20
  return stretch(algorithm, first, recycled(p, password.length), recycled(s, salt.length), rounds);
}

function repeatedDigest(algorithm: ShaCrypt['algorithm'], bytes: Uint8Array, times: number): Buffer {
  const running = createHash(algorithm);
  for (let i = 0; i < times; i += 1) running.update(bytes);
  return running.digest();
}

function shaScheme(variant: ShaCrypt): HashScheme {
  const { algorithm, prefix, codec } = variant;
  const id = `${algorithm}-crypt`;
  return {
    id,
    title: `${id} (${prefix})`,
    parse(text) {
      if (!text.startsWith(prefix)) return undefined;
      // Any printable ASCII but the separators of the hash and of /etc/passwd may be salt.
      const match = /^(?:rounds=(\d{1,20})\$)?(?!rounds=)([ -#%-9;-~]{0,16})\$([./0-9A-Za-z]{43,86})$/.exec(
        text.slice(prefix.length),
      );
      const salt = match?.[2];
      const digestText = match?.[3] ?? '';
      const ownDigest = codec.decode(digestText);
      if (salt === undefined || !ownDigest) return undefined;
      const explicit = match?.[1] === undefined ? undefined : clampRounds(Number(match[1]));
      const rounds = explicit ?? defaultRounds;
      const problem = roundsProblem(id, rounds, shaCryptMaxRounds);
      const setting = `${prefix}${explicit === undefined ? '' : `rounds=${explicit}$`}${salt}$`;
      return readBy(
        {
          parameters: { rounds },
          strength: rounds >= variant.goodRounds ? 'good' : 'weak',
          ...(problem && { problem }),
          blocks: rounds > 10_000,
          digest: ownDigest,
          compute: (password) =>
            shaCrypt(algorithm, Buffer.from(password, 'utf8'), Buffer.from(salt), rounds),
          text: (digest) => setting + (digest ? codec.encode(digest) : digestText),
        },
        'crypt',
        'apache',
      );
    },
  };
}

/** `$5$` of crypt(3). */
export const sha256CryptScheme = shaScheme({
  algorithm: 'sha256',
  prefix: '$5$',
  goodRounds: 600_000,
  codec: permutedDigest([
    20, 10, 0, 11, 1, 21, 2, 22, 12, 23, 13, 3, 14, 4, 24, 5, 25, 15, 26, 16, 6, 17, 7, 27, 8, 28, 18, 29, 19,
    9, 30, 31,
  ]),
});

/** `$6$` of crypt(3). */
export const sha512CryptScheme = shaScheme({
  algorithm: 'sha512',
  prefix: '$6$',
  goodRounds: 210_000,
  codec: permutedDigest([
    42, 21, 0, 1, 43, 22, 23, 2, 44, 45, 24, 3, 4, 46, 25, 26, 5, 47, 48, 27, 6, 7, 49, 28, 29, 8, 50, 51, 30,
    9, 10, 52, 31, 32, 11, 53, 54, 33, 12, 13, 55, 34, 35, 14, 56, 57, 36, 15, 16, 58, 37, 38, 17, 59, 60, 39,
    18, 19, 61, 40, 41, 20, 62, 63,
  ]),
});
