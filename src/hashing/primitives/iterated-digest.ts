import { hash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';

/** Rounds after which other work gets its turn: some ten milliseconds. */
const roundsATurn = 16_384;

/** A digest applied to `data`, then over and over to its own result, `rounds` times in all (PBKDF1's core). */
export async function iteratedDigest(name: string, data: Uint8Array, rounds: number): Promise<Uint8Array> {
  let digest = hash(name, data, 'buffer');
  for (let round = 1; round < rounds; round++) {
    digest = hash(name, digest, 'buffer');
    if (round % roundsATurn === 0) await turn();
  }
  return new Uint8Array(digest);
}
