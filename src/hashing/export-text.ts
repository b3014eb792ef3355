import { identifyPrefixed } from './detect/detect.ts';
import { keycloakTextOf } from './primitives/keycloak-credential.ts';
import { allSchemes } from './registry.ts';
import type { HashReader, HashScheme, ParsedHash } from './scheme.ts';

/**
 * Gives stored hashes in the spelling that other software verifies; `undefined` for a hash that it cannot verify, or
 * that is of no known scheme. The result never holds more than the hash itself.
 */
export async function textsFor(reader: HashReader): Promise<(stored: string) => string | undefined> {
  const schemes = await allSchemes();
  let last: HashScheme | undefined;
  return (stored) => {
    // Users next to each other mostly have hashes of one scheme, and no two schemes take the same text.
    const alike = last?.parse(stored);
    if (alike) return textFor(alike, reader);
    const identified = identifyPrefixed(stored, schemes);
    last = identified?.scheme;
    return identified && textFor(identified.hash, reader);
  };
}

function textFor(hash: ParsedHash, reader: HashReader): string | undefined {
  if (hash.problem?.code === 'unsupported') return undefined;
  const own = hash.textFor?.(reader);
  if (own !== undefined) return own;
  if (reader === 'keycloak') return hash.derivation && keycloakTextOf(hash.derivation, hash.digest);
  // RFC 2307, section 5.3: what crypt(3) reads stands behind its name.
  const inCrypt = reader === 'ldap' ? hash.textFor?.('crypt') : undefined;
  return inCrypt && `{CRYPT}${inCrypt}`;
}
