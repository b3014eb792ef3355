import { getHashes, pbkdf2, pbkdf2Sync } from 'node:crypto';
import { promisify } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import type { HashProblem, ParsedHash, Strength } from '../scheme.ts';
import { iteratedStrength, lengthCosts, overCost } from './bounds.ts';

/** Digests that PBKDF2's HMAC may use, by their OpenSSL names, with their length in bytes. */
export const prfBytes = {
  md5: 16,
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
  'sha512-224': 28,
  'sha512-256': 32,
  'sha3-224': 28,
  'sha3-256': 32,
  'sha3-384': 48,
  'sha3-512': 64,
  blake2b512: 64,
  blake2s256: 32,
  ripemd160: 20,
  sm3: 32,
} as const;

/** A digest for PBKDF2's HMAC. */
export type Prf = keyof typeof prfBytes;

/** Inputs of one run of PBKDF2 (RFC 8018), the password apart. */
export interface Pbkdf2Input {
  prf: Prf;
  iterations: number;
  salt: Uint8Array;
}

/** Most iterations that are run: two seconds of SHA-512, the slowest digest, for one block. */
export const maxPbkdf2Iterations = 4_000_000;
/** A digest longer than the PRF's is made of blocks that each take all iterations. */
const maxBlockIterations = 2 * maxPbkdf2Iterations;

// OWASP's Password Storage Cheat Sheet, "PBKDF2"; SHA-224 and SHA-384 cost as much as the next longer digest.
const goodIterations: Partial<Record<Prf, number>> = {
  sha1: 1_300_000,
  sha224: 600_000,
  sha256: 600_000,
  sha384: 210_000,
  sha512: 210_000,
};

let available: ReadonlySet<string> | undefined;

const pbkdf2Async = promisify(pbkdf2);

/** PBKDF2's derived key of `length` bytes; the password is taken as UTF-8. */
export async function pbkdf2Raw(password: string, input: Pbkdf2Input, length: number): Promise<Uint8Array> {
  const { prf, iterations, salt } = input;
  // A worker is a core of its own: it blocks, since libuv's pool would bound all workers to four threads.
  const derive = isMainThread ? pbkdf2Async : pbkdf2Sync;
  return new Uint8Array(await derive(password, salt, iterations, length, prf));
}

/** What is wrong with parameters found in a dump, if anything. */
export function pbkdf2Problem(input: Pbkdf2Input, digest: Uint8Array): HashProblem | undefined {
  const { prf, iterations, salt } = input;
  const blocks = Math.ceil(digest.length / prfBytes[prf]);
  const over = overCost(
    ['PBKDF2 iterations', iterations, maxPbkdf2Iterations],
    ...lengthCosts(salt, digest),
    ['PBKDF2 iterations over all blocks', iterations * blocks, maxBlockIterations],
  );
  if (over) return over;
  // Builds of Node.js over another OpenSSL, or in FIPS mode, lack the rarer digests.
  available ??= new Set(getHashes());
  if (available.has(prf)) return undefined;
  return { code: 'unsupported', message: `this build of Node.js has no digest ${prf}` };
}

/** How strong a hash by PBKDF2 is. */
export function pbkdf2Strength({ prf, iterations, salt }: Pbkdf2Input): Strength {
  const stretched = iteratedStrength(iterations, salt);
  const isGood = iterations >= (goodIterations[prf] ?? Number.POSITIVE_INFINITY);
  return stretched === 'weak' && isGood ? 'good' : stretched;
}

/**
 * A hash whose digest is plain PBKDF2, whatever its spelling.
 *
 * @param digest the hash's own
 * @param spell the text of the hash with a digest
 */
export function pbkdf2Hash(
  input: Pbkdf2Input,
  digest: Uint8Array,
  spell: (digest: Uint8Array) => string,
): ParsedHash {
  const { prf, iterations } = input;
  const problem = pbkdf2Problem(input, digest);
  return {
    parameters: { prf, iterations },
    strength: pbkdf2Strength(input),
    ...(problem && { problem }),
    digest,
    compute: (password) => pbkdf2Raw(password, input, digest.length),
    text: (other = digest) => spell(other),
    derivation: { kind: 'pbkdf2', ...input },
  };
}
