import { type Lockout, lockoutAt } from './lockout.ts';
import type { Policy } from './policy.ts';
import { identityKey } from './username.ts';

/** Where several hold, the order is deleted, disabled, expired, locked. */
export const userStatuses = ['active', 'locked', 'disabled', 'expired', 'deleted'] as const;
export type UserStatus = (typeof userStatuses)[number];

/** A user as stored; times are instants, `null` means that it never happened or is not set. */
export interface User {
  /** UUIDv7. */
  id: string;
  username: string;
  email: string | null;
  /** When the address that the user has now was verified. */
  emailVerifiedAt: Date | null;
  firstName: string | null;
  lastName: string | null;
  /** Encoded hash in its standard form; never leaves the services. */
  passwordHash: string | null;
  passwordChangedAt: Date | null;
  mustChangePassword: boolean;
  disabledAt: Date | null;
  lockedAt: Date | null;
  lockout: Lockout;
  expiresAt: Date | null;
  lastLoginAt: Date | null;
  createdAt: Date;
  createdBy: string;
  updatedAt: Date;
  updatedBy: string;
  deletedAt: Date | null;
  deletedBy: string | null;
  /** Grows with administrative and password changes; not with logins, rehashes or automatic locks. */
  version: number;
}

/** What may be told of a user: no hash, and the lockout and status as they stand at one time. */
export interface UserRecord extends Omit<User, 'passwordHash' | 'lockout'> {
  status: UserStatus;
  lockedUntil: Date | null;
  lockReason: string | null;
  failedAttempts: number;
  /** Identifier of the hash's scheme, `null` without a password, `unknown` for a text nobody can verify. */
  passwordScheme: string | null;
}

/** The status of `user` at `now`. */
export function statusAt(user: User, now: Date): UserStatus {
  if (user.deletedAt) return 'deleted';
  if (user.disabledAt) return 'disabled';
  if (user.expiresAt && user.expiresAt <= now) return 'expired';
  if (lockoutAt(user.lockout, now).lock) return 'locked';
  return 'active';
}

/**
 * Whether `user` has to change the password before anything else: somebody said so, or it is older than the policy
 * allows. Where nobody knows when it was set, it is as old as the user.
 */
export function mustChangePassword(user: User, { passwordMaxAge }: Policy, now: Date): boolean {
  if (user.mustChangePassword || passwordMaxAge === 0) return user.mustChangePassword;
  const setAt = user.passwordChangedAt ?? user.createdAt;
  return now.getTime() - setAt.getTime() >= passwordMaxAge;
}

/** Whether two states of a user have the same address; a change of case makes no other. */
export const isSameEmail = (before: Pick<User, 'email'>, after: Pick<User, 'email'>): boolean =>
  identityKey(before.email ?? '') === identityKey(after.email ?? '');

/** `after` a change: another address has not been verified. */
export const unverifiedWhereNew = (before: User, after: User): User =>
  isSameEmail(before, after) ? after : { ...after, emailVerifiedAt: null };

/** When a password is set at `now` that replaces one set at `before`: logins under way must see that it is another. */
export const passwordTime = (before: Date | null, now: Date): Date =>
  new Date(Math.max(now.getTime(), (before?.getTime() ?? 0) + 1));

/** What may be told of `user` at `now`. */
export function toUserRecord(user: User, passwordScheme: string | null, now: Date): UserRecord {
  const { passwordHash: _, lockout, ...rest } = user;
  const { lock, failures } = lockoutAt(lockout, now);
  return {
    ...rest,
    status: statusAt(user, now),
    lockedAt: lock ? user.lockedAt : null,
    lockedUntil: lock && lock.until !== 'unlocked' ? lock.until : null,
    lockReason: lock?.reason ?? null,
    failedAttempts: failures,
    passwordScheme,
  };
}
