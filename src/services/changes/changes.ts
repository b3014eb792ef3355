import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import { type User, type UserRecord, unverifiedWhereNew } from '../../domain/user.ts';
import type { Transaction } from '../../store/index.ts';
import type { ServiceContext } from '../context.ts';
import { endAccess } from './ended-access.ts';
import { findUser, requireFreeIdentity } from './find-user.ts';
import { toRecord } from './user-record.ts';

export { endAccess } from './ended-access.ts';
export { findUser, requireFreeIdentity } from './find-user.ts';
export { toRecord } from './user-record.ts';

/** The names of fields in events, where they are not the fields' own. */
const eventFields: Partial<Record<keyof User, string>> = {
  passwordHash: 'password',
  passwordChangedAt: 'password',
  disabledAt: 'disabled',
  lockedAt: 'lock',
  lockout: 'lock',
  deletedAt: 'deleted',
  deletedBy: 'deleted',
};

/** What events call a field. */
export const eventField = (field: keyof User): string => eventFields[field] ?? field;

/** The conditions under which a user may be changed. */
export interface Guard {
  /** The version that the user must have; `undefined` for any. */
  version?: number | undefined;
  /** Whether a deleted user may be changed, too. */
  evenDeleted?: boolean;
}

/** A change of a user: the action of its event, the new values of fields, and further details of the event. */
export interface Change {
  action: string;
  change(user: User, now: Date): Partial<User>;
  detail?: Readonly<Record<string, unknown>>;
  /** Called in the same transaction if something has changed, to write to other tables. */
  alongside?(tx: Transaction, after: User): Promise<void>;
}

/**
 * Changes one user in one transaction: it reads the user under the write lock, applies `change`, and appends an event
 * with the names of the changed fields. If nothing changes, nothing is written. Throws `user-not-found`,
 * `user-deleted`, `changed-meanwhile` and whatever the change throws.
 */
export async function changeUser(
  context: ServiceContext,
  reference: string,
  change: Change,
  guard: Guard = {},
): Promise<UserRecord> {
  const user = await context.store.transaction(context.caller, async (tx) => {
    const before = await findUser(tx, reference);
    requireGuarded(before, guard);
    return writeChange(tx, context, before, change);
  });
  return toRecord(user, context.now());
}

function requireGuarded(user: User, { version, evenDeleted }: Guard): void {
  if (version !== undefined && version !== user.version) {
    throw new AuthctlError(
      'changed-meanwhile',
      `user ${quote(user.username)} is of version ${user.version}, not ${version}`,
      { hint: 'somebody changed it meanwhile: look at it again', details: { version: user.version } },
    );
  }
  if (!evenDeleted) requireNotDeleted(user);
}

/**
 * Writes a change of one user and its event in the transaction `tx`, and gives the changed user. Every administrative
 * change of an existing user passes through here.
 */
export async function writeChange(
  tx: Transaction,
  { caller, now }: ServiceContext,
  before: User,
  { action, change, detail, alongside }: Change,
): Promise<User> {
  const at = now();
  const after = unverifiedWhereNew(before, { ...before, ...change(before, at) });
  const changed = changedFields(before, after);
  if (changed.length === 0) return before;
  const written = { ...after, updatedAt: at, updatedBy: caller.actor, version: before.version + 1 };
  if (changed.includes('username') || changed.includes('email')) await requireFreeIdentity(tx, written);
  await tx.users.update(written, before.version);
  await alongside?.(tx, written);
  const ended = await endAccess(tx, before, written, at);
  tx.audit({ action, target: written.id, detail: { fields: changed, ...detail, ...ended } });
  return written;
}

/** The names, as events have them, of the fields in which two states of a user differ. */
export function changedFields(before: User, after: User): string[] {
  const names = (Object.keys(after) as (keyof User)[])
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map(eventField);
  return [...new Set(names)];
}

/** Throws `user-deleted`. */
export function requireNotDeleted({ username, deletedAt }: User): void {
  if (deletedAt === null) return;
  throw new AuthctlError('user-deleted', `user ${quote(username)} is deleted`, {
    hint: 'authctl user restore takes it back; until then nothing of it can be changed',
  });
}
