import { isAutomaticLock, lockoutAt } from './lockout.ts';
import type { Policy } from './policy.ts';
import type { User } from './user.ts';

/** What a login has opened. */
export interface Session {
  /** UUIDv7; no secret. */
  id: string;
  userId: string;
  createdAt: Date;
  /** To the minute: a use within a minute of the last one that was written is not. */
  lastUsedAt: Date;
  /** When it ends unless it is used before that; never behind `expiresAt`. */
  idleExpiresAt: Date;
  expiresAt: Date;
}

type SessionPolicy = Pick<Policy, 'sessionIdleTimeout' | 'sessionLifetime'>;

/** Milliseconds for which a use of a session is not written again. */
const slideEveryMs = 60_000;

/** A session that begins at `now`. */
export function startSession(id: string, userId: string, policy: SessionPolicy, now: Date): Session {
  const expiresAt = new Date(now.getTime() + policy.sessionLifetime);
  return {
    id,
    userId,
    createdAt: now,
    lastUsedAt: now,
    idleExpiresAt: idleEnd(policy, expiresAt, now),
    expiresAt,
  };
}

/** Whether a use at `now` is to be written. */
export const isSlideDue = ({ lastUsedAt }: Session, now: Date): boolean =>
  now.getTime() - lastUsedAt.getTime() >= slideEveryMs;

/** The session after a use at `now`. */
export function slide(session: Session, policy: SessionPolicy, now: Date): Session {
  return { ...session, lastUsedAt: now, idleExpiresAt: idleEnd(policy, session.expiresAt, now) };
}

function idleEnd({ sessionIdleTimeout }: SessionPolicy, expiresAt: Date, now: Date): Date {
  return new Date(Math.min(now.getTime() + sessionIdleTimeout, expiresAt.getTime()));
}

/** Whether `session` of `user` is good at `now`. */
export function isLive(session: Session, user: User, now: Date): boolean {
  if (session.idleExpiresAt <= now || session.expiresAt <= now) return false;
  if (user.deletedAt || user.disabledAt || hasExpired(user, now)) return false;
  const { lock } = lockoutAt(user.lockout, now);
  // If failed logins ended sessions, anyone could log anyone out.
  return lock === undefined || isAutomaticLock(lock);
}

const hasExpired = ({ expiresAt }: User, now: Date): boolean => expiresAt !== null && expiresAt <= now;

/** Whether an administrator's change, or a new password, throws the user out of whatever was opened before. */
export function throwsOut(before: User, after: User): boolean {
  return (
    before.passwordHash !== after.passwordHash ||
    (after.lockout.lock !== undefined && after.lockout.lock !== before.lockout.lock) ||
    (after.disabledAt !== null && before.disabledAt === null) ||
    (after.deletedAt !== null && before.deletedAt === null)
  );
}

/**
 * Whether a change ends the user's sessions. What an expiry has ended is not to come back when the user does: it
 * ends with the change that sets it, and with the one that takes it away.
 */
export const endsSessions = (before: User, after: User, now: Date): boolean =>
  throwsOut(before, after) || hasExpired(before, now) !== hasExpired(after, now);
