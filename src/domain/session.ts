import { lockoutAt } from './lockout.ts';
import type { Policy } from './policy.ts';
import type { User } from './user.ts';

/** A session that a login has opened. */
export interface Session {
  /** UUIDv7; may be shown, since nothing can be done with it alone. */
  id: string;
  userId: string;
  createdAt: Date;
  /** Up to a minute old: a use is not written when the last one that was written is less than a minute ago. */
  lastUsedAt: Date;
  /** When the session ends unless it is used before; never later than `expiresAt`. */
  idleExpiresAt: Date;
  expiresAt: Date;
}

type SessionPolicy = Pick<Policy, 'sessionIdleTimeout' | 'sessionLifetime'>;

/** Milliseconds that must have passed since the last written use before another one is written. */
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

/** Whether a use at `now` has to be written. */
export const isSlideDue = ({ lastUsedAt }: Session, now: Date): boolean =>
  now.getTime() - lastUsedAt.getTime() >= slideEveryMs;

/** The session after a use at `now`. */
export function slide(session: Session, policy: SessionPolicy, now: Date): Session {
  return { ...session, lastUsedAt: now, idleExpiresAt: idleEnd(policy, session.expiresAt, now) };
}

function idleEnd({ sessionIdleTimeout }: SessionPolicy, expiresAt: Date, now: Date): Date {
  return new Date(Math.min(now.getTime() + sessionIdleTimeout, expiresAt.getTime()));
}

/** Why a session is not valid. */
export type SessionRefusal = 'session-expired' | 'deleted' | 'disabled' | 'expired' | 'locked';

/** Why `session` of `user` is not valid at `now`; `undefined` if it is. */
export function sessionRefusal(session: Session, user: User, now: Date): SessionRefusal | undefined {
  if (session.idleExpiresAt <= now || session.expiresAt <= now) return 'session-expired';
  if (user.deletedAt) return 'deleted';
  if (user.disabledAt) return 'disabled';
  if (hasExpired(user, now)) return 'expired';
  const { lock } = lockoutAt(user.lockout, now);
  // If a lock by failed logins ended sessions, anyone could log any user out by guessing.
  return lock?.kind === 'administrator' ? 'locked' : undefined;
}

/** Whether `session` of `user` is valid at `now`. */
export const isLive = (session: Session, user: User, now: Date): boolean =>
  sessionRefusal(session, user, now) === undefined;

const hasExpired = ({ expiresAt }: User, now: Date): boolean => expiresAt !== null && expiresAt <= now;

/** Whether a change (a new password, a lock, disabling, deleting) ends what the user has opened before. */
export function throwsOut(before: User, after: User): boolean {
  return (
    before.passwordHash !== after.passwordHash ||
    (after.lockout.lock !== undefined && after.lockout.lock !== before.lockout.lock) ||
    (after.disabledAt !== null && before.disabledAt === null) ||
    (after.deletedAt !== null && before.deletedAt === null)
  );
}

/**
 * Whether a change ends the user's sessions. They also end when the user must change the password, since no session is
 * opened before that is done. Sessions of an expired user are not valid, and must not become valid again when the
 * expiry is taken away: so both the change that makes a user expire and the one that undoes it end them.
 */
export const endsSessions = (before: User, after: User, now: Date): boolean =>
  throwsOut(before, after) ||
  (after.mustChangePassword && !before.mustChangePassword) ||
  hasExpired(before, now) !== hasExpired(after, now);
