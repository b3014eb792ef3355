import { AuthctlError } from '../../domain/errors.ts';
import { openLockout } from '../../domain/lockout.ts';
import type { UserRecord } from '../../domain/user.ts';
import { parsePersonalText } from '../../domain/username.ts';
import type { ServiceContext } from '../context.ts';
import { type Change, changeUser } from './change.ts';

/** How long a lock lasts: for so many milliseconds, until a time, or until somebody ends it. */
export type LockEnd = { forMs: number } | { until: Date } | 'unlocked';

/** Who may log in: locks, which pass or are lifted, disabled accounts, which are not in use, and expiry. */
export class UserStateService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** Locks a user; it replaces a lock that stands. Throws `invalid-time` for an end in the past. */
  async lock(reference: string, end: LockEnd, reason: string | undefined): Promise<UserRecord> {
    return changeUser(this.#context, reference, locking(end, reason, this.#context.now()));
  }

  /** Ends a lock and forgets the failed logins, so that all of them can be tried again. */
  async unlock(reference: string): Promise<UserRecord> {
    return changeUser(this.#context, reference, unlocking);
  }

  async disable(reference: string): Promise<UserRecord> {
    return changeUser(this.#context, reference, disabling);
  }

  async enable(reference: string): Promise<UserRecord> {
    return changeUser(this.#context, reference, enabling);
  }

  /** Nobody can log in as the user from `at` on, which may have passed; `null` for never. */
  async expire(reference: string, at: Date | null, version: number | undefined): Promise<UserRecord> {
    const change: Change = {
      action: 'user.expire',
      change: () => ({ expiresAt: at }),
      detail: { at: at?.toISOString() ?? null },
    };
    return changeUser(this.#context, reference, change, { version });
  }
}

/** Throws `invalid-time` for an end that is not after `now`, and `invalid-name` for what no reason may hold. */
export function locking(end: LockEnd, reason: string | undefined, now: Date): Change {
  const until = endOf(end, now);
  const checkedReason = parsePersonalText(reason ?? '', 'reason');
  return {
    action: 'user.lock',
    change: (user, at) => ({
      lockedAt: at,
      lockout: { ...user.lockout, lock: { until, reason: checkedReason } },
    }),
    detail: { until: until === 'unlocked' ? null : until.toISOString() },
  };
}

function endOf(end: LockEnd, now: Date): Date | 'unlocked' {
  if (end === 'unlocked') return end;
  const until = 'until' in end ? end.until : new Date(now.getTime() + end.forMs);
  if (until <= now) throw new AuthctlError('invalid-time', `${until.toISOString()} is in the past`);
  return until;
}

export const unlocking: Change = {
  action: 'user.unlock',
  change: () => ({ lockedAt: null, lockout: openLockout }),
};

export const disabling: Change = {
  action: 'user.disable',
  change: (user, now) => ({ disabledAt: user.disabledAt ?? now }),
};

const enabling: Change = { action: 'user.enable', change: () => ({ disabledAt: null }) };
