import { quote } from '../../domain/text.ts';
import { type User, unverifiedWhereNew } from '../../domain/user.ts';
import { identityKey } from '../../domain/username.ts';
import type { Repositories } from '../../store/index.ts';
import type { Candidate } from './candidates.ts';
import type { RejectCode } from './reject-codes.ts';
import type { RowOutcome } from './report.ts';
import type { ImportRules } from './request.ts';
import { Reject } from './row.ts';

/** What is to be done with a candidate, now that the database has been asked. */
export type Decision =
  | { kind: 'create' }
  | { kind: 'update'; before: User; after: User }
  | { kind: 'skip' }
  | { kind: 'reject'; reject: Reject };

/** A candidate with its hash; `undefined` where it needs none. */
export interface HashedCandidate extends Candidate {
  passwordHash: string | undefined;
}

/** Users of the database by every key they hold, ids with a colon in front: no name has that. */
export async function existingUsers(
  { users }: Pick<Repositories, 'users'>,
  candidates: readonly Candidate[],
) {
  const keys = candidates.flatMap(({ user }) => [
    user.username,
    ...(user.email === null ? [] : [user.email]),
  ]);
  const ids = candidates.flatMap(({ user }) => user.id ?? []);
  const found = new Map<string, User>();
  const holders = await users.byKeys([...new Set(keys.map(identityKey))]);
  for (const user of [...holders, ...(await users.byIds(ids))]) {
    found.set(`:${user.id}`, user);
    found.set(identityKey(user.username), user);
    if (user.email !== null) found.set(identityKey(user.email), user);
  }
  return found;
}

const create: Decision = { kind: 'create' };

/** Decides over one candidate by the users who are there. */
export function decide(
  candidate: HashedCandidate,
  existing: ReadonlyMap<string, User>,
  rules: ImportRules,
): Decision {
  if (existing.size === 0) return create;
  const { user } = candidate;
  const { username, email } = user;
  const name = identityKey(username);
  const holder = existing.get(name);
  const emailHolder = email === null ? undefined : existing.get(identityKey(email));
  const same = holder && identityKey(holder.username) === name ? holder : undefined;
  const reject = (code: RejectCode, message: string): Decision => ({
    kind: 'reject',
    reject: new Reject(code, message),
  });

  if (same?.deletedAt) return reject('user-deleted', `user ${quote(username)} is deleted and keeps the name`);
  if (emailHolder && emailHolder !== same) {
    return reject('email-exists', `the e-mail address ${quote(email ?? '')} is taken`);
  }
  if (!holder && user.id !== undefined && existing.has(`:${user.id}`)) {
    return reject('id-exists', 'another user has the id');
  }
  if (!holder) return create;
  if (!same || rules.onConflict === 'reject')
    return reject('user-exists', `user ${quote(username)} already exists`);
  if (rules.onConflict === 'skip') return { kind: 'skip' };
  const after = updated(same, candidate, rules);
  return JSON.stringify(after) === JSON.stringify(same)
    ? { kind: 'skip' }
    : { kind: 'update', before: same, after };
}

// Only what the dump has a value in is replaced; nothing is unlocked, enabled or restored.
function updated(before: User, { user, weak, passwordHash }: HashedCandidate, rules: ImportRules): User {
  const password = rules.updatePasswords && passwordHash !== undefined;
  return unverifiedWhereNew(before, {
    ...before,
    ...(user.email !== null && { email: user.email }),
    ...(user.firstName !== null && { firstName: user.firstName }),
    ...(user.lastName !== null && { lastName: user.lastName }),
    ...(user.expiresAt !== null && { expiresAt: user.expiresAt }),
    disabledAt: before.disabledAt ?? (user.disabled ? new Date(0) : null),
    ...(password && { passwordHash, passwordChangedAt: new Date(0) }),
    mustChangePassword: before.mustChangePassword || user.mustChangePassword || (password && weak),
  });
}

/** Makes an address that an update replaces free for the rows behind it; gives its key. */
export function releaseEmail(decision: Decision, existing: Map<string, User>): string[] {
  if (decision.kind !== 'update' || decision.before.email === null) return [];
  const key = identityKey(decision.before.email);
  if (decision.after.email !== null && identityKey(decision.after.email) === key) return [];
  existing.delete(key);
  return [key];
}

/** How a decision is reported. */
export function outcomeOf(candidate: Candidate, decision: Decision): RowOutcome {
  const { line, weak } = candidate;
  const { username } = candidate.user;

  switch (decision.kind) {
    case 'create':
      return { line, username, outcome: 'created', weak, credential: credentialOf(candidate) };
    case 'update': {
      const replaced = decision.before.passwordHash !== decision.after.passwordHash;
      const credential = replaced ? credentialOf(candidate) : undefined;
      return { line, username, outcome: 'updated', weak: weak && replaced, credential };
    }
    case 'skip':
      return { line, username, outcome: 'skipped' };
    case 'reject':
      return {
        line,
        username,
        outcome: 'rejected',
        code: decision.reject.code,
        message: decision.reject.message,
      };
  }
}

function credentialOf({ credential }: Candidate) {
  if (credential.kind === 'none') return undefined;
  if (credential.kind === 'plain') return { scheme: 'plaintext', strength: 'none' } as const;
  return { scheme: credential.scheme, strength: credential.strength };
}
