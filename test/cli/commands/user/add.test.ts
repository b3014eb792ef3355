import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goodPassword, type Scene, scene } from '../../scene.ts';

test('adding a user twice is a conflict and changes nothing', async () => {
  const { run } = await scene();
  await run('user add alice --password-stdin', { stdin: 'Correct-horse-1' });
  const before = await run('audit show --json');

  const again = await run('user add ALICE --password-stdin --json', { stdin: 'Correct-horse-1' });

  expect(again).toMatchObject({ exitCode: 6, stdout: '' });
  expect(JSON.parse(again.stderr).error.code).toBe('user-exists');
  expect(await run('audit show --json')).toEqual(before);
});

test('given values are stored, and the event names the fields', async () => {
  const { json, run, events, secret } = await scene();
  const line =
    'user add bob --email b@example.org --first-name Bob --last-name Roe --must-change --disabled --password-stdin';
  expect(await run(line, { stdin: secret(goodPassword) })).toMatchObject({
    exitCode: 0,
    stdout: 'user "bob" added\n',
  });
  expect(await json('user show bob')).toMatchObject({
    email: 'b@example.org',
    firstName: 'Bob',
    lastName: 'Roe',
    mustChangePassword: true,
    status: 'disabled',
    passwordScheme: 'bcrypt',
  });
  const [event] = await events('--action user.add');
  expect(event).toMatchObject({ targetName: 'bob', outcome: 'ok', actor: 'tester', part: 1 });
  expect(event?.detail).toEqual({
    fields: ['username', 'email', 'firstName', 'lastName', 'password', 'mustChangePassword', 'disabled'],
  });
  expect(JSON.stringify(event)).not.toContain('example.org');
});

test.each([
  ['al', 'invalid-username'],
  ['bob.smith', 'invalid-username'],
  ['-- -bob', 'invalid-username'],
  ['0192d3a0-0000-7000-8000-000000000001', 'invalid-username'],
  ['bob --email bob', 'invalid-email'],
  ['"bob\u001b[31m"', 'invalid-username'],
  ['bob --first-name "a\u0007b"', 'invalid-name'],
  [`bob --last-name ${'x'.repeat(201)}`, 'invalid-name'],
])('user add %j is refused as %s', async (rest, code) => {
  const { run, json } = await scene();
  const seen = await run(`user add --json --no-password ${rest}`);
  expect(seen).toMatchObject({ exitCode: 4, stdout: '' });
  expect(JSON.parse(seen.stderr).error.code).toBe(code);
  expect(await json('user list')).toEqual([]);
});

test.each([
  ['short', 'Ab1', 'has fewer than 8 characters'],
  ['plain', 'lowercaseonly', 'has no upper-case letter, has no digit'],
  ['common', 'Password1', 'is one of the common passwords'],
  ['her own name', 'xxAlice123', 'contains the username'],
  ['empty', '', 'the password is empty'],
  ['nothing but the end of a line', '\n', 'the password is empty'],
  ['NUL', 'Correct\0horse1', 'holds a NUL character'],
  ['no UTF-8', Buffer.from('Correct-horse-\xff1', 'latin1'), 'is not valid UTF-8'],
  ['half a character of UTF-8', Buffer.from('Correct-horse-1\xc3', 'latin1'), 'is not valid UTF-8'],
  ['a surrogate in UTF-8', Buffer.from('Correct-horse-1\xed\xa0\x80', 'latin1'), 'is not valid UTF-8'],
  ['too much', 'Aa1'.repeat(30_000), 'is longer than 65536 bytes'],
])('a password that is %s is refused', async (_what, stdin, message) => {
  const { fails, json, events } = await scene();
  const error = await fails('user add alice --password-stdin', { stdin });
  expect(error).toMatchObject({ exitCode: 4, code: 'invalid-password' });
  expect(error.message).toContain(message);
  if (typeof stdin === 'string' && stdin.length > 2) expect(JSON.stringify(error)).not.toContain(stdin);
  expect(await json('user list')).toEqual([]);
  expect(await events('--action user.add')).toEqual([]);
});

test.each([
  ['Correct-horse-1\n', 'Correct-horse-1', true],
  ['Correct-horse-1\r\n', 'Correct-horse-1', true],
  ['Correct-horse-1\n\n', 'Correct-horse-1\n\n', true],
  ['Correct-horse-1\n\n', 'Correct-horse-1', false],
  ['Correct-horse-1\r', 'Correct-horse-1', false],
  [' Correct-horse-1 ', 'Correct-horse-1', false],
  [' Correct-horse-1 ', ' Correct-horse-1 \n', true],
  ['\ufeffCorrect-horse-1', 'Correct-horse-1', false],
  ['Correct\nhorse-1', 'Correct\nhorse-1', true],
  ['Corre\u0301ct-1', 'Corr\u00e9ct-1', true],
  ['Ｃorrect-horse-1', 'Correct-horse-1', false],
])('after %j, a login with %j succeeds: %s', async (stdin, login, ok) => {
  const { run } = await scene();
  expect((await run('user add alice --password-stdin', { stdin })).exitCode).toBe(0);
  expect((await run('user login alice --password-stdin', { stdin: login })).exitCode).toBe(ok ? 0 : 3);
});

