import { type Lockout, lockoutAt } from './lockout.ts';
import type { Policy } from './policy.ts';
import { identityKey } from './username.ts';

/** A user has one status: where several apply, the first of deleted, disabled, expired, locked. */
export const userStatuses = ['active', 'locked', 'disabled', 'expired', 'deleted'] as const;
export type UserStatus = (typeof userStatuses)[number];

/** A user as stored. A time that is `null` means that it never happened or is not set. */
export interface User {
  /** UUIDv7. */
  id: string;
  username: string;
  email: string | null;
  /** When the user's current e-mail address was verified. */
  emailVerifiedAt: Date | null;
  firstName: string | null;
  lastName: string | null;
  /** The encoded hash. It never leaves the services. */
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
  /** Grows by 1 with each administrative change and new password, but not with logins, rehashes or automatic locks. */
  version: number;
}

/** A user as it may be shown: without the hash, with the lock and status at one time. */
export interface UserRecord extends Omit<User, 'passwordHash' | 'lockout'> {
  status: UserStatus;
  lockedUntil: Date | null;
  lockReason: string | null;
  failedAttempts: number;
  /** Id of the hash's scheme; `null` where there is no password, `unknown` for a hash that no scheme recognises. */
  passwordScheme: string | null;
}

/** The status of `user` at `now`. */
export function statusAt(
  user: Pick<User, 'deletedAt' | 'disabledAt' | 'expiresAt' | 'lockout'>,
  now: Date,
): UserStatus {
  if (user.deletedAt) return 'deleted';
  if (user.disabledAt) return 'disabled';
  if (user.expiresAt && user.expiresAt <= now) return 'expired';
  if (lockoutAt(user.lockout, now).lock) return 'locked';
  return 'active';
}

/**
 * Whether `user` has to change the password before anything else: an administrator has asked for it, or the password
 * is older than the policy allows. Where it is not known when it was set, the time when the user was added counts.
 */
export function mustChangePassword(user: User, { passwordMaxAge }: Policy, now: Date): boolean {
  if (user.mustChangePassword || passwordMaxAge === 0) return user.mustChangePassword;
  const setAt = user.passwordChangedAt ?? user.createdAt;
  return now.getTime() - setAt.getTime() >= passwordMaxAge;
}

/** Whether two states of a user have the same e-mail address, upper and lower case being the same. */
export const isSameEmail = (before: Pick<User, 'email'>, after: Pick<User, 'email'>): boolean =>
  identityKey(before.email ?? '') === identityKey(after.email ?? '');

/** `after` a change, with the e-mail address marked as not verified if it is another than before. */
export const unverifiedWhereNew = (before: User, after: User): User =>
  isSameEmail(before, after) ? after : { ...after, emailVerifiedAt: null };

/**
 * The time at which a password counts as set, at `now`, where the one before was set at `before`. It is always a later
 * one: by it a login that is under way notices that the password has changed.
 */
export const passwordTime = (before: Date | null, now: Date): Date =>
  new Date(Math.max(now.getTime(), (before?.getTime() ?? 0) + 1));

/** `user` as it may be shown at `now`. */
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
