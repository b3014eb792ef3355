import { expect, test } from 'vitest';
import { normalizePassword, passwordFaults, refuseFaults } from '../../src/domain/password-policy.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';

const context = { username: 'alice', common: new Set(['passw0rd', 'straße12']) };
const faults = (password: string, policy: Partial<Policy> = {}, username = 'alice') =>
  passwordFaults(password, { ...defaultPolicy, ...policy }, { ...context, username });

test.each([
  ['Correct-horse-1', []],
  ['Sh0rt', ['has fewer than 8 characters']],
  ['Ab1cdef', ['has fewer than 8 characters']],
  // Seven code points in eleven UTF-16 units.
  ['Ab1😀😀😀😀', ['has fewer than 8 characters']],
  [`Aa1${'x'.repeat(125)}`, []],
  [`Aa1${'x'.repeat(126)}`, ['has more than 128 characters']],
  [`Aa1${'😀'.repeat(125)}`, []],
  ['lower-case-1', ['has no upper-case letter']],
  ['UPPER-CASE-1', ['has no lower-case letter']],
  ['No-digit-here', ['has no digit']],
  ['xAlice12345', ['contains the username']],
  ['xALICE12345y', ['contains the username']],
  ['Passw0rd', ['is one of the common passwords']],
  ['passw0rd', ['has no upper-case letter', 'is one of the common passwords']],
  [
    '',
    ['has fewer than 8 characters', 'has no upper-case letter', 'has no lower-case letter', 'has no digit'],
  ],
])('%j: %j', (password, expected) => {
  expect(faults(password)).toEqual(expected);
});

test.each([
  ['upper case is any script’s', 'Éccccc12', []],
  ['titlecase is no upper case', 'ǅccccc12', ['has no upper-case letter']],
  ['lower case is any script’s', 'ÉCCCCé12', []],
  ['digits are any script’s', 'Cccccc٣٤', []],
  ['a fraction is no digit', 'Ccccccc½', ['has no digit']],
  [
    'scripts without case have neither',
    '密码密码密码密码1',
    ['has no upper-case letter', 'has no lower-case letter'],
  ],
])('%s', (_what, password, expected) => {
  expect(faults(password)).toEqual(expected);
});

test.each([
  ['Abcdef12', ['has no symbol']],
  ['Abcdef1!', []],
  ['Abcdef1 ', []],
  ['Abcdef1€', []],
  ['Abcdef1😀', []],
  // A combining mark belongs to its letter.
  ['Abcdef1q\u0323', ['has no symbol']],
])('where a symbol is required, %j: %j', (password, expected) => {
  expect(faults(password, { passwordRequireSymbol: true })).toEqual(expected);
});

test('rules that are off are not looked at', () => {
  const off: Partial<Policy> = {
    passwordMinLength: 15,
    passwordRequireUpper: false,
    passwordRequireLower: false,
    passwordRequireDigit: false,
    passwordForbidUsername: false,
    passwordForbidCommon: false,
  };
  expect(faults('alice is my name', off)).toEqual([]);
  expect(faults('alice is my na', off)).toEqual(['has fewer than 15 characters']);
  expect(faults('passw0rd', { ...off, passwordMinLength: 1 })).toEqual([]);
});

test.each([
  ['Jürgen', 'xxJU\u0308RGEN-1'.normalize('NFC'), true],
  ['al', 'Always-1', false],
  ['al', 'AL', true],
  ['ΣΑΣ', 'Aa1-σας-σας', true],
])('a password of %s that is %s holds the name: %s', (username, password, holds) => {
  expect(faults(password, { passwordMinLength: 1 }, username).includes('contains the username')).toBe(holds);
});

test('passwords are normalised, and neither trimmed nor folded', () => {
  expect(normalizePassword(' U\u0308ber \n')).toBe(' \u00dcber \n');
  expect(normalizePassword('\ufeffx')).toBe('\ufeffx');
  // NFKC would make one password of many.
  expect(normalizePassword('ﬁ①')).toBe('ﬁ①');
});

test.each([
  ['', 'the password is empty'],
  ['a\0b', 'the password holds a NUL character'],
])('the password %j is refused', (password, message) => {
  expect(() => normalizePassword(password)).toThrow(
    expect.objectContaining({ code: 'invalid-password', message }),
  );
});

test('a refusal lists all faults and not the password', () => {
  expect(() => refuseFaults([])).not.toThrow();
  expect(() => refuseFaults(faults('qwhjz'))).toThrow(
    expect.objectContaining({
      code: 'invalid-password',
      message: 'the password has fewer than 8 characters, has no upper-case letter, has no digit',
    }),
  );
});
