import { type IdentifiedHash, identifyAmong } from '../index.ts';
import type { HashScheme } from '../scheme.ts';
import { unwrapHash } from './wrapped.ts';

/** The first scheme, in order, that takes the text or what is wrapped in it. */
export function identify(text: string, schemes: readonly HashScheme[]): IdentifiedHash | undefined {
  const inner = unwrapHash(text);
  return identifyAmong(schemes, text) ?? (inner === undefined ? undefined : identifyAmong(schemes, inner));
}
