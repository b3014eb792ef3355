import { type ScryptOptions, scrypt, scryptSync } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';
import type { HashProblem, ParsedHash, Strength } from '../scheme.ts';
import { lengthCosts, overCost } from './bounds.ts';

/** Inputs of one run of scrypt (RFC 7914), the password apart. */
export interface ScryptInput {
  /** N: a power of two. */
  cost: number;
  /** r. */
  blockSize: number;
  /** p. */
  parallelism: number;
  salt: Uint8Array;
}

const maxCost = 2 ** 20;
const maxMemoryBytes = 2 ** 30;
const maxLaneBytes = 2 ** 26;
/** N·r·p: one and a half seconds, with half a GiB of memory for one lane. */
const maxWork = 2 ** 22;

// OWASP's Password Storage Cheat Sheet, "scrypt": the least N·r, and with it the least p.
const good: readonly (readonly [costTimesBlock: number, parallelism: number])[] = [
  [2 ** 20, 1],
  [2 ** 19, 2],
  [2 ** 18, 3],
  [2 ** 17, 5],
  [2 ** 16, 10],
];

/** scrypt's derived key of `length` bytes; a password given as text is taken as UTF-8. */
export async function scryptRaw(password: string, input: ScryptInput, length: number): Promise<Uint8Array> {
  const { cost: N, blockSize: r, parallelism: p, salt } = input;
  // OpenSSL counts the lanes and two blocks beside the N blocks of memory.
  const options = { N, r, p, maxmem: 128 * r * (N + p + 2) + 1024 };
  // A worker is a core of its own: it blocks, since libuv's pool would bound all workers to four threads.
  const derive = isMainThread ? scryptAsync : scryptSync;
  return new Uint8Array(await derive(password, salt, length, options));
}

function scryptAsync(password: string, salt: Uint8Array, length: number, options: ScryptOptions) {
  return new Promise<Buffer>((resolve, reject) => {
    scrypt(password, salt, length, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** The exponent of a power of two; `undefined` for any other number. */
export function exactLog2(value: number): number | undefined {
  const exponent = Math.round(Math.log2(value));
  return 2 ** exponent === value ? exponent : undefined;
}

/** What is wrong with parameters found in a dump, if anything. */
export function scryptProblem(input: ScryptInput, digest: Uint8Array): HashProblem | undefined {
  const { cost, blockSize, parallelism, salt } = input;
  const over = overCost(
    ['scrypt N', cost, maxCost],
    ['scrypt memory (128 N r) in bytes', 128 * cost * blockSize, maxMemoryBytes],
    ['scrypt lanes (128 r p) in bytes', 128 * blockSize * parallelism, maxLaneBytes],
    ['scrypt work (N r p)', cost * blockSize * parallelism, maxWork],
    ...lengthCosts(salt, digest),
  );
  if (over) return over;
  // RFC 7914, section 2: N is a power of two, larger than 1 and less than 2^(128 r / 8).
  const exponent = exactLog2(cost);
  if (exponent && exponent < 16 * blockSize && parallelism >= 1) return undefined;
  return { code: 'unsupported', message: 'scrypt parameters are out of the range of RFC 7914' };
}

/** N·r·p below which scrypt takes no more work and memory than a few hundred runs of a digest. */
export const leastWork = 1024;

/** How strong scrypt with these costs is. */
export function scryptStrength({ cost, blockSize, parallelism, salt }: ScryptInput): Strength {
  if (salt.length === 0 || cost * blockSize * parallelism < leastWork) return 'fast';
  return good.some(([least, lanes]) => cost * blockSize >= least && parallelism >= lanes) ? 'good' : 'weak';
}

/**
 * A hash whose digest is plain scrypt, whatever its spelling.
 *
 * @param digest the hash's own
 * @param spell the text of the hash with a digest
 */
export function scryptHash(
  input: ScryptInput,
  digest: Uint8Array,
  spell: (digest: Uint8Array) => string,
): ParsedHash {
  const { cost, blockSize, parallelism } = input;
  const problem = scryptProblem(input, digest);
  return {
    parameters: { cost, blockSize, parallelism },
    strength: scryptStrength(input),
    ...(problem && { problem }),
    digest,
    compute: (password) => scryptRaw(password, input, digest.length),
    text: (other = digest) => spell(other),
  };
}
