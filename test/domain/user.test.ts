import { expect, test } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { mustChangePassword, statusAt, toUserRecord, type User } from '../../src/domain/user.ts';

const now = new Date('2027-03-01T12:00:00Z');
const past = new Date('2027-03-01T11:00:00Z');
const future = new Date('2027-03-01T13:00:00Z');

const alice: User = {
  id: '0192d3a0-0000-7000-8000-000000000001',
  username: 'alice',
  email: null,
  emailVerifiedAt: null,
  firstName: null,
  lastName: null,
  passwordHash: '$2b$04$secret',
  passwordChangedAt: past,
  mustChangePassword: false,
  disabledAt: null,
  lockedAt: null,
  lockout: { lock: undefined, failures: 2, consecutiveFailures: 7 },
  expiresAt: null,
  lastLoginAt: null,
  createdAt: past,
  createdBy: 'op',
  updatedAt: past,
  updatedBy: 'op',
  deletedAt: null,
  deletedBy: null,
  version: 1,
};
const lockedUntil = (until: Date | 'unlocked') => ({
  lockedAt: past,
  lockout: {
    lock: { until, reason: 'why', kind: 'administrator' as const },
    failures: 5,
    consecutiveFailures: 5,
  },
});
const everything = { deletedAt: past, disabledAt: past, expiresAt: past, ...lockedUntil('unlocked') };

test.each([
  ['active', {}],
  ['active', { expiresAt: future }],
  ['active', lockedUntil(past)],
  ['active', lockedUntil(now)],
  ['locked', lockedUntil(future)],
  ['locked', lockedUntil('unlocked')],
  ['expired', { expiresAt: past }],
  ['expired', { expiresAt: now }],
  ['deleted', everything],
  ['disabled', { ...everything, deletedAt: null }],
  ['expired', { ...everything, deletedAt: null, disabledAt: null }],
  ['locked', { ...everything, deletedAt: null, disabledAt: null, expiresAt: null }],
] as const)('%s is the status with %j', (status, changes) => {
  expect(statusAt({ ...alice, ...changes }, now)).toBe(status);
});

test('a record shows the lock as it stands, and nothing of the hash', () => {
  const record = toUserRecord({ ...alice, ...lockedUntil(future) }, 'bcrypt', now);
  expect(record).toMatchObject({
    status: 'locked',
    lockedAt: past,
    lockedUntil: future,
    lockReason: 'why',
    failedAttempts: 5,
    passwordScheme: 'bcrypt',
  });
  expect(JSON.stringify(record)).not.toContain('$2b$');
  expect(record).not.toHaveProperty('passwordHash');
});

test('a lock without an end has no time, and one that has passed is not shown', () => {
  expect(toUserRecord({ ...alice, ...lockedUntil('unlocked') }, null, now)).toMatchObject({
    status: 'locked',
    lockedUntil: null,
    lockReason: 'why',
  });
  expect(toUserRecord({ ...alice, ...lockedUntil(past) }, null, now)).toMatchObject({
    status: 'active',
    lockedAt: null,
    lockedUntil: null,
    lockReason: null,
    failedAttempts: 0,
  });
});

const day = 86_400_000;

test.each([
  [false, 'never', {}],
  [true, 'never', { mustChangePassword: true }],
  [true, '90 days', { mustChangePassword: true }],
  [false, '90 days', { passwordChangedAt: new Date(now.getTime() - 90 * day + 1) }],
  [true, '90 days', { passwordChangedAt: new Date(now.getTime() - 90 * day) }],
  [false, 'never', { passwordChangedAt: new Date(0) }],
  [false, '90 days', { passwordChangedAt: null, createdAt: past }],
  [true, '90 days', { passwordChangedAt: null, createdAt: new Date(now.getTime() - 91 * day) }],
  [false, '90 days', { passwordChangedAt: future }],
] as const)('must change is %s with a maximum age of %s and %j', (must, age, changes) => {
  const policy = { ...defaultPolicy, passwordMaxAge: age === 'never' ? 0 : 90 * day };
  expect(mustChangePassword({ ...alice, ...changes }, policy, now)).toBe(must);
});
