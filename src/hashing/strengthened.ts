import { type HashSettings, isOutdated } from './new-hash.ts';
import { identify } from './registry.ts';
import type { IdentifiedHash } from './scheme.ts';

/**
 * The stored hash itself where it is good, else a hash as good as today's around it: both take the same password.
 * `undefined` where no such hash can be made, and for a hash that nobody can verify.
 */
export async function strengthened(text: string, settings: HashSettings): Promise<string | undefined> {
  const identified = await identify(text);
  if (!identified || identified.hash.problem) return undefined;
  const { isWrappable, wrapHash, wrapProblem } = await import('./wrap.ts');
  if (!isWrappable(identified)) return text;
  return wrapProblem(identified) ? undefined : wrapHash(identified, settings);
}

/**
 * What replaces a hash whose password has just been found right, where it is not as `newHash` would make it today;
 * `undefined` to leave it. The replacement takes what the hash took, no less: `renewHash` tells of schemes that ignore a
 * part of the password.
 *
 * @param password in NFC
 */
export async function renewedHash(
  identified: IdentifiedHash,
  password: string,
  settings: HashSettings,
): Promise<string | undefined> {
  if (!isOutdated(identified, password, settings)) return undefined;
  return (await import('./wrap.ts')).renewHash(identified, password, settings);
}
