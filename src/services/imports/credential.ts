import { normalizePassword, passwordFaults } from '../../domain/password-policy.ts';
import {
  BadHashFormat,
  firebaseHash,
  type HashProblem,
  type IdentifiedHash,
  identifyCurrent,
  isOfEmptyPassword,
  looksLikeHash,
  parseGivenHashFormat,
  parseWrapped,
  type Resolution,
  resolveHash,
  wrapProblem,
} from '../../hashing/index.ts';
import { firebaseHashFormat, type HashReading } from '../hashes/hashes.ts';
import type { Credential, ValidationRules } from './candidate.ts';
import { Reject, rejecting, textOf } from './field-values.ts';
import type { ImportedFields } from './fields.ts';

/** Longest text of a hash that the database holds. */
const maxHashLength = 2048;

/** A candidate's credential, and whether the password must be changed. */
interface ValidCredential {
  credential: Credential;
  weak: boolean;
}

const noCredential: ValidCredential = { credential: { kind: 'none' }, weak: false };

/** The credential of a record. Throws `Reject`. */
export function validateCredential(
  fields: ImportedFields,
  username: string,
  rules: ValidationRules,
): ValidCredential {
  const encoded = textOf(fields, 'passwordHash');
  if (encoded !== null) return validateHash(encoded, fields, username, rules);
  const text = textOf(fields, 'password');
  if (text === null) {
    if (rules.allowNoPassword || fields.ownExport) return noCredential;
    throw new Reject('no-password', 'the record has no password (--allow-no-password takes it all the same)');
  }
  if (!rules.plaintext) refuseHash(text, fields, rules);
  return validatePassword(text, username, rules);
}

/** Refuses a hash that stands in the place of a password: it would log in whoever stole it. */
function refuseHash(text: string, fields: ImportedFields, { hashes }: ValidationRules): void {
  const wayOut = '--map passwordHash=COLUMN takes it as one, --plaintext as a password';
  if (saltOf(fields)) {
    throw new Reject(
      'looks-like-hash',
      `the record has a salt, so that its password must be a hash (${wayOut})`,
    );
  }
  if (looksLikeHash(text, hashes.schemes)) {
    throw new Reject('looks-like-hash', `the password looks like a hash (${wayOut})`);
  }
}

function validatePassword(
  text: string,
  username: string,
  { policy, common, weakPasswords }: ValidationRules,
): ValidCredential {
  const password = rejecting(() => normalizePassword(text));
  const weak = passwordFaults(password, policy, { username, common }).length > 0;
  if (weak && weakPasswords === 'reject') {
    throw new Reject('weak-password', 'the password does not satisfy the policy');
  }
  return { credential: { kind: 'plain', password }, weak: weak && weakPasswords === 'flag' };
}

function validateHash(
  text: string,
  fields: ImportedFields,
  username: string,
  rules: ValidationRules,
): ValidCredential {
  const resolution = resolveRowHash(text, fields, rules.hashes);
  if (resolution.kind === 'unusable') return noCredential;
  if (resolution.kind !== 'hash') throw unresolved(resolution);
  const { scheme, hash } = resolution;
  if (isOfEmptyPassword(hash)) return { credential: { kind: 'empty-password' }, weak: false };
  // The password itself: it is hashed at once, not kept.
  if (hash.strength === 'none')
    return validatePassword(Buffer.from(hash.digest).toString('utf8'), username, rules);
  requireUsable({ scheme, hash }, text, rules);
  const stored = hash.text();
  if (stored.length > maxHashLength) {
    throw new Reject('unsupported-hash', `the hash is longer than ${maxHashLength} characters`);
  }
  return {
    credential: { kind: 'encoded', text: stored, scheme: scheme.id, strength: hash.strength },
    weak: false,
  };
}

function requireUsable(
  identified: IdentifiedHash,
  text: string,
  { wrapWeak, hashes }: ValidationRules,
): void {
  const wrapped = parseWrapped(text);
  // Only what is inside tells whether anybody can ever log in with it.
  const inner = wrapped && hashes.schemes.find(({ id }) => id === wrapped.inner)?.parse(wrapped.shell);
  if (wrapped && !inner)
    throw new Reject('unsupported-hash', 'what is inside the wrapped hash is of no known scheme');
  const isWrapped = wrapWeak && identified.hash.strength === 'fast';
  const problem = inner?.problem ?? (isWrapped ? wrapProblem(identified) : undefined);
  if (problem) throw unusable(problem);
}

const unusable = ({ code, message }: HashProblem): Reject =>
  new Reject(code === 'over-cost' ? 'over-cost' : 'unsupported-hash', message);

/** What the hash column of one record is, with the salt and format that stand beside it. Throws `Reject`. */
export function resolveRowHash(text: string, fields: ImportedFields, reading: HashReading): Resolution {
  const salt = saltOf(fields);
  const format = rowFormat(fields) ?? reading.format;
  // The commonest hashes describe themselves. Salt, format and markers are tried only for the others.
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

/** The salt that stands in a column of its own, which may be empty; `undefined` without such a column. */
export function saltOf(fields: ImportedFields): string | undefined {
  return fields.salt === undefined ? undefined : (textOf(fields, 'salt') ?? '');
}

// Some dumps say for each hash how it was made.
function rowFormat(fields: ImportedFields): HashReading['format'] {
  const text = textOf(fields, 'hashFormat');
  if (text === null) return undefined;
  try {
    return text === firebaseHashFormat ? text : parseGivenHashFormat(text);
  } catch (error) {
    if (error instanceof BadHashFormat) throw new Reject('unsupported-hash', error.message);
    throw error;
  }
}

/** Why a hash that could not be resolved is left behind. */
export function unresolved(resolution: Exclude<Resolution, { kind: 'hash' | 'unusable' }>): Reject {
  switch (resolution.kind) {
    case 'ambiguous':
      return new Reject(
        'ambiguous-hash',
        `the hash may be several things; --hash-format says which: ${resolution.candidates.join(' or ')}`,
      );
    case 'unknown':
      return new Reject('unknown-hash', 'the hash is of no known scheme (authctl hash schemes lists them)');
    case 'problem':
      return unusable(resolution.problem);
    case 'refused':
      return new Reject('unsupported-hash', resolution.message);
  }
}