test('no byte of a long password is ignored', async () => {
  const { run, user, login } = await scene();
  for (const [name, length] of [
    ['bytes71', 71],
    ['bytes72', 72],
    ['bytes73', 73],
    ['bytes128', 128],
  ] as const) {
    const start = `Aa1${'x'.repeat(length - 4)}`;
    await run(`user add ${name} --password-stdin`, { stdin: `${start}y` });
    expect((await user(name)).passwordScheme).toBe(length > 71 ? 'bcrypt-sha256' : 'bcrypt');
    expect((await login(name, `${start}z`)).exitCode).toBe(3);
    expect((await login(name, start)).exitCode).toBe(3);
    expect((await login(name, `${start}yz`)).exitCode).toBe(3);
    expect((await login(name, `${start}y`)).exitCode).toBe(0);
  }
  // 40 characters, 80 bytes.
  await run('user add umlauts --password-stdin', { stdin: `Aa1${'ü'.repeat(36)}y` });
  expect((await login('umlauts', `Aa1${'ü'.repeat(36)}z`)).exitCode).toBe(3);
  expect((await login('umlauts', `Aa1${'ü'.repeat(36)}y`)).exitCode).toBe(0);
});

test('a made password stands alone on standard output, once, and works', async () => {
  const { run, json } = await scene();
  const login = (name: string, stdin: string) => run(`user login ${name} --password-stdin`, { stdin });
  const added = await run('user add alice --generate');
  expect(added).toMatchObject({
    exitCode: 0,
    stderr: 'user "alice" added; the password must be changed at the next login\n',
  });
  expect(added.stdout).toMatch(/^[A-HJ-NP-Za-km-z2-9]{20}\n$/);
  expect((await login('alice', added.stdout.trimEnd())).exitCode).toBe(0);

  const { generatedPassword } = await json<{ generatedPassword: string }>('user add bob --generate');
  expect((await login('bob', generatedPassword)).exitCode).toBe(0);
  for (const line of ['user show bob --json', 'audit show --json', 'user list']) {
    expect((await run(line)).stdout).not.toContain(generatedPassword);
  }
  expect((await run('user add carol --generate')).stdout).not.toBe(added.stdout);
});

test.each([
  ['--generate', true],
  ['--generate --must-change', true],
  ['--generate --no-must-change', false],
  ['--no-password', false],
])('with user add %s, the password must be changed: %s', async (options, must) => {
  const { run, user, events } = await scene();
  const { stderr } = await run(`user add alice ${options}`);
  expect(await user('alice')).toMatchObject({ mustChangePassword: must });
  expect(stderr.includes('must be changed')).toBe(must);
  const fields = (await events('--action user.add')).flatMap(({ detail }) => detail.fields);
  expect(fields.includes('mustChangePassword')).toBe(must);
});

test('a made password keeps to the policy', async () => {
  const { run, json } = await scene();
  await json('policy set passwordMinLength=30 passwordRequireSymbol=true');
  const { stdout } = await run('user add alice --generate');
  expect(stdout).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?=.*[-_.+=:]).{30}\n$/);
});

test('without a password there is none', async () => {
  const { run, user, login } = await scene();
  expect((await run('user add alice --no-password')).exitCode).toBe(0);
  expect(await user('alice')).toMatchObject({
    passwordScheme: null,
    passwordChangedAt: null,
    status: 'active',
  });
  expect((await login('alice', '')).exitCode).toBe(3);
});

test.each([
  '--generate --password-stdin',
  '--generate --no-password',
  '--password-stdin --no-password',
  '--password-file x --generate',
  '--password-file x --password-stdin',
])('two sources of a password are refused: %s', async (options) => {
  const { fails, json } = await scene();
  expect(await fails(`user add alice ${options}`, { stdin: goodPassword })).toMatchObject({
    exitCode: 2,
    code: 'usage',
  });
  expect(await json('user list')).toEqual([]);
});

