import { expect, test } from 'vitest';
import { defaultPolicy, policyKeys } from '../../../../src/domain/policy.ts';
import { scene } from '../../scene.ts';

interface Entry {
  key: string;
  value: unknown;
  text: string;
  default: unknown;
  meaning: string;
}

test('policy show lists every rule with its default and its meaning', async () => {
  const { json } = await scene();
  const entries = await json<Entry[]>('policy show');
  expect(entries.map((entry) => entry.key)).toEqual(policyKeys);
  for (const { key, value, default: initial, meaning } of entries) {
    expect(meaning).toMatch(/\w/);
    expect(initial).toEqual(defaultPolicy[key as keyof typeof defaultPolicy]);
    expect(value).toEqual(key === 'bcryptCost' ? 4 : initial);
  }
  expect(entries.find((entry) => entry.key === 'lockoutDuration')).toMatchObject({
    value: 900_000,
    text: '15m',
  });
});

test('changes are kept, shown and audited with their values', async () => {
  const { json, events } = await scene();
  const entries = await json<Entry[]>(
    'policy set lockoutThreshold=7 lockoutDuration=1h passwordRequireSymbol=yes',
  );
  expect(await json('policy show')).toEqual(entries);
  const value = (key: string) => entries.find((entry) => entry.key === key)?.value;
  expect([value('lockoutThreshold'), value('lockoutDuration'), value('passwordRequireSymbol')]).toEqual([
    7,
    3_600_000,
    true,
  ]);
  const [, event] = await events('--action policy.set');
  expect(event).toMatchObject({
    target: null,
    detail: { lockoutThreshold: 7, lockoutDuration: 3_600_000, passwordRequireSymbol: true },
  });
});

test('all changes are made, or none', async () => {
  const { fails, contents } = await scene();
  const before = contents();
  for (const line of [
    'lockoutThreshold=7 nonsense=1',
    'lockoutThreshold=7 bcryptCost=99',
    'passwordMinLength=64 passwordMaxLength=32',
    'usernameCharacters=a',
  ]) {
    expect(await fails(`policy set ${line}`)).toMatchObject({ exitCode: 4, code: 'invalid-policy' });
  }
  expect(await fails('policy set lockoutThreshold=7 scheme')).toMatchObject({ exitCode: 2, code: 'usage' });
  expect(contents()).toBe(before);
});

test('what is so already is not written', async () => {
  const { json, contents } = await scene();
  const before = contents();
  await json('policy set bcryptCost=4 lockoutThreshold=5');
  expect(contents()).toBe(before);
});

test('a rule that is set back to its default is its default', async () => {
  const { json, sql } = await scene();
  await json('policy set lockoutThreshold=7');
  await json('policy set lockoutThreshold=5');
  const stored = sql((database) =>
    database.prepare(`select value from settings where name = 'policy'`).pluck().get(),
  );
  expect(JSON.parse(String(stored))).toEqual({ bcryptCost: 4 });
});

test('new users and passwords follow the policy, those who are there stay', async () => {
  const { json, fails, add, login, run } = await scene();
  await add('alice');
  const nist =
    'passwordMinLength=15 passwordRequireUpper=false passwordRequireLower=false passwordRequireDigit=false';
  await json(`policy set ${nist} usernameMinLength=8 usernameCharacters=.`);
  expect(await fails('user add bob --no-password')).toMatchObject({ code: 'invalid-username' });
  expect(await fails('user add bob_bobson --no-password')).toMatchObject({ code: 'invalid-username' });
  expect(await fails('user add bob.bobson --password-stdin', { stdin: 'fourteen-chars' })).toMatchObject({
    code: 'invalid-password',
  });
  expect((await run('user add bob.bobson --password-stdin', { stdin: 'fifteen letters' })).exitCode).toBe(0);
  expect((await login('alice')).exitCode).toBe(0);
});

test('the list of common passwords is long, and can be turned off', async () => {
  const { json, fails, run } = await scene();
  const { commonPasswords } = await import('../../../../src/services/passwords/passwords.ts');
  const common = await commonPasswords();
  expect(common.size).toBeGreaterThanOrEqual(3000);
  for (const one of ['password', '123456', 'qwerty', 'iloveyou', 'trustno1'])
    expect(common.has(one)).toBe(true);
  await json(
    'policy set passwordMinLength=6 passwordRequireUpper=no passwordRequireLower=no passwordRequireDigit=no',
  );
  for (const stdin of ['123456', 'TrustNo1', 'ILOVEYOU']) {
    expect((await fails('user add alice --password-stdin', { stdin })).message).toContain(
      'is one of the common passwords',
    );
  }
  await json('policy set passwordForbidCommon=no');
  expect((await run('user add alice --password-stdin', { stdin: 'trustno1' })).exitCode).toBe(0);
});

test('a preset is set in one event, with what goes before it', async () => {
  const { json, events, fails, run } = await scene();
  const entries = await json<Entry[]>('policy set preset=nist passwordMinLength=16');
  const value = (key: string) => entries.find((entry) => entry.key === key)?.value;
  expect([value('passwordMinLength'), value('passwordRequireUpper'), value('bcryptCost')]).toEqual([
    16,
    false,
    4,
  ]);
  expect((await events('--action policy.set')).at(-1)?.detail).toEqual({
    ...{ passwordMinLength: 16, passwordRequireUpper: false, passwordRequireLower: false },
    ...{ passwordRequireDigit: false },
  });
  expect((await run('user add alice --password-stdin', { stdin: 'sixteen horses n' })).exitCode).toBe(0);
  expect(await fails('policy set preset=nsa')).toMatchObject({
    exitCode: 4,
    code: 'invalid-policy',
    message: 'preset takes default, nist, owasp, pci, not "nsa"',
  });
  await json('policy set preset=default bcryptCost=4');
  expect((await events('--action policy.set')).at(-1)?.detail).toMatchObject({ passwordMinLength: 8 });
});
