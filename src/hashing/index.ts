// The door of password hashing. A name that is imported from here loads its own file and no more of them; what only
// some commands need, the families of schemes above all, is loaded when it is first used.

export { decoyHash } from './decoy.ts';
export {
  BadHashFormat,
  type HashFormat,
  hashFormatCandidates,
  identifyPrefixed,
  looksLikeHash,
  parseGivenHashFormat,
  parseHashFormat,
  type Resolution,
  resolveHash,
} from './detect/detect.ts';
export { textsFor } from './export-text.ts';
export { type FirebaseParameters, firebaseHash, parseFirebaseParameters } from './kdf/kdf.ts';
export { LazyVerifier } from './lazy-verifier.ts';
export { type HashSettings, newHash } from './new-hash.ts';
export { HashPool } from './pool.ts';
export { allSchemes, identify, identifyCurrent, schemeLabel } from './registry.ts';
export type { HashProblem, HashReader, HashScheme, IdentifiedHash, ParsedHash, Strength } from './scheme.ts';
export { renewedHash, strengthened } from './strengthened.ts';
export { isOfEmptyPassword, matches, type Verification, verify } from './verification.ts';
export { isWrappable, wrapHash, wrapProblem } from './wrap.ts';
export { parseWrapped } from './wrapped-scheme.ts';
