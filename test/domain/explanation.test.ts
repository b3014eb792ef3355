import { expect, test } from 'vitest';
import { explainLogin, type LoginFacts } from '../../src/domain/explanation.ts';
import { automaticLockReasons, type LockKind, openLockout } from '../../src/domain/lockout.ts';
import type { OneTimeToken } from '../../src/domain/one-time-token.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import type { User } from '../../src/domain/user.ts';

const at = (time: string) => new Date(`2027-03-01T${time}.000Z`);
const user: User = {
  id: 'u',
  username: 'alice',
  email: null,
  emailVerifiedAt: null,
  firstName: null,
  lastName: null,
  passwordHash: 'hash',
  passwordChangedAt: at('06:00:00'),
  mustChangePassword: false,
  disabledAt: null,
  lockedAt: null,
  lockout: openLockout,
  expiresAt: null,
  lastLoginAt: null,
  createdAt: at('06:00:00'),
  createdBy: 'op',
  updatedAt: at('06:00:00'),
  updatedBy: 'op',
  deletedAt: null,
  deletedBy: null,
  version: 1,
};
const facts: LoginFacts = {
  user,
  policy: defaultPolicy,
  hash: { scheme: 'bcrypt', problem: undefined },
  sessions: { count: 0, lastUsedAt: null },
  reset: undefined,
  now: at('08:00:00'),
};
const of = (more: Partial<User>): Partial<LoginFacts> => ({ user: { ...user, ...more } });
const lock = (until: Date | 'unlocked', reason: string | null, kind: LockKind, failures = 0) =>
  of({
    lockedAt: at('07:50:00'),
    lockout: { lock: { until, reason, kind }, failures, consecutiveFailures: failures },
  });
const failed = (failures: number, consecutiveFailures: number) =>
  of({ lockout: { lock: undefined, failures, consecutiveFailures } });
const reset: OneTimeToken = {
  id: 't',
  kind: 'reset',
  userId: 'u',
  email: null,
  createdAt: at('07:30:00'),
  createdBy: 'op',
  expiresAt: at('08:30:00'),
};

test('nothing keeps out a user with a password of today', () => {
  expect(explainLogin(facts)).toEqual([
    { check: 'deleted', state: 'ok', detail: 'no', mend: null },
    { check: 'disabled', state: 'ok', detail: 'no', mend: null },
    { check: 'expiry', state: 'ok', detail: 'never', mend: null },
    { check: 'lock', state: 'ok', detail: 'no', mend: null },
    { check: 'failures', state: 'ok', detail: 'none', mend: null },
    { check: 'password', state: 'ok', detail: 'bcrypt, supported, set 2027-03-01 06:00:00Z', mend: null },
    { check: 'change', state: 'ok', detail: 'the password need not be changed', mend: null },
    { check: 'sessions', state: 'ok', detail: 'none', mend: null },
    { check: 'reset', state: 'ok', detail: 'no token is open', mend: null },
  ]);
});

test.each<[string, Partial<LoginFacts>, string, string, string | null]>([
  [
    'deleted',
    of({ deletedAt: at('07:00:00'), deletedBy: 'op' }),
    'problem',
    'deleted 2027-03-01 07:00:00Z by op',
    'authctl user restore alice',
  ],
  [
    'disabled',
    of({ disabledAt: at('07:00:00') }),
    'problem',
    'disabled since 2027-03-01 07:00:00Z',
    'authctl user enable alice',
  ],
  [
    'expiry',
    of({ expiresAt: at('08:00:00') }),
    'problem',
    'expired at 2027-03-01 08:00:00Z',
    'authctl user expire alice --never',
  ],
  ['expiry', of({ expiresAt: at('08:00:01') }), 'ok', 'expires at 2027-03-01 08:00:01Z', null],
  [
    'lock',
    lock('unlocked', 'lost laptop', 'administrator'),
    'problem',
    'locked by an administrator until unlocked, since 2027-03-01 07:50:00Z: lost laptop',
    'authctl user unlock alice',
  ],
  [
    'lock',
    lock('unlocked', automaticLockReasons.limit, 'administrator'),
    'problem',
    'locked by an administrator until unlocked, since 2027-03-01 07:50:00Z: too many consecutive failed logins',
    'authctl user unlock alice',
  ],
  [
    'lock',
    lock(at('08:05:00'), automaticLockReasons.threshold, 'automatic', 5),
    'problem',
    'locked automatically until 2027-03-01 08:05:00Z, since 2027-03-01 07:50:00Z: too many failed logins',
    'authctl user unlock alice',
  ],
  ['lock', lock(at('08:00:00'), automaticLockReasons.threshold, 'automatic', 5), 'ok', 'no', null],
  [
    'failures',
    failed(2, 7),
    'note',
    '2 that count (5 lock), 7 since the last login (100 lock until unlocked)',
    'authctl user unlock alice',
  ],
  [
    'failures',
    { ...failed(4, 4), policy: { ...defaultPolicy, lockoutThreshold: 3, lockoutLimit: 0 } },
    'problem',
    '4 that count (3 lock), 4 since the last login (no limit)',
    'authctl user unlock alice',
  ],
  ['password', { hash: null }, 'problem', 'the user has none', 'authctl reset issue alice'],
  ['password', { hash: 'unknown' }, 'problem', 'the hash is of no known scheme', 'authctl reset issue alice'],
  [
    'password',
    { hash: { scheme: 'scrypt', problem: 'it takes too much memory' } },
    'problem',
    'scrypt, which is not supported: it takes too much memory',
    'authctl reset issue alice',
  ],
  [
    'change',
    of({ mustChangePassword: true }),
    'note',
    'the password must be changed: a login succeeds, but opens no session',
    'authctl user passwd alice --old-password-file FILE --password-stdin',
  ],
  [
    'change',
    { policy: { ...defaultPolicy, passwordMaxAge: 7_200_000 } },
    'note',
    'the password is older than the policy allows: a login succeeds, but opens no session',
    'authctl user passwd alice --old-password-file FILE --password-stdin',
  ],
  [
    'sessions',
    { sessions: { count: 2, lastUsedAt: at('07:59:00') } },
    'ok',
    '2 open, last used 2027-03-01 07:59:00Z',
    'authctl session revoke --user alice',
  ],
  [
    'reset',
    { reset },
    'note',
    'a token is open until 2027-03-01 08:30:00Z, issued by op',
    'authctl reset revoke alice',
  ],
])('%s %j is a %s', (check, more, state, detail, mend) => {
  const findings = explainLogin({ ...facts, ...more });
  expect(findings.find((finding) => finding.check === check)).toEqual({ check, state, detail, mend });
});

test.each([
  ['jürgen', 'jürgen'],
  ['a.b-c_d@example.org', 'a.b-c_d@example.org'],
  ["o'hara", `'o'\\''hara'`],
  ['a$b', `'a$b'`],
])('the name %s is the word %s of a command', (username, word) => {
  const finding = explainLogin({ ...facts, ...of({ username, disabledAt: at('07:00:00') }) })[1];
  expect(finding?.mend).toBe(`authctl user enable ${word}`);
});
