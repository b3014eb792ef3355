import { setTimeout as sleep } from 'node:timers/promises';
import { AuthctlError } from '../../domain/errors.ts';
import { newId } from '../../domain/id.ts';
import {
  admit,
  afterFailure,
  afterFailures,
  isUnderWay,
  type Lockout,
  lockoutAt,
} from '../../domain/lockout.ts';
import { lockoutPolicy, type Policy } from '../../domain/policy.ts';
import { statusAt, type User } from '../../domain/user.ts';
import { isUserId } from '../../domain/username.ts';
import { decoyHash, type IdentifiedHash, identify, type Verification, verify } from '../../hashing/index.ts';
import type { LoginAttemptRow, Repositories, Transaction } from '../../store/index.ts';
import type { ServiceContext } from '../context.ts';
import { nameTag } from './name-tag.ts';

/** Why an attempt was refused. It is written to the audit log, and never told to whoever makes the attempt. */
export type Refusal =
  | 'wrong-password'
  | 'unknown-user'
  | 'no-password'
  | 'locked'
  | 'disabled'
  | 'expired'
  | 'deleted'
  | 'unsupported-hash'
  | 'password-changed'
  | 'damaged-data';

/** An attempt whose password has been verified, and which has to be settled next. */
export interface Attempt {
  readonly id: string;
  readonly name: string;
  readonly policy: Policy;
  /** The user whom the name belonged to when the attempt was reserved. */
  readonly user: User | undefined;
  /** The id of the user whom the name belongs to, if its row holds what nobody can be logged in by. */
  readonly damaged: string | undefined;
  /** The hash that the password was verified against. */
  readonly identified: IdentifiedHash | undefined;
  /** Why the attempt is refused even if the password is right; `undefined` if the password decides. */
  readonly refusal: Refusal | undefined;
  /** Whether its failure counts against the name, and not against a user. */
  readonly countsForName: boolean;
  readonly correct: boolean;
}

/** How an attempt is settled. */
export interface Settlement<T> {
  /** The action of the event if the attempt is refused, and further details of that event. */
  action: string;
  detail?: Readonly<Record<string, unknown>>;
  /** Called for a success, in the transaction that settles the attempt; it also appends the event. */
  succeed(tx: Transaction, user: User, now: Date): Promise<T>;
}

/** The outcome of an attempt. */
export type Settled<T> = { outcome: 'ok'; result: T } | { outcome: 'refused'; reason: Refusal };

const isAlive = ({ started_at, failed_at }: LoginAttemptRow, now: Date): boolean =>
  failed_at === null && isUnderWay(new Date(started_at), now);

type Reservation = Pick<Attempt, 'id' | 'user' | 'refusal' | 'damaged' | 'countsForName'>;

/**
 * Whose failures decide whether an attempt is admitted: those of a user, or those at a name that opens no account. Both
 * are counted and waited for alike, so that nobody can tell by the time it takes whether a name is that of a user.
 */
type Subject = { kind: 'user'; user: User } | { kind: 'name'; tag: string };

const idOf = (subject: Subject): string => (subject.kind === 'user' ? subject.user.id : subject.tag);

/** How long failures at names that open no account are kept, in milliseconds, unless a lock lasts longer. */
const namesKeptMs = 86_400_000;

/**
 * Attempts at a password, for a login or a change of the password. An attempt is reserved in one transaction, its
 * password is verified outside of any transaction, and a second transaction settles it. So parallel attempts are
 * counted exactly, and lock the user as the policy says.
 */
export class PasswordAttempts {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** Reserves an attempt for a username or e-mail address and verifies the password. Call `settle` with the result. */
  async verify(name: string, password: string, policy: Policy): Promise<Attempt> {
    const { id, user, refusal, damaged, countsForName } = await this.#reserve(name, policy);
    const stored = user?.passwordHash ?? null;
    const identified = stored === null ? undefined : await identify(stored);
    const verification = await this.#work(identified, password, policy);
    // bcrypt ignores everything after a NUL. No password has one, so one that has is wrong.
    const correct = verification === 'right' && !password.includes('\0');
    const unverifiable = stored !== null && verification === 'unverifiable';
    return {
      ...{ id, name, policy, user, damaged, identified, correct, countsForName },
      refusal: refusal ?? (unverifiable ? 'unsupported-hash' : undefined),
    };
  }

