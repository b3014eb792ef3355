import { timingSafeEqual } from 'node:crypto';
import type { ParsedHash } from './scheme.ts';

/**
 * Whether `password` is the one of `hash`: as given, then in NFC where that differs, since some of the systems that
 * hashes come from normalised passwords and others did not.
 */
export async function matches(hash: ParsedHash, password: string): Promise<boolean> {
  if (hash.problem) return false;
  const isRight = (digest: Uint8Array) =>
    digest.length === hash.digest.length && timingSafeEqual(digest, hash.digest);
  for (const spelling of new Set([password, password.normalize('NFC')])) {
    if (isRight(await hash.compute(spelling))) return true;
    if ((await hash.computeOthers?.(spelling))?.some(isRight)) return true;
  }
  return false;
}
