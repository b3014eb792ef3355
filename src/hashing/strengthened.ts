import type { HashSettings } from './new-hash.ts';
import { identify } from './registry.ts';

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
