import { AuthctlError } from '../../domain/errors.ts';
import { openLockout } from '../../domain/lockout.ts';
import type { User, UserRecord } from '../../domain/user.ts';
import type { Transaction } from '../../store/index.ts';
import type { ServiceContext } from '../context.ts';
import { type Attempt, PasswordAttempts, type Refusal } from '../logins/attempts.ts';
import { loginRefused } from '../logins/logins.ts';
import { PolicyService } from '../policies.ts';
import { writeChange } from '../users/change.ts';
import { toRecord } from '../users/user-record.ts';
import {
  type NewPassword,
  type NewPasswordChoice,
  outdatedFor,
  prepareNewPassword,
  replacing,
} from './change.ts';

/** What came of a user's own change. */
export type OwnChange =
  | { outcome: 'ok'; user: UserRecord; generated: string | undefined }
  | { outcome: 'refused'; reason: Refusal };

const self = { self: true } as const;

/** Passwords that users change themselves, who prove with the old one that they may. */
export class OwnPasswordService {
  readonly #context: ServiceContext;
  readonly #attempts: PasswordAttempts;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#attempts = new PasswordAttempts(context);
  }

  /**
   * Replaces the old password of a username or e-mail. The old one is an attempt like a login's: counted, and
   * refused for the same reasons. Throws `invalid-password` for the new one, once the old one was right.
   */
  async change(name: string, old: string, choice: NewPasswordChoice): Promise<OwnChange> {
    const policy = await new PolicyService(this.#context).get();
    const attempt = await this.#attempts.verify(name, old, policy);
    const prepared = await this.#prepare(attempt, old, choice);
    const settled = await this.#attempts.settle(attempt, {
      action: 'user.passwd',
      detail: self,
      succeed: (tx, user) => this.#replace(tx, user, prepared),
    });
    if (settled.outcome === 'refused') return settled;
    // Thrown behind the commit: the attempt must stay settled, or it would count as failed.
    if (settled.result instanceof AuthctlError) throw settled.result;
    const { user, generated } = settled.result;
    return { outcome: 'ok', user: await toRecord(user, this.#context.now()), generated };
  }

  // Whoever has not proved anything learns nothing of the new password's faults, nor by the time they take.
  async #prepare(
    { user, correct, refusal, policy }: Attempt,
    old: string,
    choice: NewPasswordChoice,
  ): Promise<NewPassword | AuthctlError> {
    if (!user || !correct || refusal) return loginRefused();
    try {
      return await prepareNewPassword(this.#context.store, user, choice, policy, old);
    } catch (error) {
      if (error instanceof AuthctlError) return error;
      throw error;
    }
  }

  async #replace(
    tx: Transaction,
    user: User,
    prepared: NewPassword | AuthctlError,
  ): Promise<{ user: User; generated: string | undefined } | AuthctlError> {
    await tx.users.updateLogin(user.id, openLockout, null, user.lastLoginAt);
    const password = prepared instanceof AuthctlError ? prepared : (outdatedFor(prepared, user) ?? prepared);
    if (password instanceof AuthctlError) {
      const detail = { ...self, reason: password.code };
      tx.audit({ action: 'user.passwd', outcome: 'refused', target: user.id, detail });
      return password;
    }
    const opened = { ...user, lockout: openLockout, lockedAt: null };
    const changed = await writeChange(tx, this.#context, opened, replacing(password, false, self));
    return { user: changed, generated: password.generated };
  }
}
