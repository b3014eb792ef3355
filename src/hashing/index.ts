import { timingSafeEqual } from 'node:crypto';
import { bcryptScheme, bcryptSha256Scheme } from './crypt/bcrypt.ts';
import { argon2Schemes } from './kdf/argon2.ts';
import type { HashScheme, ParsedHash } from './scheme.ts';
import { wrappedSchemeOver } from './wrapped-scheme.ts';

export type { HashProblem, HashScheme, ParsedHash, Strength } from './scheme.ts';

/** A weak hash that was strengthened without its password, as `wrap.ts` does. */
export const wrappedScheme = wrappedSchemeOver(allSchemes);

/** What authctl itself makes; no other scheme is needed to look at a current database. */
const current: readonly HashScheme[] = [bcryptScheme, bcryptSha256Scheme, ...argon2Schemes, wrappedScheme];

let all: Promise<readonly HashScheme[]> | undefined;

/** Every scheme that is understood, in the order in which they are tried. */
export function allSchemes(): Promise<readonly HashScheme[]> {
  all ??= loadSchemes();
  return all;
}

// Looking at a current database needs none of these.
async function loadSchemes(): Promise<readonly HashScheme[]> {
  const [{ cryptSchemes }, { digestSchemes }, { kdfSchemes }] = await Promise.all([
    import('./crypt/all.ts'),
    import('./digest/all.ts'),
    import('./kdf/all.ts'),
  ]);
  return [...current, ...cryptSchemes, ...digestSchemes, ...kdfSchemes];
}

/** A hash and the scheme that took it apart. */
export interface IdentifiedHash {
  scheme: HashScheme;
  hash: ParsedHash;
}

/** The scheme's id, and for a wrapped hash the one inside too: `wrapped(ldap-ssha)`. */
export function schemeLabel({ scheme, hash }: IdentifiedHash): string {
  return scheme === wrappedScheme ? `${scheme.id}(${hash.parameters.inner})` : scheme.id;
}

/** The scheme of a hash, looking only at those that new passwords are hashed with; at once. */
export const identifyCurrent = (text: string): IdentifiedHash | undefined => identifyAmong(current, text);

/** The scheme of a stored hash; `undefined` for a text that no scheme owns. */
export async function identify(text: string): Promise<IdentifiedHash | undefined> {
  return identifyAmong(current, text) ?? identifyAmong(await allSchemes(), text);
}

/** The first scheme, in order, that takes the text. */
export function identifyAmong(schemes: readonly HashScheme[], text: string): IdentifiedHash | undefined {
  for (const scheme of schemes) {
    const hash = scheme.parse(text);
    if (hash) return { scheme, hash };
  }
  return undefined;
}

/**
 * Whether `password` is the one of `hash`: as given, then in NFC where that differs, since systems of before
 * normalised or did not.
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
