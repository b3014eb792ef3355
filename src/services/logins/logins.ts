import { AuthctlError } from '../../domain/errors.ts';
import { openLockout } from '../../domain/lockout.ts';
import { mustChangePassword, type User, type UserRecord } from '../../domain/user.ts';
import { identify, renewedHash, schemeLabel } from '../../hashing/index.ts';
import type { Transaction } from '../../store/index.ts';
import { toRecord } from '../changes/changes.ts';
import type { ServiceContext } from '../context.ts';
import { PolicyService } from '../policies.ts';
import { type Attempt, PasswordAttempts, type Refusal } from './attempts.ts';

export { type Attempt, PasswordAttempts, type Refusal } from './attempts.ts';

/** The outcome of a login; `followed` is the result of `follow`. */
export type LoginOutcome<T = undefined> =
  | { outcome: 'ok'; mustChangePassword: boolean; user: UserRecord; followed: T }
  | { outcome: 'refused'; reason: Refusal };

/** Called after a successful login, in the transaction that settles it, which may be repeated. */
export type Follow<T> = (tx: Transaction, user: User, now: Date) => Promise<T>;

/** Logins by password. */
export class LoginService {
  readonly #policies: PolicyService;
  readonly #attempts: PasswordAttempts;

  constructor(context: ServiceContext) {
    this.#policies = new PolicyService(context);
    this.#attempts = new PasswordAttempts(context);
  }

  /** Logs a user in by username or e-mail. Every outcome is committed, with its event, when this returns. */
  login(name: string, password: string): Promise<LoginOutcome> {
    return this.loginThen(name, password, async () => undefined);
  }

  /**
   * As `login`, and calls `follow` if it succeeds: either both are committed or none.
   *
   * @internal
   */
  async loginThen<T>(name: string, password: string, follow: Follow<T>): Promise<LoginOutcome<T>> {
    const policy = await this.#policies.get();
    const attempt = await this.#attempts.verify(name, password, policy);
    const rehashed = await rehash(attempt, password);
    const settled = await this.#attempts.settle(attempt, {
      action: 'user.login',
      succeed: async (tx, before, now) => {
        await tx.users.updateLogin(before.id, openLockout, null, now);
        tx.audit({ action: 'user.login', target: before.id });
        const passwordHash = await storeRehash(tx, before, rehashed);
        const user: User = {
          ...before,
          passwordHash,
          lockout: openLockout,
          lockedAt: null,
          lastLoginAt: now,
        };
        return { user, now, followed: await follow(tx, user, now) };
      },
    });
    if (settled.outcome === 'refused') return settled;
    const { user, now, followed } = settled.result;
    return {
      outcome: 'ok',
      mustChangePassword: mustChangePassword(user, policy, now),
      user: await toRecord(user, now),
      followed,
    };
  }
}

async function rehash(
  { identified, correct, refusal, policy }: Attempt,
  password: string,
): Promise<string | undefined> {
  if (!identified || !correct || refusal) return undefined;
  return renewedHash(identified, password.normalize('NFC'), policy);
}

async function storeRehash(
  tx: Transaction,
  user: User,
  rehashed: string | undefined,
): Promise<string | null> {
  const before = user.passwordHash;
  if (rehashed === undefined || before === null) return before;
  if (!(await tx.users.replaceHash(user.id, before, rehashed))) return before;
  const [from, to] = await Promise.all([identify(before), identify(rehashed)]);
  tx.audit({
    action: 'user.rehash',
    target: user.id,
    detail: { from: from && schemeLabel(from), to: to && schemeLabel(to) },
  });
  return rehashed;
}

/** The error of every refused login, whatever the reason. */
export const loginRefused = (): AuthctlError => new AuthctlError('login-refused', 'login refused');
