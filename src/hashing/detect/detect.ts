import { parseTaggedDigest, plaintextScheme, plaintextText, rawDigestText } from '../digest/digest.ts';
import { isBetterAuthText } from '../kdf/kdf.ts';
import { utf8 } from '../primitives/encoding.ts';
import type { HashProblem, HashScheme, ParsedHash } from '../scheme.ts';
import { applyFormat } from './apply-format.ts';
import { hashFormatCandidates } from './candidates.ts';
import type { HashFormat } from './hash-format.ts';
import { looksLikeHash } from './looks-like-hash.ts';
import { identifyPrefixed } from './prefixed.ts';
import { isUnusable } from './unusable.ts';

export { hashFormatCandidates } from './candidates.ts';
export {
  BadHashFormat,
  type HashFormat,
  hashFormatNames,
  parseGivenHashFormat,
  parseHashFormat,
} from './hash-format.ts';
export { looksLikeHash } from './looks-like-hash.ts';
export { identifyPrefixed } from './prefixed.ts';

/** What the hash column of one row of a dump turned out to be. */
export type Resolution =
  | { kind: 'hash'; scheme: HashScheme; hash: ParsedHash }
  /** It may be several things; `candidates` are the values of `--hash-format` that would say which. */
  | { kind: 'ambiguous'; candidates: string[] }
  | { kind: 'unknown' }
  /** A marker that no password matches. */
  | { kind: 'unusable' }
  /** It is recognised and must not be run. */
  | { kind: 'problem'; problem: HashProblem }
  /** It cannot be taken, or not with this format and salt; the message quotes nothing of them. */
  | { kind: 'refused'; message: string };

/** One row's hash, and what is known of it. */
export interface HashInput {
  /** The hash column as it is. */
  readonly text: string;
  /** The salt's own column: leave it out when there is none; an empty one is an empty salt. */
  readonly salt?: string | undefined;
  /** What `--hash-format` says. It explains the texts of its shape; others must describe themselves. */
  readonly format?: HashFormat | undefined;
}

/**
 * Finds out what a hash is, or says that it cannot be known: nothing is guessed. If a text describes itself, its salt
 * column is ignored, since many systems kept that column when they moved to bcrypt.
 *
 * @param schemes the registry, in the order to try
 */
export function resolveHash(input: HashInput, schemes: readonly HashScheme[]): Resolution {
  const { text, salt, format } = input;
  if (format?.kind === 'plaintext') return resolvePlaintext(text, salt, schemes);
  if (isUnusable(text)) return { kind: 'unusable' };
  if (text.startsWith('$2x$')) return { kind: 'refused', message: signExtended };
  const applied = format && applyFormat(format, text, salt);
  if (applied?.kind === 'refused') return applied;
  const known =
    applied || !isBetterAuthText(text)
      ? identifyPrefixed(applied?.text ?? unsaltedText(text) ?? text, schemes)
      : undefined;
  if (known?.hash.problem) return { kind: 'problem', problem: known.hash.problem };
  if (known) return { kind: 'hash', ...known };
  const candidates = hashFormatCandidates(text, salt);
  return candidates.length > 0 ? { kind: 'ambiguous', candidates } : { kind: 'unknown' };
}

// https://www.openwall.com/lists/announce/2011/06/21/1
const signExtended =
  '$2x$ marks hashes of the crypt_blowfish bug of 2011, under which different passwords match; ' +
  'the user needs a new password';

/** `sha1$$hex` means the bare digest to Django and to Werkzeug alike. */
function unsaltedText(text: string): string | undefined {
  const tagged = parseTaggedDigest(text);
  return tagged?.salt === '' ? rawDigestText(tagged.digest, tagged.bytes) : undefined;
}

function resolvePlaintext(
  text: string,
  salt: string | undefined,
  schemes: readonly HashScheme[],
): Resolution {
  if (text === '') return { kind: 'unusable' };
  if (salt) return { kind: 'refused', message: 'plaintext has no salt, but the row has one' };
  if (looksLikeHash(text, schemes)) {
    return { kind: 'refused', message: 'this looks like a hash and would be stored as a password' };
  }
  const hash = plaintextScheme.parse(text) ?? plaintextScheme.parse(plaintextText(utf8(text)));
  return hash ? { kind: 'hash', scheme: plaintextScheme, hash } : { kind: 'unknown' };
}
