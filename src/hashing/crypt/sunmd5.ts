import { hash } from 'node:crypto';
import { permutedDigest } from '../primitives/crypt-base64.ts';
import { type HashScheme, readBy } from '../scheme.ts';
import { digestOf, roundsProblem } from './rounds.ts';
import { soliloquy } from './sunmd5-text.ts';

/** Most additional rounds that are run: about two seconds. */
export const sunMd5MaxRounds = 1_000_000;
const baseRounds = 4096;
const digestBytes = 16;
const codec = permutedDigest([12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11]);

/**
 * Alec Muffett's Sun MD5, as described in
 * https://passlib.readthedocs.io/en/stable/lib/passlib.hash.sun_md5_crypt.html
 *
 * @param setting the hash up to its digest and the `$` before it: all of it is hashed, prefix included
 * @param rounds additional rounds
 */
function sunMd5(password: Uint8Array, setting: string, rounds: number): Uint8Array {
  // The soliloquy counts with a NUL at its end.
  const text = Buffer.from(`${soliloquy}\0`);
  const heads = Buffer.alloc(digestBytes + 10);
  const tails = Buffer.concat([heads.subarray(0, digestBytes), text, Buffer.alloc(10)]);
  let result = digestOf('md5', password, Buffer.from(setting)).toString('latin1');
  for (let round = 0; round < baseRounds + rounds; round += 1) {
    heads.write(result, 0, 'latin1');
    const counter = String(round);
    if (coinToss(heads, round)) {
      tails.write(result, 0, 'latin1');
      tails.write(counter, digestBytes + text.length, 'latin1');
      result = hash('md5', tails.subarray(0, digestBytes + text.length + counter.length), 'binary');
    } else {
      heads.write(counter, digestBytes, 'latin1');
      result = hash('md5', heads.subarray(0, digestBytes + counter.length), 'binary');
    }
  }
  return new Uint8Array(Buffer.from(result, 'latin1'));
}

/** Whether `round` hashes the soliloquy too, which the digest before it decides. */
function coinToss(digest: Uint8Array, round: number): boolean {
  const bit = (index: number) => ((digest[(index % 128) >>> 3] ?? 0) >>> (index & 7)) & 1;
  const half = (start: number) => {
    let value = 0;
    for (let i = 0; i < 8; i += 1) {
      const a = digest[(start + i) % digestBytes] ?? 0;
      const b = digest[(start + i + 3) % digestBytes] ?? 0;
      const chosen = digest[(a >>> (b % 5)) % digestBytes] ?? 0;
      value |= bit((b >>> (a % 8)) & 1 ? chosen >>> 1 : chosen) << i;
    }
    return value;
  };
  const x = half(0) >>> bit(round);
  const y = half(8) >>> bit(round + 64);
  return (bit(x) ^ bit(y)) === 1;
}

/**
 * `$md5$salt$$digest` and `$md5,rounds=n$salt$$digest`, and their "bare salt" forms with one `$` before the
 * digest, which hash to something else. Solaris takes `rounds=` after `$md5$`, too.
 */
export const sunMd5Scheme: HashScheme = {
  id: 'sun-md5-crypt',
  title: 'Sun MD5 ($md5$, $md5,rounds=)',
  parse(text) {
    const match =
      /^(\$md5[$,](?:rounds=(0|[1-9]\d{0,9})\$)?[./0-9A-Za-z]{0,255}\$?)\$([./0-9A-Za-z]{22})$/.exec(text);
    const setting = match?.[1];
    const ownDigest = codec.decode(match?.[3] ?? '');
    if (setting === undefined || !ownDigest) return undefined;
    const rounds = Number(match?.[2] ?? 0);
    const problem = roundsProblem('Sun MD5', rounds, sunMd5MaxRounds);
    return readBy(
      {
        parameters: { rounds },
        strength: 'weak',
        ...(problem && { problem }),
        blocks: true,
        digest: ownDigest,
        compute: (password) => sunMd5(Buffer.from(password, 'utf8'), setting, rounds),
        text: (digest = ownDigest) => `${setting}$${codec.encode(digest)}`,
      },
      'crypt',
    );
  },
};
