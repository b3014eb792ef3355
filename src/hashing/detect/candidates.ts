import { parseTaggedDigest } from '../digest/digest.ts';
import { isBetterAuthText } from '../kdf/kdf.ts';
import { type Digest, digestBytes, digestNames, readDigest } from '../primitives/digests.ts';

/**
 * The values of `--hash-format` that could explain a text that does not describe itself; empty when no format fits its
 * shape.
 *
 * A bare digest is never taken on its length alone, even where only one digest has it: SHA-256 of the password
 * looks like SHA-256 of password and salt, or of a password that was hashed before, and a wrong guess would
 * show itself only as users who cannot log in, after the dump is gone. One option answers for the whole dump.
 * With a salt the unsalted answers are not offered, and without one the salted ones are not, as neither could
 * be applied to the row.
 *
 * @param salt the salt's own column, if there is one; an empty one counts as none
 */
export function hashFormatCandidates(text: string, salt: string | undefined): string[] {
  if (parseTaggedDigest(text)) return ['django', 'werkzeug'];
  if (isBetterAuthText(text)) return ['better-auth', 'node-scrypt'];
  if (/^[0-9A-F]{16}$/i.test(text)) return ['mysql323'];
  const colon = text.indexOf(':');
  if (colon > 0 && salt === undefined) {
    const digest = digestByLength(text.slice(0, colon));
    return digest ? salted(digest) : [];
  }
  const digest = digestByLength(text);
  if (!digest) return [];
  if (salt) return salted(digest);
  return digest === 'md5' && text.length === 2 * digestBytes.md5 ? ['md5', 'nt'] : [digest];
}

function salted(digest: Digest): string[] {
  const nested = digest === 'md5' ? ['md5:md5(password)+salt'] : [];
  return [`${digest}:password+salt`, `${digest}:salt+password`, ...nested, `hmac-${digest}:salt`];
}

/** The only digest of a length in hexadecimal or base64. No two digests share one. */
function digestByLength(text: string): Digest | undefined {
  // Unpadded base64 of a digest's length is any word of that length.
  return digestNames.find(
    (name) =>
      (text.endsWith('=') || text.length === 2 * digestBytes[name] || text.length === 64) &&
      readDigest(text, digestBytes[name]),
  );
}