  /** Verifies a password. Without a hash to verify it by, the attempt costs what a current hash costs. */
  async #work(
    identified: IdentifiedHash | undefined,
    password: string,
    policy: Policy,
  ): Promise<Verification> {
    const verifier = this.#context.verifier ?? { verify };
    if (identified && !identified.hash.problem) return verifier.verify(identified.hash, password);
    await verifier.verify(decoyHash(policy), password);
    return 'unverifiable';
  }

  async #reserve(name: string, policy: Policy): Promise<Reservation> {
    // The id stays the same when the transaction is repeated: if the answer to a commit was lost, the reservation that
    // was made is found by it, and no second one is made.
    const id = newId();
    for (;;) {
      const reservation = await this.#context.store.transaction(this.#context.caller, (tx) =>
        this.#tryReserve(tx, id, name, policy),
      );
      if (!('waitsFor' in reservation)) return reservation;
      // While waiting, only read: a transaction would lock the head of the log, which the others need to settle.
      do await sleep(20 + Math.random() * 30);
      while (await this.#isFull(reservation.waitsFor, id, policy));
    }
  }

  /** Whether the other attempts under way leave no room for this one yet. */
  async #isFull(waitsFor: Subject, own: string, policy: Policy): Promise<boolean> {
    const { users, attempts } = this.#context.store;
    const rows = await attempts.ofUser(idOf(waitsFor));
    const user = waitsFor.kind === 'user' ? await users.byId(waitsFor.user.id) : undefined;
    if (waitsFor.kind === 'user' && !user) return false;
    const now = this.#context.now();
    const others = rows.filter((attempt) => attempt.id !== own && isAlive(attempt, now)).length;
    const lockout = user ? user.lockout : afterFailures(failureTimes(rows), lockoutPolicy(policy));
    return admit(lockout, others, lockoutPolicy(policy), now) === 'wait';
  }

  async #tryReserve(
    tx: Transaction,
    id: string,
    name: string,
    policy: Policy,
  ): Promise<Reservation | { waitsFor: Subject }> {
    const now = this.#context.now();
    const { found, damaged } = await findByName(tx, name);
    if (!found) {
      const missing = damaged === undefined ? 'unknown-user' : 'damaged-data';
      return this.#tryReserveName(tx, id, name, { user: undefined, damaged, refusal: missing }, policy);
    }
    const before = standingRefusal(found, now);
    if (before && !(before === 'locked' && found.lockout.lock?.kind === 'automatic')) {
      return this.#tryReserveName(tx, id, name, { user: found, damaged, refusal: before }, policy);
    }
    const rows = await tx.attempts.ofUser(found.id);
    const isReserved = rows.some((attempt) => attempt.id === id);
    const others = rows.filter((attempt) => attempt.id !== id && isAlive(attempt, now)).length;
    let user = found;
    // Attempts that were never settled count as failures: killing the program during a guess must not save the guess.
    for (const attempt of rows) {
      if (isAlive(attempt, now)) continue;
      await tx.attempts.delete(attempt.id);
      user = await countFailure(tx, user, policy, now);
    }
    const refusal = standingRefusal(user, now);
    const admission = refusal ? 'locked' : admit(user.lockout, others, lockoutPolicy(policy), now);
    if (admission === 'wait') return { waitsFor: { kind: 'user', user } };
    if (!isReserved) await tx.attempts.insert(id, user.id, now);
    const locked = admission === 'locked' ? 'locked' : undefined;
    return { id, user, damaged, refusal: locked, countsForName: false };
  }

  /** Reserves an attempt that is refused whatever its password, with a lockout of the name's own. */
  async #tryReserveName(
    tx: Transaction,
    id: string,
    name: string,
    refused: Pick<Reservation, 'user' | 'damaged' | 'refusal'>,
    policy: Policy,
  ): Promise<Reservation | { waitsFor: Subject }> {
    const now = this.#context.now();
    const tag = await nameTag(tx, name);
    const rules = lockoutPolicy(policy);
    const keptSince = now.getTime() - Math.max(namesKeptMs, rules.durationMs);
    const { kept, others, isReserved } = await this.#keepFailures(tx, id, tag, keptSince, now);
    const admission = admit(afterFailures(failureTimes(kept), rules), others, rules, now);
    if (admission === 'wait') return { waitsFor: { kind: 'name', tag } };
    if (!isReserved) await tx.attempts.insert(id, tag, now);
    const countsForName = admission === 'verify' && (rules.threshold > 0 || rules.limit > 0);
    return { id, ...refused, countsForName };
  }

  /** Forgets old failures of a name, and counts attempts that were never settled as failures. */
  async #keepFailures(
    tx: Transaction,
    own: string,
    tag: string,
    keptSince: number,
    now: Date,
  ): Promise<{ kept: LoginAttemptRow[]; others: number; isReserved: boolean }> {
    const all = await tx.attempts.ofUser(tag);
    const kept: LoginAttemptRow[] = [];
    for (const attempt of all.filter((one) => !isAlive(one, now))) {
      if (new Date(attempt.failed_at ?? attempt.started_at).getTime() < keptSince) {
        await tx.attempts.delete(attempt.id);
      } else {
        if (attempt.failed_at === null) await tx.attempts.fail(attempt.id, now);
        kept.push({ ...attempt, failed_at: attempt.failed_at ?? now.toISOString() });
      }
    }
    const others = all.filter((one) => one.id !== own && isAlive(one, now)).length;
    return { kept, others, isReserved: all.some((one) => one.id === own) };
  }

  /** Settles an attempt. Its outcome is committed, with its event, when this returns. */
  async settle<T>(attempt: Attempt, { action, detail, succeed }: Settlement<T>): Promise<Settled<T>> {
    const { id, name, policy, user: reserved } = attempt;
    const now = this.#context.now();
    return this.#context.store.transaction(this.#context.caller, async (tx) => {
      if (attempt.countsForName) await tx.attempts.fail(id, now);
      const counted = !attempt.countsForName && (await tx.attempts.delete(id));
      const user = reserved && (await tx.users.byId(reserved.id));
      const reason = attempt.refusal ?? refusalOf(user, attempt, now);
      if (!reason && user) return { outcome: 'ok', result: await succeed(tx, user, now) };
      const failed = user && counted && isFailure(reason) ? await countFailure(tx, user, policy, now) : user;
      const target = user?.id ?? knownId(attempt);
      const told = user ? lockSet(user, failed) : await nameDetail(tx, target, name);
      tx.audit({ action, outcome: 'refused', target, detail: { ...detail, reason, ...told } });
      return { outcome: 'refused', reason: reason ?? 'unknown-user' };
    });
  }
}

