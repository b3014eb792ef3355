import { bcryptScheme, bcryptSha256Scheme, loadCryptSchemes } from './crypt/crypt.ts';
import { loadDigestSchemes } from './digest/digest.ts';
import { argon2Schemes, loadKdfSchemes } from './kdf/kdf.ts';
import type { HashScheme, IdentifiedHash } from './scheme.ts';
import { wrappedSchemeOver } from './wrapped-scheme.ts';

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

// The other families are loaded only when a hash is not of a current scheme.
async function loadSchemes(): Promise<readonly HashScheme[]> {
  const families = await Promise.all([loadCryptSchemes(), loadDigestSchemes(), loadKdfSchemes()]);
  return [...current, ...families.flat()];
}

/** The scheme's id, and for a wrapped hash the one inside too: `wrapped(ldap-ssha)`. */
export function schemeLabel({ scheme, hash }: IdentifiedHash): string {
  return scheme === wrappedScheme ? `${scheme.id}(${hash.parameters.inner})` : scheme.id;
}

/** The scheme of a stored hash; `undefined` for a text that no scheme owns. */
export async function identify(text: string): Promise<IdentifiedHash | undefined> {
  return identifyCurrent(text) ?? firstOwner(await allSchemes(), text);
}

/** The scheme of a hash among those that new passwords are hashed with. Nothing is loaded for it. */
export const identifyCurrent = (text: string): IdentifiedHash | undefined => firstOwner(current, text);

/** The first of `schemes` that owns the text, and the hash that it made of it. */
export function firstOwner(schemes: readonly HashScheme[], text: string): IdentifiedHash | undefined {
  for (const scheme of schemes) {
    const hash = scheme.parse(text);
    if (hash) return { scheme, hash };
  }
  return undefined;
}
