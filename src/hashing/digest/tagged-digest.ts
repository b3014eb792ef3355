import { type Digest, digestBytes, isDigest } from '../primitives/digests.ts';
import { decodeHex } from '../primitives/encoding.ts';

/** `sha1$salt$hex` taken apart. */
export interface TaggedDigest {
  readonly digest: Digest;
  readonly salt: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads `<digest>$<salt>$<hexadecimal>`, which Django makes of salt and password in a row and Werkzeug, up to
 * 2.2, of an HMAC keyed with the salt. Without a salt both mean the bare digest. Django itself has this for MD5
 * and SHA-1, and the django-sha2 package for the longer ones, so that no digest tells the two apart.
 */
export function parseTaggedDigest(text: string): TaggedDigest | undefined {
  const [name = '', salt, hex, ...rest] = text.split('$', 4);
  if (!isDigest(name) || salt === undefined || hex === undefined || rest.length > 0) return undefined;
  const bytes = decodeHex(hex);
  return bytes?.length === digestBytes[name] ? { digest: name, salt, bytes } : undefined;
}
