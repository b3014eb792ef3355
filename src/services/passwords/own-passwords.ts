import { AuthctlError } from '../../domain/errors.ts';
import { openLockout } from '../../domain/lockout.ts';
import type { User, UserRecord } from '../../domain/user.ts';
import type { Transaction } from '../../store/index.ts';
import { toRecord, writeChange } from '../changes/changes.ts';
import type { ServiceContext } from '../context.ts';
import { type Attempt, loginRefused, PasswordAttempts, type Refusal } from '../logins/logins.ts';
import { PolicyService } from '../policies.ts';
import {
  type NewPassword,
  type NewPasswordChoice,
  outdatedFor,
  prepareNewPassword,
  replacing,
} from './password-change.ts';

/** The outcome of a change that a user makes. */
export type OwnChange =
  | { outcome: 'ok'; user: UserRecord; generated: string | undefined }
  | { outcome: 'refused'; reason: Refusal };

const self = { self: true } as const;

/** Changes of a password by the user, who has to know the old one. */
export class OwnPasswordService {
  readonly #context: ServiceContext;
  readonly #attempts: PasswordAttempts;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#attempts = new PasswordAttempts(context);
  }

  /**
   * Replaces the password of a username or e-mail address. The old password is an attempt like that of a login: it is
   * counted, and refused for the same reasons. Throws `invalid-password` for the new one only if the old one is right.
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
    // Thrown only after the commit: inside, it would undo the settlement, and the attempt would count as failed.
    if (settled.result instanceof AuthctlError) throw settled.result;
    const { user, generated } = settled.result;
    return { outcome: 'ok', user: await toRecord(user, this.#context.now()), generated };
  }

  // Without the right old password, nothing is said about the new one, nor time spent on checking it.
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
