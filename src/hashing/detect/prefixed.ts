import { firstOwner } from '../registry.ts';
import type { HashScheme, IdentifiedHash } from '../scheme.ts';

type Inner = (body: string) => string | undefined;

const startsWith =
  (prefix: string): Inner =>
  (body) =>
    body.startsWith(prefix) ? body : undefined;

// A hash of crypt(3) begins with `$` or `_`, or is DES: only letters, digits, `.` and `/`.
const anyCrypt: Inner = (body) => (/^(?:[$_]|[./0-9A-Za-z]{13})/.test(body) ? body : undefined);
const nt: Inner = (body) => (/^[0-9A-F]{32}$/i.test(body) ? `$3$$${body.toLowerCase()}` : undefined);

/** RFC 2307's `{CRYPT}`, OpenLDAP's and Dovecot's `{ARGON2}`, and Dovecot's names for what crypt(3) reads. */
const byName: ReadonlyMap<string, Inner> = new Map([
  ['CRYPT', anyCrypt],
  ['DES-CRYPT', anyCrypt],
  ['MD5-CRYPT', startsWith('$1$')],
  ['MD5', startsWith('$1$')],
  ['BLF-CRYPT', startsWith('$2')],
  ['SHA256-CRYPT', startsWith('$5$')],
  ['SHA512-CRYPT', startsWith('$6$')],
  ['ARGON2', startsWith('$argon2')],
  ['ARGON2I', startsWith('$argon2i$')],
  ['ARGON2ID', startsWith('$argon2id$')],
  ['NT', nt],
  ['NTLM', nt],
]);

/** Kratos's names for three of crypt(3)'s prefixes. */
const byPrefix = [
  ['$md5-crypt$', '$1$'],
  ['$sha256-crypt$', '$5$'],
  ['$sha512-crypt$', '$6$'],
] as const;

/**
 * The scheme of a hash as a dump holds it: with a prefix that only names the scheme's family, such as `{CRYPT}`, or
 * without one.
 *
 * @param schemes the registry, in the order to try
 */
export function identifyPrefixed(text: string, schemes: readonly HashScheme[]): IdentifiedHash | undefined {
  const bare = withoutPrefix(text);
  return firstOwner(schemes, text) ?? (bare === undefined ? undefined : firstOwner(schemes, bare));
}

/**
 * The hash behind a prefix that only names its family: `$6$…` of `{CRYPT}$6$…` in any case. That is what is
 * stored, since it says the same by itself. `undefined` when there is no such prefix.
 */
function withoutPrefix(text: string): string | undefined {
  const match = /^\{([A-Za-z0-9-]{2,12})\}/.exec(text);
  if (match) return byName.get((match[1] ?? '').toUpperCase())?.(text.slice(match[0].length));
  for (const [prefix, inner] of byPrefix)
    if (text.startsWith(prefix)) return inner + text.slice(prefix.length);
  return undefined;
}
