import { expect, test } from 'vitest';
import {
  admit,
  afterFailure,
  type Lockout,
  type LockoutPolicy,
  lockoutAt,
  outlasts,
} from '../../src/domain/lockout.ts';

const now = new Date('2027-03-01T12:00:00Z');
const past = new Date('2027-03-01T11:59:59.999Z');
const soon = new Date('2027-03-01T12:05:00Z');
const later = new Date('2027-03-02T12:00:00Z');
const policy: LockoutPolicy = { threshold: 5, durationMs: 900_000, limit: 100 };

const open = (failures: number, consecutiveFailures = failures): Lockout => ({
  lock: undefined,
  failures,
  consecutiveFailures,
});
const locked = (until: Date | 'unlocked', failures = 5, consecutiveFailures = failures): Lockout => ({
  lock: { until, reason: 'because', kind: 'administrator' },
  failures,
  consecutiveFailures,
});

test.each([
  ['an open lockout stays', open(3), open(3)],
  ['a lock that runs stays', locked(soon), locked(soon)],
  ['a lock without an end stays', locked('unlocked'), locked('unlocked')],
  ['a lock that has passed is gone with its failures', locked(past, 5, 17), open(0, 17)],
  ['a lock ends at its very end', locked(now, 5, 5), open(0, 5)],
])('%s', (_what, lockout, expected) => {
  expect(lockoutAt(lockout, now)).toEqual(expected);
});

test.each([
  ['a first attempt', open(0), 0, policy, 'verify'],
  ['the last attempt before the threshold', open(4), 0, policy, 'verify'],
  ['attempts at the threshold', open(5), 0, policy, 'locked'],
  ['attempts under way fill the threshold', open(0), 4, policy, 'verify'],
  ['one attempt too many under way', open(0), 5, policy, 'wait'],
  ['failures and attempts under way together', open(3), 1, policy, 'verify'],
  ['failures and attempts under way, full', open(3), 2, policy, 'wait'],
  ['a lock that runs', locked(soon), 0, policy, 'locked'],
  ['a lock without an end', locked('unlocked', 0), 0, policy, 'locked'],
  ['a lock that has passed', locked(past), 4, policy, 'verify'],
  ['a lock that has passed, full again', locked(past), 5, policy, 'wait'],
  ['no threshold', open(5000, 50), 40, { ...policy, threshold: 0 }, 'verify'],
  ['no threshold, room up to the limit', open(0, 99), 1, { ...policy, threshold: 0 }, 'wait'],
  ['the limit used up', open(0, 100), 0, policy, 'locked'],
  ['the limit used up behind a lock that has passed', locked(past, 5, 100), 0, policy, 'locked'],
  ['no limit', open(0, 100_000), 0, { ...policy, limit: 0 }, 'verify'],
  [
    'neither threshold nor limit',
    open(9999, 9999),
    9999,
    { threshold: 0, durationMs: 1, limit: 0 },
    'verify',
  ],
] as const)('admission: %s', (_what, lockout, underWay, rules, expected) => {
  expect(admit(lockout, underWay, rules, now)).toBe(expected);
});

const automatic = {
  until: new Date('2027-03-01T12:15:00Z'),
  reason: 'too many failed logins',
  kind: 'automatic',
} as const;
const forGood = {
  until: 'unlocked',
  reason: 'too many consecutive failed logins',
  kind: 'automatic',
} as const;

test.each([
  ['the first failure counts', open(0), policy, open(1)],
  ['the last failure before the threshold counts', open(3, 30), policy, open(4, 31)],
  ['the failure at the threshold locks', open(4, 30), policy, { ...open(5, 31), lock: automatic }],
  ['a count above a lowered threshold locks', open(7), policy, { ...open(8), lock: automatic }],
  ['the failure at the limit locks for good', open(0, 99), policy, { ...open(1, 100), lock: forGood }],
  ['the limit goes before the threshold', open(4, 99), policy, { ...open(5, 100), lock: forGood }],
  ['after a lock that has passed the count starts anew', locked(past, 5, 5), policy, open(1, 6)],
  ['a longer lock is not shortened', locked(later, 4, 4), policy, { ...locked(later, 5, 5) }],
  ['a shorter lock is left as it is, too', locked(soon, 4, 4), policy, { ...locked(soon, 5, 5) }],
  ['a lock without an end is left as it is', locked('unlocked', 4, 99), policy, locked('unlocked', 5, 100)],
  ['without a threshold nothing locks', open(50), { ...policy, threshold: 0 }, open(51)],
  ['without a limit only the threshold locks', open(0, 500), { ...policy, limit: 0 }, open(1, 501)],
  ['without either nothing locks', open(500), { threshold: 0, durationMs: 1, limit: 0 }, open(501)],
])('failure: %s', (_what, lockout, rules, expected) => {
  expect(afterFailure(lockout, rules, now)).toEqual(expected);
});

test.each<[string, Lockout, Date | 'unlocked', boolean]>([
  ['no lock', open(3), soon, false],
  ['a lock whose time is over', locked(past), soon, false],
  ['a shorter lock', locked(soon), later, false],
  ['a lock of the same end', locked(soon), soon, false],
  ['a longer lock', locked(later), soon, true],
  ['a lock without an end', locked('unlocked'), later, true],
])('%s: whether it outlasts another', (_what, lockout, until, expected) => {
  expect(outlasts(lockout, until, now)).toBe(expected);
  expect(outlasts(lockout, 'unlocked', now)).toBe(false);
});
