import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuthctlError } from '../domain/errors.ts';
import { newId } from '../domain/id.ts';
import {
  admit,
  afterFailure,
  isUnderWay,
  type Lockout,
  type LockoutPolicy,
  lockoutAt,
  openLockout,
} from '../domain/lockout.ts';
import type { Policy } from '../domain/policy.ts';
import { statusAt, type User, type UserRecord } from '../domain/user.ts';
import { identityKey } from '../domain/username.ts';
import { type IdentifiedHash, identify, matches, schemeLabel } from '../hashing/index.ts';
import type { Repositories, Transaction } from '../store/index.ts';
import type { ServiceContext } from './context.ts';
import { PolicyService } from './policies.ts';
import { toRecord } from './records.ts';

/** Why a login was refused; the operator reads it in the audit log, whoever tries to log in does not. */
export type Refusal =
  | 'wrong-password'
  | 'unknown-user'
  | 'no-password'
  | 'locked'
  | 'disabled'
  | 'expired'
  | 'deleted'
  | 'unsupported-hash'
  | 'password-changed';

/** What came of a login. */
export type LoginOutcome =
  | { outcome: 'ok'; mustChangePassword: boolean; user: UserRecord }
  | { outcome: 'refused'; reason: Refusal };

/** Attempts of names that nobody has are kept under this id, so that they cost what others cost. */
const nobody = '';

interface Reservation {
  attemptId: string;
  user: User | undefined;
  /** Set when the attempt is refused whatever its password. */
  refusal: Refusal | undefined;
}

/** Logins: reserve an attempt, verify the password outside of any transaction, settle. */
export class LoginService {
  readonly #context: ServiceContext;
  readonly #policies: PolicyService;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#policies = new PolicyService(context);
  }

  /** Logs a user in by username or e-mail. Every outcome is committed, with its event, when this returns. */
  async login(name: string, password: string): Promise<LoginOutcome> {
    const policy = await this.#policies.get();
    const reservation = await this.#reserve(name, policy);
    const stored = reservation.user?.passwordHash ?? null;
    const identified = stored === null ? undefined : await identify(stored);
    const unverifiable =
      stored !== null && (identified === undefined || identified.hash.problem !== undefined);
    if (unverifiable) reservation.refusal ??= 'unsupported-hash';
    const correct = await this.#verify(identified, password, policy);
    const rehashed =
      correct && !reservation.refusal && identified ? await rehash(identified, password, policy) : undefined;
    return this.#settle(name, reservation, correct, rehashed, policy);
  }

  async #reserve(name: string, policy: Policy): Promise<Reservation> {
    for (;;) {
      const reservation = await this.#context.store.transaction((tx) => this.#tryReserve(tx, name, policy));
      if ('attemptId' in reservation) return reservation;
      // A transaction would take the head of the log from those who are waited for; looking takes nothing.
      do await sleep(20 + Math.random() * 30);
      while (await this.#isFull(reservation.waitsFor, policy));
    }
  }

  /** Whether the attempts under way leave no room for another one yet. */
  async #isFull({ id }: User, policy: Policy): Promise<boolean> {
    const { store, now: clock } = this.#context;
    const [user, underWay, now] = [await store.users.byId(id), await store.attempts.ofUser(id), clock()];
    const alive = underWay.filter((attempt) => isUnderWay(new Date(attempt.started_at), now)).length;
    return user !== undefined && admit(user.lockout, alive, lockoutPolicy(policy), now) === 'wait';
  }

  async #tryReserve(
    tx: Transaction,
    name: string,
    policy: Policy,
  ): Promise<Reservation | { waitsFor: User }> {
    const now = this.#context.now();
    const found = (await tx.users.byUsername(name)) ?? (await tx.users.byEmail(name));
    const { user, underWay } = await this.#expireAttempts(tx, found, policy, now);
    const refusal = user ? standingRefusal(user, now) : 'unknown-user';
    const admission = user && !refusal ? admit(user.lockout, underWay, lockoutPolicy(policy), now) : 'verify';
    if (user && admission === 'wait') return { waitsFor: user };
    const attemptId = newId();
    await tx.attempts.insert(attemptId, user?.id ?? nobody, now);
    return { attemptId, user, refusal: admission === 'locked' ? 'locked' : refusal };
  }

  // Whoever kills the program in the middle of a guess must not win that guess.
  async #expireAttempts(tx: Transaction, user: User | undefined, policy: Policy, now: Date) {
    let current = user;
    let underWay = 0;
    for (const attempt of await tx.attempts.ofUser(user?.id ?? nobody)) {
      if (isUnderWay(new Date(attempt.started_at), now)) {
        underWay += 1;
        continue;
      }
      await tx.attempts.delete(attempt.id);
      if (current) current = await countFailure(tx, current, policy, now);
    }
    return { user: current, underWay };
  }

  // Unknown and passwordless users cost what a current hash costs; refused ones cost their own hash's work.
  async #verify(identified: IdentifiedHash | undefined, password: string, policy: Policy): Promise<boolean> {
    if (identified && !identified.hash.problem) {
      // No password holds a NUL, and bcrypt takes `a` and `a\0a` for the same one.
      return (await matches(identified.hash, password)) && !password.includes('\0');
    }
    const { newHash } = await import('../hashing/new-hash.ts');
    await newHash(password.normalize('NFC'), policy);
    return false;
  }

  async #settle(
    name: string,
    { attemptId, user: reserved, refusal }: Reservation,
    correct: boolean,
    rehashed: string | undefined,
    policy: Policy,
  ): Promise<LoginOutcome> {
    const now = this.#context.now();
    const settled = await this.#context.store.transaction(async (tx) => {
      const counted = await tx.attempts.delete(attemptId);
      const user = reserved && (await tx.users.byId(reserved.id));
      const reason = refusal ?? refusalOf(user, reserved, correct, now);
      if (reason || !user) {
        const failed =
          reason === 'wrong-password' && counted && user ? await countFailure(tx, user, policy, now) : user;
        const lockedUntil = lockSet(user, failed);
        const detail = user ? { reason, ...lockedUntil } : { reason, name: await nameTag(tx, name) };
        tx.audit({ action: 'user.login', outcome: 'refused', target: user?.id ?? null, detail });
        return { outcome: 'refused', reason: reason ?? 'unknown-user' } as const;
      }
      await tx.users.updateLogin(user.id, openLockout, null, now);
      tx.audit({ action: 'user.login', target: user.id });
      const passwordHash = await this.#storeRehash(tx, user, rehashed);
      return {
        outcome: 'ok',
        user: { ...user, passwordHash, lockout: openLockout, lockedAt: null, lastLoginAt: now },
      } as const;
    });
    if (settled.outcome === 'refused') return settled;
    const { user } = settled;
    return { outcome: 'ok', mustChangePassword: user.mustChangePassword, user: await toRecord(user, now) };
  }

  async #storeRehash(tx: Transaction, user: User, rehashed: string | undefined): Promise<string | null> {
    const before = user.passwordHash;
    if (rehashed === undefined || before === null) return before;
    if (!(await tx.users.replaceHash(user.id, before, rehashed))) return before;
    const [from, to] = await Promise.all([identify(before), identify(rehashed)]);
    tx.audit({
      action: 'user.rehash',
      target: user.id,
      detail: { from: from && schemeLabel(from), to: to?.scheme.id },
    });
    return rehashed;
  }
}