test('a password comes from a file', async () => {
  const { run, file, login, fails, folder } = await scene();
  const path = file('password.txt', `${goodPassword}\n`);
  expect(await run(`user add alice --password-file ${path}`)).toMatchObject({ exitCode: 0, stderr: '' });
  expect((await login('alice')).exitCode).toBe(0);

  chmodSync(path, 0o644);
  const seen = await run(`user add bob --password-file ${path} --json`);
  expect(seen.exitCode).toBe(0);
  expect(JSON.parse(seen.stderr).warning).toContain('can be read by others');

  expect(await fails(`user add carol --password-file ${join(folder, 'none')}`)).toMatchObject({
    exitCode: 8,
    code: 'file-unusable',
  });
  expect(await fails(`user add carol --password-file ${folder}`)).toMatchObject({
    exitCode: 8,
    code: 'file-unusable',
  });
});

test('a password comes from an open descriptor', async () => {
  const { database, folder, file, login } = await scene();
  const descriptor = openSync(file('secret', `${goodPassword}\n`), 'r');
  const program = join(import.meta.dirname, '../../../../bin/authctl.js');
  const seen = spawnSync(
    process.execPath,
    [program, 'user', 'add', 'alice', '--password-file', '/dev/fd/3'],
    {
      stdio: ['ignore', 'pipe', 'pipe', descriptor],
      env: { HOME: folder, AUTHCTL_DATABASE: database },
      encoding: 'utf8',
    },
  );
  closeSync(descriptor);
  expect(seen).toMatchObject({ status: 0, stdout: 'user "alice" added\n', stderr: '' });
  expect((await login('alice')).exitCode).toBe(0);
});

const identities: [string, (cli: Scene) => Promise<void>, string, string][] = [
  ['a name in another case', (cli) => cli.add('alice'), 'user add Alice --no-password', 'user-exists'],
  [
    'a name in another normal form',
    (cli) => cli.add('jürgen'),
    'user add ju\u0308rgen --no-password',
    'user-exists',
  ],
  [
    'an address in another case',
    (cli) => cli.json('user add alice --email a@b.c --no-password').then(),
    'user add bob --email A@B.C --no-password',
    'email-exists',
  ],
  [
    'an address that is a name',
    (cli) => cli.json('user add a@b.c --no-password').then(),
    'user add bob --email A@b.c --no-password',
    'email-exists',
  ],
  [
    'a name that is an address',
    (cli) => cli.json('user add alice --email a@b.c --no-password').then(),
    'user add A@b.c --no-password',
    'user-exists',
  ],
  [
    'a renaming to an address',
    (cli) => cli.json('user add alice --email a@b.c --no-password').then(() => cli.add('bob')),
    'user set bob --username a@b.c',
    'user-exists',
  ],
  [
    'an address set to a name',
    (cli) => cli.json('user add a@b.c --no-password').then(() => cli.add('bob')),
    'user set bob --email a@b.c',
    'email-exists',
  ],
];
test.each(identities)('%s is a conflict', async (_what, prepare, line, code) => {
  const cli = await scene();
  await cli.json('policy set usernameCharacters=_@.-');
  await prepare(cli);
  const before = cli.contents();
  expect(await cli.fails(line)).toMatchObject({ exitCode: 6, code });
  expect(cli.contents()).toBe(before);
});

test('an address may be its own user’s name, and a deleted user keeps both', async () => {
  const { json, fails, sql } = await scene();
  await json('policy set usernameCharacters=_@.-');
  await json('user add a@b.c --email a@b.c --no-password');
  await json('user add bob --email bob@b.c --no-password');
  sql((database) =>
    database.exec(`update users set deleted_at = '2026-01-01T00:00:00.000Z', deleted_by = 'op'`),
  );
  for (const line of [
    'user add bob',
    'user add carol --email bob@b.c',
    'user add carol --email a@b.c',
    'user add bob@b.c',
  ]) {
    expect(await fails(`${line} --no-password`)).toMatchObject({ exitCode: 6 });
  }
});

test.each(['\u0430dmin', 'admin\ufe0f', 'ａｄｍｉｎ'])(
  'a name that could be taken for another, %j, is refused for new and renamed users unless the policy accepts it',
  async (name) => {
    const { fails, json, add, user } = await scene();
    await add('bob');
    for (const line of [`user add ${name} --no-password`, `user set bob --username ${name}`]) {
      const error = await fails(line);
      expect(error).toMatchObject({ exitCode: 4, code: 'invalid-username' });
      expect(error.hint).toContain('usernameForbidConfusable=no');
    }
    await json('policy set usernameForbidConfusable=no');
    await json(`user add ${name} --no-password`);
    await json('policy set usernameForbidConfusable=yes');
    expect(await user(name)).toMatchObject({ username: name.normalize('NFC') });
    await json(`user set ${name} --first-name Ann`);
    await json(`user lock ${name}`);
  },
);
