import { formatTime } from './duration.ts';
import { admit, lockoutAt } from './lockout.ts';
import type { OneTimeToken } from './one-time-token.ts';
import { lockoutPolicy, type Policy } from './policy.ts';
import { shellWord } from './shell-word.ts';
import { mustChangePassword, type User } from './user.ts';

/** The result of one check of a user. */
export interface LoginAspect {
  check:
    | 'deleted'
    | 'disabled'
    | 'expiry'
    | 'lock'
    | 'failures'
    | 'password'
    | 'change'
    | 'sessions'
    | 'reset';
  /** A `problem` keeps the user out; a `note` is worth knowing. */
  state: 'ok' | 'note' | 'problem';
  detail: string;
  /** The command that repairs it or takes it away; `null` where there is nothing to do. */
  mend: string | null;
}

/** A hash's scheme and, where nobody can log in with the hash, the reason (`problem`). */
export interface HashFacts {
  scheme: string;
  problem: string | undefined;
}

/** Everything that decides whether a user can log in at the time `now`. */
export interface LoginFacts {
  user: User;
  policy: Policy;
  /** `null` where the user has no password, `unknown` for a hash that no scheme recognises. */
  hash: HashFacts | 'unknown' | null;
  sessions: { count: number; lastUsedAt: Date | null };
  /** An unused token with which the user can set a password. */
  reset: OneTimeToken | undefined;
  now: Date;
}

/** Checks everything that decides whether a user can log in, in the order in which a login checks it. */
export function explainLogin(facts: LoginFacts): LoginAspect[] {
  return [
    deleted(facts),
    disabled(facts),
    expiry(facts),
    lock(facts),
    failures(facts),
    password(facts),
    change(facts),
    sessions(facts),
    reset(facts),
  ];
}

function deleted({ user }: LoginFacts): LoginAspect {
  if (!user.deletedAt) return { check: 'deleted', state: 'ok', detail: 'no', mend: null };
  const by = user.deletedBy === null ? '' : ` by ${user.deletedBy}`;
  const detail = `deleted ${formatTime(user.deletedAt)}${by}`;
  return { check: 'deleted', state: 'problem', detail, mend: command('user restore', user) };
}

function disabled({ user }: LoginFacts): LoginAspect {
  if (!user.disabledAt) return { check: 'disabled', state: 'ok', detail: 'no', mend: null };
  const detail = `disabled since ${formatTime(user.disabledAt)}`;
  return { check: 'disabled', state: 'problem', detail, mend: command('user enable', user) };
}

function expiry({ user, now }: LoginFacts): LoginAspect {
  const { expiresAt } = user;
  if (!expiresAt) return { check: 'expiry', state: 'ok', detail: 'never', mend: null };
  const expired = expiresAt <= now;
  return {
    check: 'expiry',
    state: expired ? 'problem' : 'ok',
    detail: `${expired ? 'expired' : 'expires'} at ${formatTime(expiresAt)}`,
    mend: expired ? command('user expire', user, '--never') : null,
  };
}

function lock({ user, now }: LoginFacts): LoginAspect {
  const { lock: standing } = lockoutAt(user.lockout, now);
  if (!standing) return { check: 'lock', state: 'ok', detail: 'no', mend: null };
  const who = standing.kind === 'automatic' ? 'automatically' : 'by an administrator';
  const until = standing.until === 'unlocked' ? 'until unlocked' : `until ${formatTime(standing.until)}`;
  const reason = standing.reason === null ? '' : `: ${standing.reason}`;
  const since = user.lockedAt ? `, since ${formatTime(user.lockedAt)}` : '';
  const detail = `locked ${who} ${until}${since}${reason}`;
  return { check: 'lock', state: 'problem', detail, mend: command('user unlock', user) };
}

function failures({ user, policy, now }: LoginFacts): LoginAspect {
  const lockout = lockoutAt(user.lockout, now);
  const { failures: recent, consecutiveFailures } = lockout;
  if (consecutiveFailures === 0) return { check: 'failures', state: 'ok', detail: 'none', mend: null };
  const { threshold, limit } = lockoutPolicy(policy);
  const detail =
    `${recent} that count (${threshold === 0 ? 'no number locks' : `${threshold} lock`}), ` +
    `${consecutiveFailures} since the last login (${limit === 0 ? 'no limit' : `${limit} lock until unlocked`})`;
  // After the policy was made stricter, a user with as many failures as it allows is refused without being locked.
  const isUsedUp = !lockout.lock && admit(lockout, 0, lockoutPolicy(policy), now) === 'locked';
  return {
    check: 'failures',
    state: isUsedUp ? 'problem' : 'note',
    detail,
    mend: command('user unlock', user),
  };
}

function password({ user, hash }: LoginFacts): LoginAspect {
  const problem = (detail: string): LoginAspect => ({
    check: 'password',
    state: 'problem',
    detail,
    mend: command('reset issue', user),
  });
  if (hash === null) return problem('the user has none');
  if (hash === 'unknown') return problem('the hash is of no known scheme');
  if (hash.problem !== undefined) return problem(`${hash.scheme}, which is not supported: ${hash.problem}`);
  const set = user.passwordChangedAt ? `, set ${formatTime(user.passwordChangedAt)}` : '';
  return { check: 'password', state: 'ok', detail: `${hash.scheme}, supported${set}`, mend: null };
}

function change({ user, policy, now }: LoginFacts): LoginAspect {
  if (!mustChangePassword(user, policy, now)) {
    return { check: 'change', state: 'ok', detail: 'the password need not be changed', mend: null };
  }
  const why = user.mustChangePassword ? 'must be changed' : 'is older than the policy allows';
  const detail = `the password ${why}: a login succeeds, but opens no session`;
  return { check: 'change', state: 'note', detail, mend: ownChangeCommand(user.username) };
}

function sessions({ user, sessions: { count, lastUsedAt } }: LoginFacts): LoginAspect {
  if (count === 0) return { check: 'sessions', state: 'ok', detail: 'none', mend: null };
  const used = lastUsedAt ? `, last used ${formatTime(lastUsedAt)}` : '';
  const detail = `${count} open${used}`;
  return { check: 'sessions', state: 'ok', detail, mend: command('session revoke --user', user) };
}

function reset({ user, reset: token }: LoginFacts): LoginAspect {
  if (!token) return { check: 'reset', state: 'ok', detail: 'no token is open', mend: null };
  const detail = `a token is open until ${formatTime(token.expiresAt)}, issued by ${token.createdBy}`;
  return { check: 'reset', state: 'note', detail, mend: command('reset revoke', user) };
}

/** The command line with which a user changes the password, knowing the old one. */
export const ownChangeCommand = (username: string): string =>
  `authctl user passwd ${shellWord(username)} --old-password-file FILE --password-stdin`;

const command = (words: string, { username }: User, ...options: string[]): string =>
  ['authctl', words, shellWord(username), ...options].join(' ');
