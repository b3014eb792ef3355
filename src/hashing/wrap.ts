import { type HashSettings, newHash } from './new-hash.ts';
import { allSchemes, firstOwner, identify, wrappedScheme } from './registry.ts';
import type { HashProblem, IdentifiedHash } from './scheme.ts';
import { parseWrapped, wrappedText, wrappingKey } from './wrapped-scheme.ts';

/** Characters that `users.password_hash` holds. */
const maxText = 2048;
/** More than what surrounds the shell: prefix, a scheme's id and the longest outer hash. */
const surroundings = 256;

/**
 * Whether wrapping makes a hash stronger: it is not `good` and not wrapped already. `fast` and `none` are wrapped unless
 * schemes are named; `weak` ones, which are stretched, only when their scheme is named.
 */
export function isWrappable({ scheme, hash }: IdentifiedHash): boolean {
  return scheme.id !== wrappedScheme.id && hash.strength !== 'good';
}

/** Why a hash cannot be wrapped; `undefined` when it can. Cheap, and never runs the hash. */
export function wrapProblem(identified: IdentifiedHash): HashProblem | undefined {
  const { hash } = identified;
  if (hash.problem) return hash.problem;
  if (!isWrappable(identified)) return unsupported('this hash needs no wrapping');
  if (hash.strength === 'none') {
    return plainPassword(hash.digest) === undefined
      ? unsupported('the password is not UTF-8, or empty, or holds a NUL character')
      : undefined;
  }
  return shellProblem(identified);
}

/** Why a hash cannot be kept beside another one without its digest; `undefined` when it can. */
function shellProblem(identified: IdentifiedHash): HashProblem | undefined {
  const { scheme, hash } = identified;
  const shell = shellOf(identified);
  if (4 * Math.ceil(Buffer.byteLength(shell, 'utf8') / 3) > maxText - surroundings) {
    return unsupported('the hash is too long to be wrapped');
  }
  // The old digest is not stored, so the rest of the hash must be readable without it.
  const again = scheme.parse(shell);
  const isShell = again && !again.problem && again.digest.every((byte) => byte === 0);
  return isShell && again.digest.length === hash.digest.length
    ? undefined
    : unsupported('the hash cannot be told apart from its digest');
}

/**
 * The text that replaces a weak hash without its password: the old digest, hashed as `newHash` hashes a password, beside
 * the old hash's salt and cost, by which a login computes the old digest again. A password in plain text is simply
 * hashed.
 *
 * @param identified one without a `wrapProblem`; throws an error that tells the problem otherwise
 */
export async function wrapHash(identified: IdentifiedHash, settings: HashSettings): Promise<string> {
  const problem = wrapProblem(identified);
  if (problem) throw new Error(problem.message);
  const { hash } = identified;
  if (hash.strength === 'none') return newHash(plainPassword(hash.digest) ?? '', settings);
  return wrapDigest(identified, settings);
}

async function wrapDigest(identified: IdentifiedHash, settings: HashSettings): Promise<string> {
  const outer = await newHash(wrappingKey(identified.hash.digest), settings);
  return wrappedText({ inner: identified.scheme.id, shell: shellOf(identified), outer });
}

/**
 * What replaces an outdated hash whose password has just been found right; `undefined` to leave it. A hash that takes
 * other passwords too, since its scheme ignores a part of them, is wrapped, or left where it is good or wrapped
 * already: what was typed need not be the whole password.
 *
 * @param password in NFC
 */
export async function renewHash(
  identified: IdentifiedHash,
  password: string,
  settings: HashSettings,
): Promise<string | undefined> {
  const inner = identified.scheme === wrappedScheme ? await innerHash(identified) : identified;
  if (!inner?.hash.takesOthersThan?.(password)) return newHash(password, settings);
  const isLeft = inner !== identified || inner.hash.strength === 'good' || shellProblem(inner) !== undefined;
  return isLeft ? undefined : wrapDigest(inner, settings);
}

/** The hash inside a wrapped one, with every byte of its digest zero. */
async function innerHash({ hash }: IdentifiedHash): Promise<IdentifiedHash | undefined> {
  const wrapped = parseWrapped(hash.text());
  return wrapped && firstOwner(await allSchemes(), wrapped.shell);
}

/** `wrapHash` of a stored text. Throws when no scheme owns it. */
export async function wrapText(text: string, settings: HashSettings): Promise<string> {
  const identified = await identify(text);
  if (!identified) throw new Error('no scheme takes the hash to be wrapped');
  return wrapHash(identified, settings);
}

const shellOf = ({ hash }: IdentifiedHash) => hash.text(new Uint8Array(hash.digest.length));

const unsupported = (message: string): HashProblem => ({ code: 'unsupported', message });

/** The password in plain text of a hash of strength `none`; `undefined` for one that `newHash` cannot hash. */
function plainPassword(digest: Uint8Array): string | undefined {
  try {
    const password = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(digest);
    return password === '' || password.includes('\0') ? undefined : password.normalize('NFC');
  } catch {
    return undefined;
  }
}
