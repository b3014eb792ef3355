import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { goodPassword, minute, type Scene, scene } from '../../scene.ts';

const [second, wrong] = ['Second-horse-2', 'Wrong-password-9'];

async function sceneWithAlice(
  policy?: string,
): Promise<Scene & { old(content: string): string; line(content?: string): string }> {
  const cli = await scene();
  if (policy !== undefined) await cli.json(`policy set ${policy}`);
  await cli.json('user add alice --email alice@example.org --must-change --password-stdin', {
    stdin: cli.secret(goodPassword),
  });
  cli.secret(second);
  let files = 0;
  const old = (content: string) => {
    files += 1;
    return cli.file(`old${files}.txt`, content);
  };
  const line = (content = goodPassword) =>
    `user passwd alice --old-password-file ${old(content)} --password-stdin`;
  return { ...cli, old, line };
}

test('with the old password a user changes it, and need not do so again', async () => {
  const { run, line, login, user, events } = await sceneWithAlice();
  const before = await user('alice');
  expect(await run(line(`${goodPassword}\n`), { stdin: `${second}\n` })).toEqual({
    exitCode: 0,
    stdout: 'password of user "alice" changed\n',
    stderr: '',
  });
  expect(await user('alice')).toMatchObject({
    ...{ mustChangePassword: false, version: before.version + 1, lastLoginAt: null, failedAttempts: 0 },
  });
  expect((await login('alice')).exitCode).toBe(3);
  expect((await login('alice', second)).exitCode).toBe(0);
  expect(await events('--action user.passwd')).toMatchObject([
    {
      outcome: 'ok',
      targetName: 'alice',
      detail: { fields: ['password', 'mustChangePassword'], self: true },
    },
  ]);
});

test('the user is named as for a login: by name or e-mail, and not by id', async () => {
  const { run, old, user } = await sceneWithAlice();
  const { id } = await user('alice');
  const change = async (name: string, from: string, to: string) =>
    (await run(`user passwd ${name} --old-password-file ${old(from)} --password-stdin`, { stdin: to }))
      .exitCode;
  expect(await change('ALICE@example.org', goodPassword, second)).toBe(0);
  expect(await change('Alice', second, 'Third-horse-3')).toBe(0);
  expect(await change(id, 'Third-horse-3', second)).toBe(3);
});

test('a wrong old password is refused like a login, counted and locked like one', async () => {
  const { run, fails, line, user, login, events } = await sceneWithAlice('lockoutThreshold=3');
  expect((await login('alice', wrong)).exitCode).toBe(3);
  for (const _ of [1, 2]) {
    expect(await run(line(wrong), { stdin: second })).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: 'error: login refused\n',
    });
  }
  expect(await user('alice')).toMatchObject({ status: 'locked', failedAttempts: 3, version: 1 });
  expect(await fails(line(), { stdin: second })).toMatchObject({ exitCode: 3, code: 'login-refused' });
  expect((await login('alice')).exitCode).toBe(3);
  expect((await events('--action user.passwd')).map(({ outcome, detail }) => [outcome, detail])).toEqual([
    ['refused', { self: true, reason: 'wrong-password' }],
    ['refused', { self: true, reason: 'wrong-password', lockedUntil: expect.stringMatching(/Z$/) }],
    ['refused', { self: true, reason: 'locked' }],
  ]);
});

test('every refusal is the same for every user and every new password', async () => {
  const { run, old, json, line, add } = await sceneWithAlice();
  await json('user add nopass --no-password');
  await add('gone', 'off', 'late');
  await json('user delete gone');
  await json('user disable off');
  await json('user expire late --at 2020-01-01');
  const said = new Set<string>();
  for (const name of ['nobody', 'nopass', 'gone', 'off', 'late']) {
    for (const stdin of [second, 'x', '']) {
      const from = old(goodPassword);
      const seen = await run(`user passwd ${name} --old-password-file ${from} --password-stdin`, { stdin });
      said.add(JSON.stringify(seen));
    }
  }
  for (const stdin of [second, 'x', '']) said.add(JSON.stringify(await run(line(wrong), { stdin })));
  expect([...said]).toEqual([JSON.stringify({ exitCode: 3, stdout: '', stderr: 'error: login refused\n' })]);
});

