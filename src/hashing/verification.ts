import { timingSafeEqual } from 'node:crypto';
import type { ParsedHash } from './scheme.ts';

/** Longest password that is verified, in bytes of UTF-8: some schemes take quadratic time. */
export const maxPasswordBytes = 1024;

/** What came of a password: `unverifiable` where the hash must not or cannot be run, whatever the password. */
export type Verification = 'right' | 'wrong' | 'unverifiable';

/**
 * Whether `password` is the one of `hash`: as given, then in NFC where that differs, since some of the systems that
 * hashes come from normalised passwords and others did not.
 *
 * An empty password is never right, whatever the hash, and neither is one of blanks that a scheme drops until nothing
 * is left. A password that is refused for what it is costs what any other costs.
 */
export async function verify(hash: ParsedHash, password: string): Promise<Verification> {
  if (hash.problem) return 'unverifiable';
  const isPossible = password !== '' && Buffer.byteLength(password, 'utf8') <= maxPasswordBytes;
  try {
    const opens = await isOf(hash, isPossible ? password : impossible);
    if (!opens || !isPossible) return 'wrong';
    return isBlank(password) && (await isOf(hash, '')) ? 'wrong' : 'right';
  } catch {
    // A native engine refuses parameters that no check here knows of.
    return 'unverifiable';
  }
}

/** Whether `verify` finds a password right. */
export async function matches(hash: ParsedHash, password: string): Promise<boolean> {
  return (await verify(hash, password)) === 'right';
}

/** Stands for a password that cannot be right, so that the hash is run all the same. */
const impossible = 'no password';

/** Whether nothing may be left of a password where blanks and characters without a width are dropped. */
const isBlank = (password: string) => /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u.test(password);

async function isOf(hash: ParsedHash, password: string): Promise<boolean> {
  const isRight = (digest: Uint8Array) =>
    digest.length === hash.digest.length && timingSafeEqual(digest, hash.digest);
  let opens = false;
  // Each spelling is hashed, also behind the right one: by the time it takes, nobody shall tell a right password of a
  // locked user from a wrong one.
  for (const spelling of new Set([password, password.normalize('NFC')])) {
    const digests = [await hash.compute(spelling), ...((await hash.computeOthers?.(spelling)) ?? [])];
    opens = digests.some(isRight) || opens;
  }
  return opens;
}

/**
 * Whether a hash is known to be of the empty password, which logs nobody in. Only digests that are made at once are
 * looked into; of a stretched hash it is found out by a login.
 */
export function isOfEmptyPassword(hash: ParsedHash): boolean {
  if (hash.problem) return false;
  if (hash.strength === 'none') return hash.digest.length === 0;
  if (hash.strength !== 'fast') return false;
  const digest = hash.emptyDigest ?? hash.compute('');
  return digest instanceof Uint8Array && Buffer.compare(digest, hash.digest) === 0;
}
