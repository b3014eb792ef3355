import { AuthctlError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';
import type { User, UserRecord } from '../domain/user.ts';
import type { ServiceContext } from './context.ts';
import { findUser, requireFreeIdentity } from './identity.ts';
import { toRecord } from './records.ts';

/** What an event calls a field of which only the name may be told. */
const eventFields: Partial<Record<keyof User, string>> = {
  passwordHash: 'password',
  passwordChangedAt: 'password',
  disabledAt: 'disabled',
  lockedAt: 'lock',
  lockout: 'lock',
};

/**
 * Changes one user in one transaction: reads it under the write lock, applies what `change` gives, and appends
 * an event with the names of the changed fields. Where nothing changes, nothing is written. Throws
 * `user-not-found`, `user-deleted` and what the change itself meets.
 */
export async function changeUser(
  context: ServiceContext,
  reference: string,
  action: string,
  change: (user: User, now: Date) => Partial<User>,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<UserRecord> {
  const now = context.now();
  const user = await context.store.transaction(async (tx) => {
    const before = await findUser(tx, reference);
    if (before.deletedAt) throw userDeleted(before.username);
    const after: User = { ...before, ...change(before, now) };
    const changed = changedFields(before, after);
    if (changed.length === 0) return before;
    const written = {
      ...after,
      updatedAt: now,
      updatedBy: context.caller.actor,
      version: before.version + 1,
    };
    await requireFreeIdentity(tx, written);
    await tx.users.update(written, before.version);
    tx.audit({ action, target: written.id, detail: { fields: changed, ...detail } });
    return written;
  });
  return toRecord(user, context.now());
}

/** What an event calls the fields in which two states of a user differ. */
export function changedFields(before: User, after: User): string[] {
  const names = (Object.keys(after) as (keyof User)[])
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => eventFields[field] ?? field);
  return [...new Set(names)];
}

const userDeleted = (username: string) =>
  new AuthctlError('user-deleted', `user ${quote(username)} is deleted`, {
    hint: 'a deleted user keeps its name, and nothing else of it can be changed',
  });
