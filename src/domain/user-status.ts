import type { UserStatus } from './user.ts';

/** The times that decide a user's status, as they are stored: ISO 8601 UTC text with milliseconds. */
export interface StatusTimes {
  deletedAt: string | null;
  disabledAt: string | null;
  expiresAt: string | null;
  lockedAt: string | null;
  lockedUntil: string | null;
}

/** Whether a lock stands at `now`. Stored times all have the same format, so that they can be compared as texts. */
export function isLockedAt({ lockedAt, lockedUntil }: StatusTimes, now: string): boolean {
  return lockedAt !== null && (lockedUntil === null || lockedUntil > now);
}

/** The status at `now`; where several apply, the order is that of `statusAt`. */
export function statusOfTimes(times: StatusTimes, now: string): UserStatus {
  if (times.deletedAt !== null) return 'deleted';
  if (times.disabledAt !== null) return 'disabled';
  if (times.expiresAt !== null && times.expiresAt <= now) return 'expired';
  return isLockedAt(times, now) ? 'locked' : 'active';
}
