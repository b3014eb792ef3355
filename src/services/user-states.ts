import { AuthctlError } from '../domain/errors.ts';
import { openLockout } from '../domain/lockout.ts';
import type { UserRecord } from '../domain/user.ts';
import { parsePersonalText } from '../domain/username.ts';
import type { ServiceContext } from './context.ts';
import { changeUser } from './user-change.ts';

/** How long a lock lasts: for so many milliseconds, until a time, or until somebody ends it. */
export type LockEnd = { forMs: number } | { until: Date } | 'unlocked';

/** Who may log in: locks, which pass or are lifted, and disabled accounts, which are not in use. */
export class UserStateService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** Locks a user; it replaces a lock that stands. Throws `invalid-time` for an end in the past. */
  async lock(reference: string, end: LockEnd, reason: string | undefined): Promise<UserRecord> {
    const until = this.#until(end);
    const checkedReason = parsePersonalText(reason ?? '', 'reason');
    return changeUser(
      this.#context,
      reference,
      'user.lock',
      (user, now) => ({
        lockedAt: now,
        lockout: { ...user.lockout, lock: { until, reason: checkedReason } },
      }),
      { until: until === 'unlocked' ? null : until.toISOString() },
    );
  }

  #until(end: LockEnd): Date | 'unlocked' {
    if (end === 'unlocked') return end;
    const now = this.#context.now();
    const until = 'until' in end ? end.until : new Date(now.getTime() + end.forMs);
    if (until <= now) throw new AuthctlError('invalid-time', `${until.toISOString()} is in the past`);
    return until;
  }

  /** Ends a lock and forgets the failed logins, so that all of them can be tried again. */
  async unlock(reference: string): Promise<UserRecord> {
    return changeUser(this.#context, reference, 'user.unlock', () => ({
      lockedAt: null,
      lockout: openLockout,
    }));
  }

  async disable(reference: string): Promise<UserRecord> {
    return changeUser(this.#context, reference, 'user.disable', (user, now) => ({
      disabledAt: user.disabledAt ?? now,
    }));
  }

  async enable(reference: string): Promise<UserRecord> {
    return changeUser(this.#context, reference, 'user.enable', () => ({ disabledAt: null }));
  }
}
