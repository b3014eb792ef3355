import { expect, test } from 'vitest';
import {
  defaultPolicy,
  type Policy,
  policyKeys,
  policyRules,
  writePolicyValue,
} from '../../src/domain/policy.ts';
import { readPolicyChanges } from '../../src/domain/policy-changes.ts';
import { policyPresets, presetNames } from '../../src/domain/policy-presets.ts';

test('the defaults are those of the design', () => {
  expect(defaultPolicy).toEqual({
    passwordMinLength: 8,
    passwordMaxLength: 128,
    passwordRequireUpper: true,
    passwordRequireLower: true,
    passwordRequireDigit: true,
    passwordRequireSymbol: false,
    passwordForbidCommon: true,
    passwordForbidUsername: true,
    passwordHistory: 0,
    passwordMaxAge: 0,
    usernameMinLength: 3,
    usernameMaxLength: 50,
    usernameCharacters: '_',
    usernameForbidConfusable: true,
    lockoutThreshold: 5,
    lockoutDuration: 900_000,
    lockoutLimit: 100,
    sessionIdleTimeout: 1_800_000,
    sessionLifetime: 43_200_000,
    resetLifetime: 3_600_000,
    inviteLifetime: 604_800_000,
    emailLifetime: 86_400_000,
    scheme: 'bcrypt',
    bcryptCost: 12,
    argon2Memory: 19_456,
    argon2Passes: 2,
    argon2Lanes: 1,
  });
});

test.each([
  ['passwordMinLength=15', { passwordMinLength: 15 }],
  ['passwordRequireUpper=no', { passwordRequireUpper: false }],
  ['passwordRequireUpper=OFF', { passwordRequireUpper: false }],
  ['passwordRequireSymbol=yes', { passwordRequireSymbol: true }],
  ['lockoutDuration=2h', { lockoutDuration: 7_200_000 }],
  ['lockoutDuration=90s', { lockoutDuration: 90_000 }],
  ['passwordHistory=24', { passwordHistory: 24 }],
  ['sessionIdleTimeout=2m', { sessionIdleTimeout: 120_000 }],
  ['resetLifetime=24h', { resetLifetime: 86_400_000 }],
  ['passwordMaxAge=90d', { passwordMaxAge: 7_776_000_000 }],
  ['passwordMaxAge=never', { passwordMaxAge: 0 }],
  ['passwordMaxAge=0', { passwordMaxAge: 0 }],
  ['usernameCharacters=._-@_', { usernameCharacters: '._-@' }],
  ['usernameCharacters=', { usernameCharacters: '' }],
  ['usernameCharacters==', { usernameCharacters: '=' }],
  ['scheme=argon2id', { scheme: 'argon2id' }],
  ['bcryptCost=04', { bcryptCost: 4 }],
])('%s changes %j', (pair, changes) => {
  expect(readPolicyChanges([pair], defaultPolicy)).toEqual(changes);
});

test.each([
  // The use of a session is written once a minute: a shorter limit would end sessions that are in use.
  ['sessionIdleTimeout=119s', 'invalid-policy'],
  ['resetLifetime=25h', 'invalid-policy'],
  ['passwordMinLength=0', 'invalid-policy'],
  ['passwordMinLength=129', 'invalid-policy'],
  ['passwordMinLength=eight', 'invalid-policy'],
  ['passwordMinLength=8.5', 'invalid-policy'],
  ['passwordMinLength=-8', 'invalid-policy'],
  ['passwordMinLength=', 'invalid-policy'],
  ['passwordMinLength=1e1', 'invalid-policy'],
  ['passwordRequireUpper=maybe', 'invalid-policy'],
  ['passwordRequireUpper=constructor', 'invalid-policy'],
  ['lockoutDuration=0', 'invalid-policy'],
  ['lockoutDuration=15', 'invalid-policy'],
  ['lockoutDuration=soon', 'invalid-policy'],
  ['passwordHistory=25', 'invalid-policy'],
  ['passwordMaxAge=old', 'invalid-policy'],
  ['passwordMaxAge=-1d', 'invalid-policy'],
  ['usernameCharacters=a', 'invalid-policy'],
  ['usernameCharacters= ', 'invalid-policy'],
  ['usernameCharacters="', 'invalid-policy'],
  ['usernameCharacters=\\', 'invalid-policy'],
  ['scheme=md5', 'invalid-policy'],
  ['bcryptCost=3', 'invalid-policy'],
  ['bcryptCost=16', 'invalid-policy'],
  ['nonsense=1', 'invalid-policy'],
  ['__proto__=1', 'invalid-policy'],
  ['PasswordMinLength=9', 'invalid-policy'],
  ['passwordMinLength', 'usage'],
  ['preset=nsa', 'invalid-policy'],
  ['preset=__proto__', 'invalid-policy'],
  ['preset=', 'invalid-policy'],
  ['=8', 'usage'],
  ['', 'usage'],
])('%j is refused as %s', (pair, code) => {
  expect(() => readPolicyChanges([pair], defaultPolicy)).toThrow(expect.objectContaining({ code }));
});