async function rehash(
  identified: IdentifiedHash,
  password: string,
  policy: Policy,
): Promise<string | undefined> {
  const { isOutdated, newHash } = await import('../hashing/new-hash.ts');
  const normalized = password.normalize('NFC');
  return isOutdated(identified, normalized, policy) ? newHash(normalized, policy) : undefined;
}

const lockoutPolicy = (policy: Policy): LockoutPolicy => ({
  threshold: policy.lockoutThreshold,
  durationMs: policy.lockoutDuration,
  limit: policy.lockoutLimit,
});

/** Why nobody can log in as `user` at the time, whatever the password. */
function standingRefusal(user: User, now: Date): Refusal | undefined {
  const status = statusAt(user, now);
  if (status !== 'active') return status;
  return user.passwordHash === null ? 'no-password' : undefined;
}

/** Why a verified attempt is refused when it is settled; things may have changed since it was reserved. */
function refusalOf(
  user: User | undefined,
  reserved: User | undefined,
  correct: boolean,
  now: Date,
): Refusal | undefined {
  if (!user || !reserved) return 'unknown-user';
  if (!correct) return 'wrong-password';
  const standing = standingRefusal(user, now);
  if (standing) return standing;
  // A rehash by a parallel login changes the hash and not this time.
  const changed = user.passwordChangedAt?.getTime() !== reserved.passwordChangedAt?.getTime();
  return changed ? 'password-changed' : undefined;
}

async function countFailure({ users }: Repositories, user: User, policy: Policy, now: Date): Promise<User> {
  const lockout = afterFailure(user.lockout, lockoutPolicy(policy), now);
  const lockedAt = lockoutAt(user.lockout, now).lock ? user.lockedAt : now;
  await users.updateLogin(user.id, lockout, lockedAt, user.lastLoginAt);
  return { ...user, lockout, lockedAt: lockout.lock ? lockedAt : null };
}

function lockSet(before: User | undefined, after: User | undefined): { lockedUntil?: string | null } {
  const [old, lock]: (Lockout['lock'] | undefined)[] = [before?.lockout.lock, after?.lockout.lock];
  if (!lock || old === lock) return {};
  return { lockedUntil: lock.until === 'unlocked' ? null : lock.until.toISOString() };
}

const tagKeyName = 'audit-name-key';

// People type passwords where a name belongs. 16 bits tell whether two names were the same, and no more.
async function nameTag({ settings }: Repositories, name: string): Promise<string> {
  let key = await settings.get(tagKeyName);
  if (typeof key !== 'string') {
    key = randomBytes(32).toString('hex');
    await settings.set(tagKeyName, key);
  }
  const digest = createHmac('sha256', Buffer.from(String(key), 'hex'))
    .update(identityKey(name), 'utf8')
    .digest('hex');
  return `hmac:${digest.slice(0, 4)}`;
}

/** The one error of every refused login. */
export const loginRefused = (): AuthctlError => new AuthctlError('login-refused', 'login refused');