test.each([
  ['short', 'has fewer than 8 characters'],
  [goodPassword, 'is the same as before'],
  ['', 'is empty'],
  ['Alice-12345', 'contains the username'],
])('behind the right old password the new one %j is refused: it %s', async (stdin, message) => {
  const { fails, line, user, login, events } = await sceneWithAlice();
  for (const _ of [1, 2]) await login('alice', wrong);
  const error = await fails(line(), { stdin });
  expect(error).toMatchObject({ exitCode: 4, code: 'invalid-password' });
  expect(error.message).toContain(message);
  // The old one was right, which ends a row of failures as a login does.
  expect(await user('alice')).toMatchObject({ mustChangePassword: true, failedAttempts: 0, version: 1 });
  expect((await events('--action user.passwd')).map(({ outcome, detail }) => [outcome, detail])).toEqual([
    ['refused', { self: true, reason: 'invalid-password' }],
  ]);
  expect((await login('alice')).exitCode).toBe(0);
});

test('it respects the history, for other spellings of the same password too', async () => {
  const { fails, run, line } = await sceneWithAlice('passwordHistory=3');
  expect((await run(line(), { stdin: second })).exitCode).toBe(0);
  expect(await fails(line(second), { stdin: goodPassword })).toMatchObject({
    exitCode: 4,
    message: 'the password was used before',
  });
  const composed = 'Caf\u00e9-horse-1';
  expect((await run(line(second), { stdin: composed })).exitCode).toBe(0);
  expect(await fails(line(composed), { stdin: 'Cafe\u0301-horse-1' })).toMatchObject({
    exitCode: 4,
    message: 'the password is the same as before',
  });
});

test('a password that has become too old must be changed, and the change makes it new', async () => {
  const { json, run, line, login, pass } = await sceneWithAlice('passwordMaxAge=30d');
  const must = async (password: string) =>
    (await json('user login alice --password-stdin', { stdin: password })).mustChangePassword;
  expect((await run(line(), { stdin: second })).exitCode).toBe(0);
  expect(await must(second)).toBe(false);
  pass(30 * 24 * 60 * minute);
  expect(await must(second)).toBe(true);
  expect((await login('alice', second)).stdout).toBe('login of "alice" ok; the password must be changed\n');
  expect((await run(line(second), { stdin: 'Third-horse-3' })).exitCode).toBe(0);
  expect(await must('Third-horse-3')).toBe(false);
  pass(30 * 24 * 60 * minute);
  await json('policy set passwordMaxAge=never');
  expect(await must('Third-horse-3')).toBe(false);
});

test('a made password is printed once, alone', async () => {
  const { run, old } = await sceneWithAlice();
  const seen = await run(`user passwd alice --old-password-file ${old(goodPassword)} --generate`);
  expect(seen).toMatchObject({ exitCode: 0, stderr: 'password of user "alice" changed\n' });
  const login = await run('user login alice --password-stdin', { stdin: seen.stdout });
  expect(login).toMatchObject({ exitCode: 0, stdout: 'login of "alice" ok\n' });
});

test('an old password that others can read is warned about', async () => {
  const { run, old } = await sceneWithAlice();
  const file = old(goodPassword);
  chmodSync(file, 0o644);
  const seen = await run(`user passwd alice --old-password-file ${file} --password-stdin`, { stdin: second });
  expect(seen).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('can be read by others') });
});

test.each([
  ['--old-password --old-password-file x --password-stdin', 2, 'usage'],
  ['--old-password --password-stdin', 2, 'usage'],
  ['--old-password-file x --must-change --password-stdin', 2, 'usage'],
  ['--old-password-file x --no-must-change --password-stdin', 2, 'usage'],
  ['--old-password-file gone.txt --password-stdin', 8, 'file-unusable'],
])('user passwd alice %s is refused with exit code %i', async (options, exitCode, code) => {
  const { fails, contents } = await sceneWithAlice();
  const before = contents();
  expect(await fails(`user passwd alice ${options}`, { stdin: second })).toMatchObject({ exitCode, code });
  expect(contents()).toBe(before);
});
