import type { UserStatus } from './user.ts';

/** What decides over a user's status, with times as they are stored: ISO 8601 UTC text with milliseconds. */
export interface StatusTimes {
  deletedAt: string | null;
  disabledAt: string | null;
  expiresAt: string | null;
  lockedAt: string | null;
  lockedUntil: string | null;
}

/** Whether a lock stands at `now`. Times that are written in one way compare as texts, without being read. */
export function isLockedAt({ lockedAt, lockedUntil }: StatusTimes, now: string): boolean {
  return lockedAt !== null && (lockedUntil === null || lockedUntil > now);
}

/** The status at `now`, in the order of `statusAt`. */
export function statusOfTimes(times: StatusTimes, now: string): UserStatus {
  if (times.deletedAt !== null) return 'deleted';
  if (times.disabledAt !== null) return 'disabled';
  if (times.expiresAt !== null && times.expiresAt <= now) return 'expired';
  return isLockedAt(times, now) ? 'locked' : 'active';
}
