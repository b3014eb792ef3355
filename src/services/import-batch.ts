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

/** Users of the database by every key they hold. */
export async function existingUsers(
  { users }: Pick<Repositories, 'users'>,
  candidates: readonly Candidate[],
) {
  const keys = candidates.flatMap(({ user }) => [
    user.username,
    ...(user.email === null ? [] : [user.email]),
  ]);
  const found = new Map<string, User>();
  for (const user of await users.byKeys([...new Set(keys.map(identityKey))])) {
    found.set(identityKey(user.username), user);
    if (user.email !== null) found.set(identityKey(user.email), user);
  }
  return found;
}

/** Decides over one candidate by the users who are there. */
export function decide(
  candidate: HashedCandidate,
  existing: ReadonlyMap<string, User>,
  rules: ImportRules,
): Decision {
  const { username, email } = candidate.user;
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
  if (!holder) return { kind: 'create' };
  if (!same || rules.onConflict === 'reject')
    return reject('user-exists', `user ${quote(username)} already exists`);
  if (rules.onConflict === 'skip') return { kind: 'skip' };
  const after = updated(same, candidate, rules);
  return JSON.stringify(after) === JSON.stringify(same)
    ? { kind: 'skip' }
    : { kind: 'update', before: same, after };
}

// Only what the dump has a value in is replaced; nothing is unlocked, enabled or restored.
function updated(
  before: User,
  { user, filled, weak, passwordHash }: HashedCandidate,
  rules: ImportRules,
): User {
  const password = rules.updatePasswords && passwordHash !== undefined;
  return {
    ...before,
    ...(filled.has('email') && { email: user.email }),
    ...(filled.has('firstName') && { firstName: user.firstName }),
    ...(filled.has('lastName') && { lastName: user.lastName }),
    ...(filled.has('expiresAt') && { expiresAt: user.expiresAt }),
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
  context: BatchContext,
): Promise<RowOutcome[]> {
  const candidates = rows.filter((row) => 'user' in row);
  const existing = await existingUsers(tx, candidates);
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

/** How a decision is reported. */
export function outcomeOf({ line, user: { username }, weak }: Candidate, decision: Decision): RowOutcome {
  switch (decision.kind) {
    case 'create':
      return { line, username, outcome: 'created', weak };
    case 'update':
      return {
        line,
        username,
        outcome: 'updated',
        weak: weak && decision.before.passwordHash !== decision.after.passwordHash,
      };
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

const detailOf = ({ line }: Candidate, { importId }: BatchContext, fields: string[]) => ({
  import: importId,
  line,
  fields,
});

function newUser({ user, passwordHash, weak }: HashedCandidate, { actor, now }: BatchContext): User {
  return {
    id: newId(),
    username: user.username,
    email: user.email,
    firstName: user.firstName,
    lastName: user.lastName,
    passwordHash: passwordHash ?? null,
    passwordChangedAt: passwordHash === undefined ? null : now,
    mustChangePassword: user.mustChangePassword || weak,
    disabledAt: user.disabled ? now : null,
    lockedAt: null,
    lockout: openLockout,
    expiresAt: user.expiresAt,
    lastLoginAt: user.lastLoginAt,
    createdAt: user.createdAt ?? now,
    createdBy: actor,
    updatedAt: now,
    updatedBy: actor,
    deletedAt: null,
    deletedBy: null,
    version: 1,
  };
}

function stamped(after: User, before: User, { actor, now }: BatchContext): User {
  return {
    ...after,
    disabledAt: after.disabledAt && !before.disabledAt ? now : after.disabledAt,
    passwordChangedAt: after.passwordHash === before.passwordHash ? before.passwordChangedAt : now,
    updatedAt: now,
    updatedBy: actor,
    version: before.version + 1,
  };
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
