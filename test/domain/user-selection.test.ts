import { expect, test } from 'vitest';
import { parseSelection } from '../../src/domain/user-selection.ts';

test.each([
  ['status=active', { status: 'active' }],
  ['status=expired', { status: 'expired' }],
  ['lastLogin=never', { neverLoggedIn: true }],
  ['lastLoginBefore=2026-01-01', { lastLoginBefore: new Date('2026-01-01T00:00:00Z') }],
  ['passwordChangedBefore=2026-01-01T12:00', { passwordChangedBefore: new Date('2026-01-01T12:00:00Z') }],
  ['createdBefore=2026-01-01T12:00+02:00', { createdBefore: new Date('2026-01-01T10:00:00Z') }],
  ['createdAfter=2026-01-01', { createdAfter: new Date('2026-01-01T00:00:00Z') }],
  ['emailDomain=Example.ORG', { emailDomain: 'example.org' }],
  ['emailDomain=MÜLLER.de', { emailDomain: 'müller.de' }],
  ['emailDomain=a=b', { emailDomain: 'a=b' }],
  [
    'status=locked,createdAfter=2026-01-01,createdBefore=2026-02-01',
    {
      status: 'locked',
      createdAfter: new Date('2026-01-01T00:00:00Z'),
      createdBefore: new Date('2026-02-01T00:00:00Z'),
    },
  ],
])('%s means %j', (text, selection) => {
  expect(parseSelection(text)).toEqual(selection);
});

test.each([
  ['', '"" is no condition'],
  [',', '"" is no condition'],
  ['status=active,', '"" is no condition'],
  ['status', '"status" is no condition'],
  ['=active', '"=active" is no condition'],
  [' status=active', '" status=active" is no condition'],
  ['Status=active', '"Status=active" is no condition'],
  ['role=admin', '"role=admin" is no condition'],
  ['__proto__=1', '"__proto__=1" is no condition'],
  ['toString=1', '"toString=1" is no condition'],
  ['status=', 'status takes active, locked, disabled, expired, not ""'],
  ['status=deleted', 'status takes active, locked, disabled, expired, not "deleted"'],
  ['status=active,status=locked', 'the condition status is given twice'],
  ['lastLogin=2026-01-01', 'lastLogin takes never, not "2026-01-01"'],
  ['lastLoginBefore=never', '"never" is not a time'],
  ['lastLoginBefore=2026-02-30', '"2026-02-30" is not a time'],
  ['createdBefore=', '"" is not a time'],
  ['emailDomain=', 'emailDomain takes what follows the @, not ""'],
  ['emailDomain=@example.org', 'emailDomain takes what follows the @, not "@example.org"'],
])('%j is refused: %s', (text, message) => {
  expect(() => parseSelection(text)).toThrow(expect.objectContaining({ code: 'usage', message }));
});

test('an unknown key is told with those that there are', () => {
  expect(() => parseSelection('role=admin')).toThrow(
    expect.objectContaining({
      hint:
        'write key=value,…; the keys are status, lastLoginBefore, lastLogin, passwordChangedBefore, createdBefore, ' +
        'createdAfter, emailDomain',
    }),
  );
});
