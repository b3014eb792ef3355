import { type HashScheme, ofPrepared, type ParsedHash } from '../scheme.ts';

/**
 * A hash of another format with `prefix` before it.
 *
 * @param prepare changes the password before the inner hash is made of it
 */
export function parsePrefixed(
  text: string,
  prefix: string,
  inner: HashScheme,
  prepare?: (password: string) => string,
): ParsedHash | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const hash = inner.parse(text.slice(prefix.length));
  if (!hash) return undefined;
  return { ...(prepare ? ofPrepared(hash, prepare) : hash), text: (digest) => prefix + hash.text(digest) };
}
