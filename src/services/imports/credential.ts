import { normalizePassword, passwordFaults } from '../../domain/password-policy.ts';
import {
  BadHashFormat,
  type FirebaseParameters,
  firebaseHash,
  type HashFormat,
  type HashScheme,
  type IdentifiedHash,
  identifyCurrent,
  looksLikeHash,
  type ParsedHash,
  parseHashFormat,
  parseWrapped,
  type Resolution,
  resolveHash,
  type Strength,
  wrapProblem,
} from '../../hashing/index.ts';
import type { Judgement } from './candidates.ts';
import type { ImportedFields } from './fields.ts';
import { Reject, rejecting, textOf } from './row.ts';

/** By what an imported user logs in: nothing, a password to be hashed, or the hash that the dump has. */
export type Credential =
  | { kind: 'none' }
  | { kind: 'plain'; password: string }
  | { kind: 'encoded'; text: string; scheme: string; strength: Strength };

/** The value of `--hash-format` and of a dump's `hashFormat` that only a Firebase project's parameters explain. */
export const firebaseHashFormat = 'firebase-scrypt';

/** Longest text of a hash that the database holds. */
const maxHashLength = 2048;

/** How hashes that do not describe themselves are read. */
export interface HashReading {
  format: HashFormat | typeof firebaseHashFormat | undefined;
  firebase: FirebaseParameters | undefined;
  schemes: readonly HashScheme[];
}

/** A record's credential, and whether the policy refuses its password. Throws `Reject`. */
export function judgeCredential(
  fields: ImportedFields,
  username: string,
  judgement: Judgement,
): { credential: Credential; weak: boolean } {
  const encoded = textOf(fields, 'passwordHash');
  if (encoded !== null) return judgeHash(encoded, fields, username, judgement);
  const text = textOf(fields, 'password');
  if (text === null) {
    if (judgement.rules.allowNoPassword || fields.ownExport)
      return { credential: { kind: 'none' }, weak: false };
    throw new Reject('no-password', 'the record has no password (--allow-no-password takes it all the same)');
  }
  if (!judgement.rules.plaintext && looksLikeHash(text, judgement.hashes.schemes)) {
    throw new Reject(
      'looks-like-hash',
      'the password looks like a hash (--map passwordHash=COLUMN takes it as one, --plaintext as a password)',
    );
  }
  return judgePlain(text, username, judgement);
}

function judgePlain(text: string, username: string, { policy, common, rules }: Judgement) {
  const password = rejecting(() => normalizePassword(text));
  const weak = passwordFaults(password, policy, { username, common }).length > 0;
  if (weak && rules.weakPasswords === 'reject') {
    throw new Reject('weak-password', 'the password does not satisfy the policy');
  }
  return { credential: { kind: 'plain', password } as const, weak: weak && rules.weakPasswords === 'flag' };
}

function judgeHash(text: string, fields: ImportedFields, username: string, judgement: Judgement) {
  const resolution = resolveRowHash(text, fields, judgement.hashes);
  if (resolution.kind === 'unusable') return { credential: { kind: 'none' } as const, weak: false };
  const { scheme, hash } = requireHash(resolution);
  // The password itself: it is hashed at once, not kept.
  if (hash.strength === 'none')
    return judgePlain(Buffer.from(hash.digest).toString('utf8'), username, judgement);
  refuseUnwrappable({ scheme, hash }, text, judgement);
  const stored = hash.text();
  if (stored.length > maxHashLength) {
    throw new Reject('unsupported-hash', `the hash is longer than ${maxHashLength} characters`);
  }
  const credential = { kind: 'encoded', text: stored, scheme: scheme.id, strength: hash.strength } as const;
  return { credential, weak: false };
}

function refuseUnwrappable(identified: IdentifiedHash, text: string, { rules, hashes }: Judgement): void {
  const wrapped = parseWrapped(text);
  // Only what is inside tells whether anybody can ever log in with it.
  const inner = wrapped && hashes.schemes.find(({ id }) => id === wrapped.inner)?.parse(wrapped.shell);
  if (wrapped && !inner)
    throw new Reject('unsupported-hash', 'what is inside the wrapped hash is of no known scheme');
  const wanted = rules.wrapWeak && identified.hash.strength === 'fast';
  const problem = inner?.problem ?? (wanted ? wrapProblem(identified) : undefined);
  if (problem)
    throw new Reject(problem.code === 'over-cost' ? 'over-cost' : 'unsupported-hash', problem.message);
}

/** What the hash column of one record is, with the salt and format that stand beside it. */
export function resolveRowHash(text: string, fields: ImportedFields, reading: HashReading): Resolution {
  const salt = fields.salt === undefined ? undefined : (textOf(fields, 'salt') ?? '');
  const format = rowFormat(fields) ?? reading.format;
  // The commonest hashes describe themselves: what has salt, format and markers to be tried is the rest.
  const current = format === undefined ? identifyCurrent(text) : undefined;
  if (current && !current.hash.problem) return { kind: 'hash', ...current };
  if (format !== firebaseHashFormat) return resolveHash({ text, salt, format }, reading.schemes);
  if (!reading.firebase) {
    throw new Reject(
      'firebase-parameters',
      "a Firebase hash needs its project's parameters (--firebase-params FILE)",
    );
  }
  const encoded = firebaseHash({ hash: text, salt: salt ?? '', ...reading.firebase });
  return resolveHash({ text: encoded }, reading.schemes);
}

// Some dumps say for each hash how it was made.
function rowFormat(fields: ImportedFields): HashReading['format'] {
  const text = textOf(fields, 'hashFormat');
  if (text === null) return undefined;
  try {
    return text === firebaseHashFormat ? text : parseHashFormat(text);
  } catch (error) {
    if (error instanceof BadHashFormat) throw new Reject('unsupported-hash', error.message);
    throw error;
  }
}

function requireHash(resolution: Exclude<Resolution, { kind: 'unusable' }>): {
  scheme: HashScheme;
  hash: ParsedHash;
} {
  switch (resolution.kind) {
    case 'hash':
      return resolution;
    case 'ambiguous':
      throw new Reject(
        'ambiguous-hash',
        `the hash may be several things; --hash-format says which: ${resolution.candidates.join(' or ')}`,
      );
    case 'unknown':
      throw new Reject('unknown-hash', 'the hash is of no known scheme (authctl hash schemes lists them)');
    case 'problem':
      throw new Reject(
        resolution.problem.code === 'over-cost' ? 'over-cost' : 'unsupported-hash',
        resolution.problem.message,
      );
    case 'refused':
      throw new Reject('unsupported-hash', resolution.message);
  }
}
