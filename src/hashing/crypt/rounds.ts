import { createHash, hash } from 'node:crypto';
import type { HashProblem } from '../scheme.ts';

/** Digests that crypt(3) schemes stretch. */
export type CryptDigest = 'md5' | 'sha256' | 'sha512';

/** The problem of a round count above `bound`, if it is. */
export function roundsProblem(scheme: string, rounds: number, bound: number): HashProblem | undefined {
  if (rounds <= bound) return undefined;
  return { code: 'over-cost', message: `${scheme} with ${rounds} rounds is above the bound of ${bound}` };
}

/** Digest of `parts`, one after the other. */
export function digestOf(algorithm: CryptDigest, ...parts: readonly Uint8Array[]): Buffer {
  const running = createHash(algorithm);
  for (const part of parts) running.update(part);
  return running.digest();
}

/** `length` bytes of `block` repeated. */
export function recycled(block: Uint8Array, length: number): Buffer {
  return Buffer.alloc(length, block);
}

/**
 * The loop that md5-crypt and SHA-crypt share (steps 21 of https://www.akkadia.org/drepper/SHA-crypt.txt):
 * round `i` digests the previous result and `password`, in an order that depends on whether `i` is odd, and
 * between them `salt` unless 3 divides `i` and `password` unless 7 does.
 *
 * There are only eight different inputs, so they are laid out once and each round writes nothing but the
 * previous result. One-shot digests as binary strings are over twice as fast as Buffers, let alone as
 * `createHash`.
 */
export function stretch(
  algorithm: CryptDigest,
  first: Buffer,
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
): Uint8Array {
  const inputs = Array.from({ length: 8 }, (_, index) => {
    const middle = [...(index & 2 ? [salt] : []), ...(index & 1 ? [password] : [])];
    const odd = (index & 4) !== 0;
    const bytes = Buffer.concat(odd ? [password, ...middle, first] : [first, ...middle, password]);
    return { bytes, at: odd ? bytes.length - first.length : 0 };
  });
  let result = first.toString('latin1');
  for (let i = 0; i < rounds; i += 1) {
    const input = inputs[(i & 1 ? 4 : 0) | (i % 3 ? 2 : 0) | (i % 7 ? 1 : 0)];
    if (!input) continue;
    input.bytes.write(result, input.at, 'latin1');
    result = hash(algorithm, input.bytes, 'binary');
  }
  return new Uint8Array(Buffer.from(result, 'latin1'));
}