test.each([
  [['passwordMinLength=20', 'passwordMaxLength=16'], {}],
  [['passwordMaxLength=16'], { passwordMinLength: 20 }],
  [['usernameMinLength=60'], {}],
  [['argon2Lanes=16', 'argon2Memory=127'], {}],
  [['argon2Memory=8'], { argon2Lanes: 2 }],
])('%j contradict each other over %j', (pairs, current: Partial<Policy>) => {
  expect(() => readPolicyChanges(pairs, { ...defaultPolicy, ...current })).toThrow(
    expect.objectContaining({ code: 'invalid-policy' }),
  );
});

test('changes that only fit together are taken together', () => {
  const pairs = [
    'passwordMaxLength=300',
    'passwordMinLength=120',
    'usernameMinLength=60',
    'usernameMaxLength=70',
  ];
  expect(readPolicyChanges(pairs, defaultPolicy)).toEqual({
    passwordMaxLength: 300,
    passwordMinLength: 120,
    usernameMinLength: 60,
    usernameMaxLength: 70,
  });
  expect(readPolicyChanges(['bcryptCost=5', 'bcryptCost=6'], defaultPolicy)).toEqual({ bcryptCost: 6 });
});

test.each(policyKeys)('the default of %s is read back from what is written', (key) => {
  const text = writePolicyValue(key, defaultPolicy[key] as never);
  expect(readPolicyChanges([`${key}=${text}`], defaultPolicy)).toEqual({ [key]: defaultPolicy[key] });
  expect(policyRules[key].meaning).toMatch(/\w/);
});

test('a preset stands for its rules, and what is said beside it goes before it', () => {
  expect(readPolicyChanges(['preset=nist'], defaultPolicy)).toEqual({
    passwordMinLength: 15,
    passwordMaxLength: 128,
    passwordRequireUpper: false,
    passwordRequireLower: false,
    passwordRequireDigit: false,
    passwordRequireSymbol: false,
    passwordForbidCommon: true,
    passwordForbidUsername: true,
    passwordHistory: 0,
    passwordMaxAge: 0,
    lockoutLimit: 100,
  });
  for (const pairs of [
    ['preset=pci', 'passwordHistory=8'],
    ['passwordHistory=8', 'preset=pci'],
  ]) {
    expect(readPolicyChanges(pairs, defaultPolicy)).toMatchObject({
      ...{ passwordMinLength: 12, passwordHistory: 8, passwordMaxAge: 7_776_000_000 },
    });
  }
  expect(() => readPolicyChanges(['preset=pci', 'preset=nist'], defaultPolicy)).toThrow(
    expect.objectContaining({ code: 'usage' }),
  );
});

test.each(presetNames)('the rules of the preset %s are values that could be set one by one', (name) => {
  for (const [key, value] of Object.entries(policyPresets[name])) {
    const text = writePolicyValue(key as never, value as never);
    expect(readPolicyChanges([`${key}=${text}`], { ...defaultPolicy, ...policyPresets[name] })).toEqual({
      [key]: value,
    });
  }
});

test('the default preset takes every change back', () => {
  const changed = { ...defaultPolicy, bcryptCost: 4, usernameMinLength: 1, passwordMaxAge: 1000 };
  expect({ ...changed, ...readPolicyChanges(['preset=default'], changed) }).toEqual(defaultPolicy);
});