/** What an event says of a name that belongs to no user who can be named. */
async function nameDetail(tx: Transaction, target: string | null, name: string): Promise<{ name?: string }> {
  return target === null ? { name: await nameTag(tx, name) } : {};
}

/** The id of a user whose row is damaged, as far as that is whole. */
const knownId = ({ damaged }: Attempt): string | null =>
  damaged !== undefined && isUserId(damaged) ? damaged : null;

/** Whether a refusal counts as a failed login of the user. */
const isFailure = (reason: Refusal | undefined): boolean =>
  reason === 'wrong-password' || reason === 'unsupported-hash';

/** The user with a username or e-mail address, or the id of one whose row is damaged: a login is refused then. */
async function findByName(
  { users }: Repositories,
  name: string,
): Promise<{ found: User | undefined; damaged: string | undefined }> {
  try {
    return { found: (await users.byUsername(name)) ?? (await users.byEmail(name)), damaged: undefined };
  } catch (error) {
    if (!(error instanceof AuthctlError) || error.code !== 'database-damaged') throw error;
    const { table, row } = error.details;
    if (table !== 'users') throw error;
    return { found: undefined, damaged: String(row) };
  }
}

/** Why nobody can log in as `user` at the time, whatever the password. */
function standingRefusal(user: User, now: Date): Refusal | undefined {
  const status = statusAt(user, now);
  if (status !== 'active') return status;
  return user.passwordHash === null ? 'no-password' : undefined;
}

/** When the failed ones of these attempts have failed, the earliest first. */
const failureTimes = (rows: readonly LoginAttemptRow[]): Date[] =>
  rows
    .flatMap(({ failed_at }) => failed_at ?? [])
    .sort()
    .map((text) => new Date(text));

/** Why a verified attempt is refused when it is settled; things may have changed since it was reserved. */
function refusalOf(
  user: User | undefined,
  { user: reserved, correct }: Attempt,
  now: Date,
): Refusal | undefined {
  if (!user || !reserved) return 'unknown-user';
  if (!correct) return 'wrong-password';
  const standing = standingRefusal(user, now);
  if (standing) return standing;
  // Compared by time, not by hash: a parallel login may rehash the same password, which changes only the hash.
  const changed = user.passwordChangedAt?.getTime() !== reserved.passwordChangedAt?.getTime();
  return changed ? 'password-changed' : undefined;
}

async function countFailure({ users }: Repositories, user: User, policy: Policy, now: Date): Promise<User> {
  const lockout = afterFailure(user.lockout, lockoutPolicy(policy), now);
  const lockedAt = lockoutAt(user.lockout, now).lock ? user.lockedAt : now;
  await users.updateLogin(user.id, lockout, lockedAt, user.lastLoginAt);
  return { ...user, lockout, lockedAt: lockout.lock ? lockedAt : null };
}

function lockSet(before: User, after: User | undefined): { lockedUntil?: string | null } {
  const [old, lock]: (Lockout['lock'] | undefined)[] = [before.lockout.lock, after?.lockout.lock];
  if (!lock || old === lock) return {};
  return { lockedUntil: lock.until === 'unlocked' ? null : lock.until.toISOString() };
}
