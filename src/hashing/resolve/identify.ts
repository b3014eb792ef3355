import type { HashScheme, ParsedHash } from '../scheme.ts';
import { unwrapHash } from './wrapped.ts';

/** A hash that describes itself, with the scheme that took it apart. */
export interface Identified {
  readonly scheme: HashScheme;
  readonly hash: ParsedHash;
}

/** The first scheme, in order, that takes the text or what is wrapped in it. */
export function identify(text: string, schemes: readonly HashScheme[]): Identified | undefined {
  const inner = unwrapHash(text);
  return firstOf(text, schemes) ?? (inner === undefined ? undefined : firstOf(inner, schemes));
}

function firstOf(text: string, schemes: readonly HashScheme[]): Identified | undefined {
  for (const scheme of schemes) {
    const hash = scheme.parse(text);
    if (hash) return { scheme, hash };
  }
  return undefined;
}
