import { quote } from '../../domain/text.ts';
import type { User } from '../../domain/user.ts';
import { identityKey } from '../../domain/username.ts';
import type { Candidate, HashedCandidate, PasswordHash } from './candidate.ts';
import type { UsersByKey } from './existing-users.ts';
import { type ImportedUser, importedStatus } from './imported-user.ts';
import type { RejectCode } from './reject-codes.ts';
import type { RowOutcome } from './report.ts';
import type { ImportRules } from './request.ts';

/** What is to be done with a candidate, now that the database has been asked. */
export type Decision =
  | { kind: 'create' }
  | { kind: 'update'; before: User; changes: UserChanges }
  | { kind: 'skip' }
  | { kind: 'reject'; code: RejectCode; message: string };

/** What an update makes different; whatever it has no key for stays. */
export interface UserChanges {
  email?: string;
  firstName?: string;
  lastName?: string;
  expiresAt?: Date;
  mustChangePassword?: true;
  disabled?: true;
  passwordHash?: Exclude<PasswordHash, { kind: 'none' }>;
}

/** Decides on one candidate by the users who are there. */
export function decide(
  candidate: HashedCandidate,
  existing: Readonly<UsersByKey>,
  rules: ImportRules,
): Decision {
  if (existing.size === 0) return { kind: 'create' };
  const { user } = candidate;
  const name = identityKey(user.username);
  const holder = existing.get(name);
  const same = holder && identityKey(holder.username) === name ? holder : undefined;
  const conflict = conflictOf(user, holder, same, existing);
  if (conflict) return conflict;
  if (!holder) return { kind: 'create' };
  if (!same || rules.onConflict === 'reject')
    return reject('user-exists', `user ${quote(user.username)} already exists`);
  if (rules.onConflict === 'skip') return { kind: 'skip' };
  const changes = changesOf(same, candidate, rules);
  return Object.keys(changes).length === 0 ? { kind: 'skip' } : { kind: 'update', before: same, changes };
}

const reject = (code: RejectCode, message: string): Decision => ({ kind: 'reject', code, message });

/**
 * What keeps a candidate out whatever `--on-conflict` says.
 *
 * @param holder who holds the username as a name or an address
 * @param same `holder`, if the username is the holder's own
 */
function conflictOf(
  { id, username, email }: ImportedUser,
  holder: User | undefined,
  same: User | undefined,
  existing: Readonly<UsersByKey>,
): Decision | undefined {
  if (same?.deletedAt) return reject('user-deleted', `user ${quote(username)} is deleted and keeps the name`);
  const emailHolder = email === null ? undefined : existing.get(identityKey(email));
  if (email !== null && emailHolder && emailHolder !== same) {
    return reject('email-exists', `the e-mail address ${quote(email)} is taken`);
  }
  const idIsTaken = id !== undefined && existing.has(`:${id}`);
  return !holder && idIsTaken ? reject('id-exists', 'another user has the id') : undefined;
}

// Only what the dump has a value in is replaced; nothing is unlocked, enabled or restored.
function changesOf(
  before: User,
  { user, weak, passwordHash }: HashedCandidate,
  rules: ImportRules,
): UserChanges {
  const { email, firstName, lastName, expiresAt } = user;
  const isOther = passwordHash.kind !== 'stored' || passwordHash.text !== before.passwordHash;
  const password = rules.updatePasswords && passwordHash.kind !== 'none' && isOther && passwordHash;
  const mustChange = user.mustChangePassword || (password !== false && weak);
  return {
    ...(email !== null && email !== before.email && { email }),
    ...(firstName !== null && firstName !== before.firstName && { firstName }),
    ...(lastName !== null && lastName !== before.lastName && { lastName }),
    ...(expiresAt !== null && expiresAt.getTime() !== before.expiresAt?.getTime() && { expiresAt }),
    ...(user.disabled && before.disabledAt === null && { disabled: true }),
    ...(password !== false && { passwordHash: password }),
    ...(mustChange && !before.mustChangePassword && { mustChangePassword: true }),
  };
}

/**
 * A decision that can be carried out. A password is not hashed where its user was there and keeps the one of before;
 * where that user has gone meanwhile, there is no hash to create the user with.
 */
export function requireHash(decision: Decision, { passwordHash }: HashedCandidate): Decision {
  const wanted = decision.kind === 'create' || (decision.kind === 'update' && decision.changes.passwordHash);
  if (!wanted || passwordHash.kind !== 'pending') return decision;
  return reject('changed-meanwhile', 'somebody changed the user meanwhile; import the record again');
}

/** Makes an address that an update replaces free for the rows behind it; gives its key. */
export function releaseEmail(decision: Decision, existing: UsersByKey): string[] {
  if (decision.kind !== 'update') return [];
  const { before, changes } = decision;
  if (before.email === null || changes.email === undefined) return [];
  const key = identityKey(before.email);
  if (identityKey(changes.email) === key) return [];
  existing.delete(key);
  return [key];
}

/** How a decision is reported that is carried out at `now`. */
export function outcomeOf(candidate: Candidate, decision: Decision, now: Date): RowOutcome {
  const { line, position, weak } = candidate;
  const { username } = candidate.user;
  switch (decision.kind) {
    case 'create':
      return {
        line,
        position,
        username,
        outcome: 'created',
        status: importedStatus(candidate.user, now),
        weak,
        credential: credentialOf(candidate),
      };
    case 'update': {
      const replaced = decision.changes.passwordHash !== undefined;
      const credential = replaced ? credentialOf(candidate) : undefined;
      return { line, position, username, outcome: 'updated', weak: weak && replaced, credential };
    }
    case 'skip':
      return { line, position, username, outcome: 'skipped' };
    case 'reject':
      return {
        line,
        position,
        username,
        outcome: 'rejected',
        code: decision.code,
        message: decision.message,
      };
  }
}

function credentialOf({ credential }: Candidate) {
  if (credential.kind === 'none') return undefined;
  if (credential.kind === 'empty-password') return { scheme: credential.kind, strength: 'none' } as const;
  if (credential.kind === 'plain') return { scheme: 'plaintext', strength: 'none' } as const;
  return { scheme: credential.scheme, strength: credential.strength };
}
