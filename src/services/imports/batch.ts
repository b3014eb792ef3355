import { newId } from '../../domain/id.ts';
import { openLockout } from '../../domain/lockout.ts';
import { passwordTime, type User } from '../../domain/user.ts';
import type { Transaction } from '../../store/index.ts';
import { changedFields } from '../users/change.ts';
import { endAccess } from '../users/ended-access.ts';
import { givenFields } from '../users/users.ts';
import type { Candidate, Rejection } from './candidates.ts';
import { type Decision, decide, type HashedCandidate, outcomeOf, releaseEmail } from './decisions.ts';
import type { RowOutcome } from './report.ts';
import type { ImportRules } from './request.ts';
import { Reject } from './row.ts';

// Who was there when hashing was decided on may be gone now, and then there is no hash to give them.
function requireHashed({ passwordHash }: HashedCandidate, decision: Decision): Decision {
  const needed =
    decision.kind === 'create' || (decision.kind === 'update' && decision.after.passwordHash === '');
  if (passwordHash !== '' || !needed) return decision;
  return {
    kind: 'reject',
    reject: new Reject('changed-meanwhile', 'somebody changed the user meanwhile; import the record again'),
  };
}

/** What a batch's transaction needs to know beside its rows. */
export interface BatchContext {
  rules: ImportRules;
  importId: string;
  actor: string;
  now: Date;
}

/** What has become of a batch, and what is still to be written of it. */
export interface DecidedBatch {
  outcomes: RowOutcome[];
  /** Writes the new users, and all events so far. A server does that while the next batch is decided on. */
  write(): Promise<void>;
}

/** Decides over a batch in the transaction that is open: changes are made, new users and events wait for `write`. */
export async function decideBatch(
  tx: Transaction,
  rows: readonly (HashedCandidate | Rejection)[],
  existing: Map<string, User>,
  context: BatchContext,
): Promise<DecidedBatch> {
  const created: User[] = [];
  const outcomes: RowOutcome[] = [];
  for (const row of rows) {
    if (!('user' in row)) {
      outcomes.push(row);
      continue;
    }
    const decision = requireHashed(row, decide(row, existing, context.rules));
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
      const ended = await endAccess(tx, before, after, context.now);
      const detail = detailOf(row, context, changedFields(before, decision.after));
      tx.audit({ action: 'user.set', target: after.id, detail: { ...detail, ...ended } });
    }
  }
  const write = async () => {
    await tx.users.insertMany(created);
    await tx.flush();
  };
  return { outcomes, write };
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
    emailVerifiedAt: own?.emailVerifiedAt ?? null,
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
    passwordChangedAt:
      after.passwordHash === before.passwordHash
        ? before.passwordChangedAt
        : passwordTime(before.passwordChangedAt, now),
    updatedAt: now,
    updatedBy: actor,
    version: before.version + 1,
  };
}
