import { newId } from '../domain/id.ts';
import { openLockout } from '../domain/lockout.ts';
import { quote } from '../domain/text.ts';
import type { User } from '../domain/user.ts';
import { identityKey } from '../domain/username.ts';
import type { Repositories, Transaction } from '../store/index.ts';
import type { Candidate, Rejection } from './import-candidates.ts';
import type { RowOutcome } from './import-report.ts';
import type { ImportRules } from './import-request.ts';
import { Reject } from './import-row.ts';
import { givenFields } from './users.ts';

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
  const reject = (code: string, message: string): Decision => ({
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
  return {
    ...before,
    ...(user.email !== null && { email: user.email }),
    ...(user.firstName !== null && { firstName: user.firstName }),
    ...(user.lastName !== null && { lastName: user.lastName }),
    ...(user.expiresAt !== null && { expiresAt: user.expiresAt }),
    disabledAt: before.disabledAt ?? (user.disabled ? new Date(0) : null),
    ...(password && { passwordHash, passwordChangedAt: new Date(0) }),
    mustChangePassword: before.mustChangePassword || user.mustChangePassword || (password && weak),
  };
}

/** What a batch's transaction needs to know beside its rows. */
export interface BatchContext {
  rules: ImportRules;
  importId: string;
  actor: string;
  now: Date;
}

/** Writes a batch: users, changes and an event for each, all in the transaction that is open. */
export async function writeBatch(
  tx: Transaction,
  rows: readonly (HashedCandidate | Rejection)[],
  existing: Map<string, User>,
  context: BatchContext,
): Promise<RowOutcome[]> {
  const created: User[] = [];
  const outcomes: RowOutcome[] = [];
  for (const row of rows) {
    if (!('user' in row)) {
      outcomes.push(row);
      continue;
    }
    const decision = decide(row, existing, context.rules);
    outcomes.push(outcomeOf(row, decision));
    if (decision.kind === 'create') {
      const user = newUser(row, context);
      created.push(user);
      tx.audit({ action: 'user.add', target: user.id, detail: detailOf(row, context, givenFields(user)) });
    }
    releaseEmail(decision, existing);
    if (decision.kind === 'update') {
      const { before } = decision;
      const after = stamped(decision.after, before, context);
      await tx.users.update(after, before.version);
      tx.audit({
        action: 'user.set',
        target: after.id,
        detail: detailOf(row, context, changedFields(before, after)),
      });
    }
  }
  await tx.users.insertMany(created);
  return outcomes;
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

const detailOf = ({ line }: Candidate, { importId }: BatchContext, fields: string[]) => ({
  import: importId,
  line,
  fields,
});

function newUser(
  { user, credential, passwordHash, weak }: HashedCandidate,
  { actor, now }: BatchContext,
): User {
  const { own } = user;
  // When a hash that came as one was made is known only where the dump says it.
  const changedAt = user.passwordChangedAt ?? (credential.kind === 'plain' ? now : null);
  return {
    id: user.id ?? newId(),
    username: user.username,
    email: user.email,
    firstName: user.firstName,
    lastName: user.lastName,
    passwordHash: passwordHash ?? null,
    passwordChangedAt: passwordHash === undefined && !own ? null : changedAt,
    mustChangePassword: user.mustChangePassword || weak,
    disabledAt: own ? own.disabledAt : user.disabled ? now : null,
    lockedAt: own?.lockedAt ?? null,
    lockout: own?.lockout ?? openLockout,
    expiresAt: user.expiresAt,
    lastLoginAt: user.lastLoginAt,
    createdAt: user.createdAt ?? now,
    createdBy: own?.createdBy ?? actor,
    updatedAt: own?.updatedAt ?? now,
    updatedBy: own?.updatedBy ?? actor,
    deletedAt: own?.deletedAt ?? null,
    deletedBy: own?.deletedBy ?? null,
    version: own?.version ?? 1,
  };
}

function stamped(after: User, before: User, { actor, now }: BatchContext): User {
  return {
    ...after,
    disabledAt: after.disabledAt && !before.disabledAt ? now : after.disabledAt,
    passwordChangedAt: changedAt(after, before, now),
    updatedAt: now,
    updatedBy: actor,
    version: before.version + 1,
  };
}

// Logins under way tell by this time that the password is another one, so it must differ.
function changedAt(after: User, before: User, now: Date): Date | null {
  if (after.passwordHash === before.passwordHash) return before.passwordChangedAt;
  return new Date(Math.max(now.getTime(), (before.passwordChangedAt?.getTime() ?? 0) + 1));
}

function changedFields(before: User, after: User): string[] {
  const names = {
    email: 'email',
    firstName: 'firstName',
    lastName: 'lastName',
    expiresAt: 'expiresAt',
  } as const;
  const others = {
    passwordHash: 'password',
    disabledAt: 'disabled',
    mustChangePassword: 'mustChangePassword',
  } as const;
  return Object.entries({ ...names, ...others })
    .filter(([field]) => String(before[field as keyof User]) !== String(after[field as keyof User]))
    .map(([, name]) => name);
}
