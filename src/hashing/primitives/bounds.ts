import type { HashProblem } from '../scheme.ts';

// The bounds on costs are a budget of time: a hash that takes more than some two seconds of one core on an ordinary
// server of today is not run, so that nobody's login can keep a core busy for long. They are checked when hashes come in.

/** Fewer bytes of digest than this are no password hash: guesses would match by chance. */
export const minDigestBytes = 10;

/** A number found in a dump: what it is called, its value, and the highest that is run. */
export type Cost = readonly [name: string, value: number, bound: number];

/** The first number that is above its bound, as the problem to report; hashes are bounded before they are run. */
export function overCost(...costs: Cost[]): HashProblem | undefined {
  const over = costs.find(([, value, bound]) => value > bound);
  if (!over) return undefined;
  const [name, value, bound] = over;
  return { code: 'over-cost', message: `${name} ${value} is above the bound of ${bound}` };
}

/** Bounds on what every key derivation takes and gives; passlib takes salts of as many bytes. */
export function lengthCosts(salt: Uint8Array, digest: Uint8Array): Cost[] {
  return [
    ['salt length in bytes', salt.length, 1024],
    ['digest length in bytes', digest.length, 1024],
  ];
}

/** Runs of a digest below which stretching does not slow a guesser down. */
const leastRounds = 100;

/** How strong a digest is that is run many times over, and that no advice of today accepts. */
export function iteratedStrength(rounds: number, salt: Uint8Array | string): 'fast' | 'weak' {
  return rounds < leastRounds || salt.length === 0 ? 'fast' : 'weak';
}
