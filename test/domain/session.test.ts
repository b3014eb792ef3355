import { expect, test } from 'vitest';
import { automaticLockReasons, type LockKind, openLockout } from '../../src/domain/lockout.ts';
import { endedTokens } from '../../src/domain/one-time-token.ts';
import { endsSessions, isLive, isSlideDue, slide, startSession } from '../../src/domain/session.ts';
import { type User, unverifiedWhereNew } from '../../src/domain/user.ts';

const at = (time: string) => new Date(`2027-03-01T${time}.000Z`);
const policy = { sessionIdleTimeout: 30 * 60_000, sessionLifetime: 12 * 3_600_000 };
const begun = startSession('s', 'u', policy, at('08:00:00'));

const user: User = {
  id: 'u',
  username: 'alice',
  email: 'alice@example.org',
  emailVerifiedAt: at('06:00:00'),
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
const locked = (
  reason: string | null,
  kind: LockKind,
  until: Date | 'unlocked' = 'unlocked',
): Partial<User> => ({
  lockedAt: at('08:00:00'),
  lockout: { ...openLockout, lock: { until, reason, kind } },
});

test('a session begins with both limits', () => {
  expect(begun).toMatchObject({
    createdAt: at('08:00:00'),
    lastUsedAt: at('08:00:00'),
    idleExpiresAt: at('08:30:00'),
    expiresAt: at('20:00:00'),
  });
});

test.each([
  ['08:20:00', '08:50:00'],
  ['19:29:59', '19:59:59'],
  ['19:45:00', '20:00:00'],
])('a use at %s puts off its end to %s, and never beyond the last', (usedAt, end) => {
  expect(slide(begun, policy, at(usedAt))).toEqual({
    ...begun,
    lastUsedAt: at(usedAt),
    idleExpiresAt: at(end),
  });
});

test('an idle limit beyond the life is the end of the life', () => {
  const { idleExpiresAt, expiresAt } = startSession(
    's',
    'u',
    { ...policy, sessionIdleTimeout: 48 * 3_600_000 },
    at('08:00:00'),
  );
  expect(idleExpiresAt).toEqual(expiresAt);
});

test.each([
  ['08:00:59', false],
  ['08:01:00', true],
  ['07:59:00', false],
])('a use at %s is written: %s', (usedAt, due) => {
  expect(isSlideDue(begun, at(usedAt))).toBe(due);
});

test.each<[string, Partial<User>, string, boolean]>([
  ['a user as any other', {}, '08:29:59', true],
  ['not used for as long as allowed', {}, '08:30:00', false],
  ['a deleted user', { deletedAt: at('08:00:00') }, '08:10:00', false],
  ['a disabled user', { disabledAt: at('08:00:00') }, '08:10:00', false],
  ['a user who has expired', { expiresAt: at('08:10:00') }, '08:10:00', false],
  ['a user who will expire', { expiresAt: at('08:10:00') }, '08:09:59', true],
  ['a lock by an administrator', locked(null, 'administrator'), '08:10:00', false],
  [
    'a lock by an administrator that has passed',
    locked('holiday', 'administrator', at('08:05:00')),
    '08:10:00',
    true,
  ],
  [
    'a lock by failed logins',
    locked(automaticLockReasons.threshold, 'automatic', at('08:15:00')),
    '08:10:00',
    true,
  ],
  ['a lock by very many failed logins', locked(automaticLockReasons.limit, 'automatic'), '08:10:00', true],
  [
    'a lock by an administrator with the words of an automatic one',
    locked(automaticLockReasons.threshold, 'administrator', at('08:15:00')),
    '08:10:00',
    false,
  ],
  ['a password that must be changed', { mustChangePassword: true }, '08:10:00', true],
])('%s: %j at %s is live: %s', (_what, more, now, live) => {
  expect(isLive(begun, { ...user, ...more }, at(now))).toBe(live);
});

const expired = { expiresAt: at('07:00:00') };

test.each<[string, Partial<User>, Partial<User>, boolean, readonly string[]]>([
  ['a name', {}, { username: 'alicia', firstName: 'A' }, false, []],
  ['must change', {}, { mustChangePassword: true }, true, []],
  ['still must change', { mustChangePassword: true }, { mustChangePassword: true }, false, []],
  ['no longer must change', { mustChangePassword: true }, {}, false, []],
  ['a new password', {}, { passwordHash: 'other', passwordChangedAt: at('08:00:00') }, true, ['reset']],
  ['a first password', { passwordHash: null }, {}, true, ['reset']],
  ['a lock', {}, locked(null, 'administrator'), true, ['reset']],
  [
    'a lock with the words of an automatic one',
    {},
    locked(automaticLockReasons.limit, 'administrator'),
    true,
    ['reset'],
  ],
  ['another lock', locked('old', 'administrator'), locked('new', 'administrator'), true, ['reset']],
  ['an unlock', locked(null, 'administrator'), {}, false, []],
  ['disable', {}, { disabledAt: at('08:00:00') }, true, ['reset']],
  ['enable', { disabledAt: at('07:00:00') }, {}, false, []],
  ['delete', {}, { deletedAt: at('08:00:00') }, true, ['reset', 'email']],
  ['restore', { deletedAt: at('07:00:00') }, {}, false, []],
  ['an expiry that has passed', {}, expired, true, []],
  ['an expiry to come', {}, { expiresAt: at('09:00:00') }, false, []],
  ['an expiry taken away that had passed', expired, {}, true, []],
  ['another address', {}, { email: 'alice@example.com' }, false, ['reset', 'email']],
  ['no address', {}, { email: null }, false, ['reset', 'email']],
  ['the same address in another case', {}, { email: 'Alice@Example.ORG' }, false, []],
])('%s ends sessions: %s, and tokens: %j', (_what, before, after, sessions, tokens) => {
  const [one, other] = [
    { ...user, ...before },
    { ...user, ...after },
  ];
  expect(endsSessions(one, other, at('08:00:00'))).toBe(sessions);
  expect(endedTokens(one, other)).toEqual(tokens);
});

test.each([
  ['alice@example.com', null],
  [null, null],
  ['ALICE@example.org', user.emailVerifiedAt],
])('with the address %j the user is verified at %j', (email, verifiedAt) => {
  expect(unverifiedWhereNew(user, { ...user, email }).emailVerifiedAt).toEqual(verifiedAt);
});
