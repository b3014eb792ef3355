/** After how many failed logins a user is locked, and for how long. */
export interface LockoutPolicy {
  /** Failed logins in a row after which a user is locked; 0 never locks. */
  threshold: number;
  /** How long an automatic lock lasts, in milliseconds. */
  durationMs: number;
  /** Consecutive failures, over all locks, after which only an administrator unlocks; 0 for no limit. */
  limit: number;
}

/** Who has set a lock: failed logins, or an administrator. */
export const lockKinds = ['automatic', 'administrator'] as const;
export type LockKind = (typeof lockKinds)[number];

/** A lock ends at a time, or when an administrator ends it. `reason` is for people alone. */
export interface Lock {
  until: Date | 'unlocked';
  reason: string | null;
  kind: LockKind;
}

/** A user's lock and failed logins. */
export interface Lockout {
  lock: Lock | undefined;
  /** Failures since the last success, unlock or end of a lock; attempts that are under way are not counted here. */
  failures: number;
  /** Failures since the last success or unlock. Unlike `failures`, it goes on counting after a lock has ended. */
  consecutiveFailures: number;
}

/** The reasons that are given for automatic locks. An administrator may give the same ones. */
export const automaticLockReasons = {
  threshold: 'too many failed logins',
  limit: 'too many consecutive failed logins',
} as const;

/** The lockout at the time `now`: when a lock's time is over, the lock is gone and `failures` begins at 0 again. */
export function lockoutAt(lockout: Lockout, now: Date): Lockout {
  const { lock } = lockout;
  const passed = lock !== undefined && lock.until !== 'unlocked' && lock.until <= now;
  return passed ? { ...lockout, lock: undefined, failures: 0 } : lockout;
}

/** Whether a lock that stands at `now` ends later than one that would end at `until`. */
export function outlasts({ lock }: Lockout, until: Lock['until'], now: Date): boolean {
  if (lock === undefined || until === 'unlocked') return false;
  return lock.until === 'unlocked' || (lock.until > now && lock.until > until);
}

/** What one more attempt may do: run, be refused, or wait for the attempts that are under way. */
export type Admission = 'verify' | 'locked' | 'wait';

/**
 * Decides about one more attempt at `now`, while `underWay` attempts are reserved and not yet settled. Each of those
 * counts as a failure until it is settled; otherwise parallel guesses could exceed the threshold.
 */
export function admit(lockout: Lockout, underWay: number, policy: LockoutPolicy, now: Date): Admission {
  const current = lockoutAt(lockout, now);
  if (current.lock) return 'locked';
  const room = Math.min(
    policy.threshold === 0 ? Number.POSITIVE_INFINITY : policy.threshold - current.failures,
    policy.limit === 0 ? Number.POSITIVE_INFINITY : policy.limit - current.consecutiveFailures,
  );
  if (room <= 0) return 'locked';
  return underWay < room ? 'verify' : 'wait';
}

/** The lockout after a failed attempt; an automatic lock never shortens one that stands. */
export function afterFailure(lockout: Lockout, policy: LockoutPolicy, now: Date): Lockout {
  const current = lockoutAt(lockout, now);
  const failures = current.failures + 1;
  const consecutiveFailures = current.consecutiveFailures + 1;
  const counted = { lock: current.lock, failures, consecutiveFailures };
  if (current.lock) return counted;
  if (policy.limit > 0 && consecutiveFailures >= policy.limit) {
    return { ...counted, lock: automatic('unlocked', automaticLockReasons.limit) };
  }
  if (policy.threshold > 0 && failures >= policy.threshold) {
    const until = new Date(now.getTime() + policy.durationMs);
    return { ...counted, lock: automatic(until, automaticLockReasons.threshold) };
  }
  return counted;
}

/** The lockout after failures at these times, the earliest first, with nothing in between. */
export const afterFailures = (times: readonly Date[], policy: LockoutPolicy): Lockout =>
  times.reduce((lockout, time) => afterFailure(lockout, policy, time), openLockout);

const automatic = (until: Lock['until'], reason: string): Lock => ({ until, reason, kind: 'automatic' });

/** The lockout after a success or an administrator's unlock. */
export const openLockout: Lockout = { lock: undefined, failures: 0, consecutiveFailures: 0 };

const attemptLifeMs = 30_000;

/**
 * Whether an attempt may still be settled. One that was not settled within 30 seconds counts as failed: its process
 * must have died.
 */
export const isUnderWay = (startedAt: Date, now: Date): boolean =>
  now.getTime() - startedAt.getTime() < attemptLifeMs;
