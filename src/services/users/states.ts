import { formatTime } from '../../domain/duration.ts';
import { AuthctlError } from '../../domain/errors.ts';
import { openLockout, outlasts } from '../../domain/lockout.ts';
import { quote } from '../../domain/text.ts';
import type { UserRecord } from '../../domain/user.ts';
import { parsePersonalText } from '../../domain/username.ts';
import { type Change, changeUser } from '../changes/changes.ts';
import type { ServiceContext } from '../context.ts';

/** How long a lock lasts: for some milliseconds, until a time, or until an administrator ends it. */
export type LockEnd = { forMs: number } | { until: Date } | 'unlocked';

/** Whether users may log in: locks, disabled users, and expiry. */
export class UserStateService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /**
   * Locks a user; this replaces an earlier lock. Throws `invalid-time` if its end is in the past, and
   * `confirmation-needed` if the earlier lock ends later, unless `shorten` says that it may be shortened.
   */
  async lock(
    reference: string,
    end: LockEnd,
    reason?: string,
    { shorten = false }: { shorten?: boolean } = {},
  ): Promise<UserRecord> {
    const locked = locking(end, reason, this.#context.now());
    const change: Change = shorten ? locked : { ...locked, change: unlessOutlasted(locked) };
    return changeUser(this.#context, reference, change);
  }

  /** Ends a lock and forgets the failed logins: the user has all attempts again. */
  async unlock(reference: string): Promise<UserRecord> {
    return changeUser(this.#context, reference, unlocking);
  }

  async disable(reference: string): Promise<UserRecord> {
    return changeUser(this.#context, reference, disabling);
  }

  async enable(reference: string): Promise<UserRecord> {
    return changeUser(this.#context, reference, enabling);
  }

  /** Sets when a user expires, which may be in the past; `null` for never. Afterwards nobody can log in as the user. */
  async expire(reference: string, at: Date | null, version?: number): Promise<UserRecord> {
    const change: Change = {
      action: 'user.expire',
      change: () => ({ expiresAt: at }),
      detail: { at: at?.toISOString() ?? null },
    };
    return changeUser(this.#context, reference, change, { version });
  }
}

/** The change that locks a user. Throws `invalid-time` unless its end is after `now`, `invalid-name` for the reason. */
export function locking(end: LockEnd, reason: string | undefined, now: Date): Change {
  const until = endOf(end, now);
  const checkedReason = parsePersonalText(reason ?? '', 'reason');
  return {
    action: 'user.lock',
    change: (user, at) => ({
      lockedAt: at,
      lockout: { ...user.lockout, lock: { until, reason: checkedReason, kind: 'administrator' } },
    }),
    detail: { until: until === 'unlocked' ? null : until.toISOString() },
  };
}

// An operator who locks a user for five minutes may not know that somebody has locked the user for a month.
const unlessOutlasted =
  ({ change }: Change): Change['change'] =>
  (user, now) => {
    const changed = change(user, now);
    const until = changed.lockout?.lock?.until ?? 'unlocked';
    if (!outlasts(user.lockout, until, now)) return changed;
    const standing = user.lockout.lock?.until;
    const lasting = standing instanceof Date ? `until ${formatTime(standing)}` : 'until somebody unlocks it';
    throw new AuthctlError(
      'confirmation-needed',
      `this replaces a longer lock: user ${quote(user.username)} is locked ${lasting}`,
      { hint: 'repeat it with --yes' },
    );
  };

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
