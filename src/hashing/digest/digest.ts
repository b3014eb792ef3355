import type { HashScheme } from '../scheme.ts';

export { type DigestInput, passwordPart, saltPart, usesPassword, usesSalt } from './input.ts';
export { BadExpression, parseExpression, type SaltEncoding } from './input-expression.ts';
export { mysql323Text } from './mysql.ts';
export { plaintextScheme, plaintextText } from './plaintext.ts';
export { hmacText, rawDigestText, saltedDigestText } from './raw-digests.ts';
export { parseTaggedDigest } from './tagged-digest.ts';

/** Loads the schemes over digests, and plaintext. */
export async function loadDigestSchemes(): Promise<readonly HashScheme[]> {
  return (await import('./schemes.ts')).digestSchemes;
}
