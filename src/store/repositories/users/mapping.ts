import type { Lock, Lockout } from '../../../domain/lockout.ts';
import type { User } from '../../../domain/user.ts';
import { identityKey } from '../../../domain/username.ts';
import type { UserRow } from '../../schema/types.ts';
import { requireSound } from '../../schema/values.ts';

const time = (text: string | null): Date | null => (text === null ? null : new Date(text));

// An import gives thousands of users the same time.
let last: { at: Date; text: string } | undefined;

function text(at: Date): string;
function text(at: Date | null): string | null;
function text(at: Date | null): string | null {
  if (at === null) return null;
  if (last?.at !== at) last = { at, text: at.toISOString() };
  return last.text;
}

/** A user of a row. Throws `database-damaged` if the row holds what this program does not write. */
export function toUser(row: UserRow): User {
  requireSound('users', row, row.id);
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    emailVerifiedAt: time(row.email_verified_at),
    firstName: row.first_name,
    lastName: row.last_name,
    passwordHash: row.password_hash,
    passwordChangedAt: time(row.password_changed_at),
    mustChangePassword: row.must_change_password !== 0,
    disabledAt: time(row.disabled_at),
    lockedAt: time(row.locked_at),
    lockout: toLockout(row),
    expiresAt: time(row.expires_at),
    lastLoginAt: time(row.last_login_at),
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    updatedAt: new Date(row.updated_at),
    updatedBy: row.updated_by,
    deletedAt: time(row.deleted_at),
    deletedBy: row.deleted_by,
    version: Number(row.version),
  };
}

/** A user's hash and when the password was set. */
export interface UserHash {
  id: string;
  passwordHash: string | null;
  passwordChangedAt: Date | null;
}

/** A user's hash of its columns. */
export function toUserHash(row: Pick<UserRow, 'id' | 'password_hash' | 'password_changed_at'>): UserHash {
  requireSound('users', row, row.id);
  return {
    id: row.id,
    passwordHash: row.password_hash,
    passwordChangedAt: time(row.password_changed_at),
  };
}

function toLockout(row: UserRow): Lockout {
  return {
    lock: toLock(row),
    failures: Number(row.failed_attempts),
    consecutiveFailures: Number(row.consecutive_failures),
  };
}

// Whatever does not say that failed logins have set it counts as an administrator's, whom nobody but one unlocks.
function toLock({ locked_at, locked_until, lock_reason, lock_kind }: UserRow): Lock | undefined {
  if (locked_at === null) return undefined;
  const kind = lock_kind === 'automatic' ? 'automatic' : 'administrator';
  return { until: time(locked_until) ?? 'unlocked', reason: lock_reason, kind };
}

/** The row of a user. */
export function toRow(user: User): UserRow {
  return {
    id: user.id,
    username: user.username,
    username_key: identityKey(user.username),
    email: user.email,
    email_key: user.email === null ? null : identityKey(user.email),
    first_name: user.firstName,
    last_name: user.lastName,
    password_hash: user.passwordHash,
    password_changed_at: text(user.passwordChangedAt),
    must_change_password: user.mustChangePassword ? 1 : 0,
    disabled_at: text(user.disabledAt),
    ...lockoutColumns(user.lockout, user.lockedAt),
    expires_at: text(user.expiresAt),
    last_login_at: text(user.lastLoginAt),
    created_at: text(user.createdAt),
    created_by: user.createdBy,
    updated_at: text(user.updatedAt),
    updated_by: user.updatedBy,
    deleted_at: text(user.deletedAt),
    deleted_by: user.deletedBy,
    version: user.version,
    email_verified_at: text(user.emailVerifiedAt),
  };
}

/** The columns that hold a lockout; `lockedAt` is when its lock was set. */
export function lockoutColumns(lockout: Lockout, lockedAt: Date | null) {
  const { lock } = lockout;
  return {
    locked_at: lock ? text(lockedAt) : null,
    locked_until: lock && lock.until !== 'unlocked' ? text(lock.until) : null,
    lock_reason: lock?.reason ?? null,
    lock_kind: lock?.kind ?? null,
    failed_attempts: lockout.failures,
    consecutive_failures: lockout.consecutiveFailures,
  };
}
