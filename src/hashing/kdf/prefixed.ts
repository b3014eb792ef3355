import type { HashScheme, ParsedHash } from '../scheme.ts';

/**
 * A hash of another format with `prefix` before it.
 *
 * @param prepare what is done to the password before the inner hash sees it
 */
export function parsePrefixed(
  text: string,
  prefix: string,
  inner: HashScheme,
  prepare: (password: string) => string = (password) => password,
): ParsedHash | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const hash = inner.parse(text.slice(prefix.length));
  if (!hash) return undefined;
  return {
    ...hash,
    compute: (password) => hash.compute(prepare(password)),
    text: (digest) => prefix + hash.text(digest),
  };
}
