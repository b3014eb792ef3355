/** When guessing is stopped. */
export interface LockoutPolicy {
  /** Failed logins in a row after which a user is locked; 0 never locks. */
  threshold: number;
  /** How long an automatic lock lasts, in milliseconds. */
  durationMs: number;
  /** Consecutive failures, over all locks, after which only an administrator unlocks; 0 for no limit. */
  limit: number;
}

/** A lock ends at a time, or when an administrator ends it. */
export type Lock = { until: Date | 'unlocked'; reason: string | null };

/** What is known of a user's failed logins. */
export interface Lockout {
  lock: Lock | undefined;
  /** Settled failures since the last success, unlock or end of a lock. */
  failures: number;
  /** Settled failures since the last success or unlock; no passing of time resets it. */
  consecutiveFailures: number;
}

/** Reasons of locks that nobody has set by hand. */
export const automaticLockReasons = {
  threshold: 'too many failed logins',
  limit: 'too many consecutive failed logins',
} as const;

/** Whether failed logins have set a lock, and not an administrator. */
export const isAutomaticLock = ({ reason }: Lock): boolean =>
  Object.values<string | null>(automaticLockReasons).includes(reason);

/** The lockout as it stands at `now`: a lock that has passed is gone, and its failures with it. */
export function lockoutAt(lockout: Lockout, now: Date): Lockout {
  const { lock } = lockout;
  const passed = lock !== undefined && lock.until !== 'unlocked' && lock.until <= now;
  return passed ? { ...lockout, lock: undefined, failures: 0 } : lockout;
}

/** What one more attempt may do: run, be refused, or wait for the attempts that are under way. */
export type Admission = 'verify' | 'locked' | 'wait';

/**
 * Decides over one more attempt at `now`, with `underWay` attempts reserved and not yet settled. Attempts
 * under way count as failures until they are settled, or parallel guesses would exceed the threshold.
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
    return { ...counted, lock: { until: 'unlocked', reason: automaticLockReasons.limit } };
  }
  if (policy.threshold > 0 && failures >= policy.threshold) {
    const until = new Date(now.getTime() + policy.durationMs);
    return { ...counted, lock: { until, reason: automaticLockReasons.threshold } };
  }
  return counted;
}

/** The lockout after a success or an administrator's unlock. */
export const openLockout: Lockout = { lock: undefined, failures: 0, consecutiveFailures: 0 };

const attemptLifeMs = 30_000;

/** Whether an attempt may still be settled; 30 seconds after its start its process has died, and it counts as failed. */
export const isUnderWay = (startedAt: Date, now: Date): boolean =>
  now.getTime() - startedAt.getTime() < attemptLifeMs;
