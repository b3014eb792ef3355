import { expect, test } from 'vitest';
import { goodPassword, scene } from '../../scene.ts';

test('a user is named by name, address or id', async () => {
  const { json, user } = await scene();
  await json('user add alice --email alice@example.org --no-password');
  const alice = await user('alice');
  for (const reference of ['ALICE', 'Alice@Example.org', alice.id, alice.id.toUpperCase()]) {
    expect(await user(reference)).toEqual(alice);
  }
});

test.each([
  'user show nobody',
  'user show 0192d3a0-0000-7000-8000-000000000001',
  'user show "al%"',
  'user set nobody --email a@b.c',
  'user lock nobody',
  'user unlock nobody',
  'user disable nobody',
  'user enable nobody',
  'user passwd nobody --generate',
  'user list --after nobody',
  'audit show --user nobody',
])('%s: there is none', async (line) => {
  const { fails, contents } = await scene();
  const before = contents();
  const error = await fails(line);
  expect(error).toMatchObject({ exitCode: 5, code: 'user-not-found' });
  expect(error.hint).toContain('authctl user list');
  expect(contents()).toBe(before);
});

test('fields are set and taken away, and the event names them without their values', async () => {
  const { json, user, events, run } = await scene();
  await json('user add alice --email a@example.org --first-name Ann --last-name Lee --no-password');
  expect((await run('user set alice --email b@example.org --last-name Roe --must-change')).stdout).toBe(
    'user "alice" set\n',
  );
  expect(await user('alice')).toMatchObject({
    email: 'b@example.org',
    firstName: 'Ann',
    lastName: 'Roe',
    mustChangePassword: true,
    version: 2,
  });
  await json('user set alice --no-email --no-first-name --no-last-name --no-must-change');
  expect(await user('alice')).toMatchObject({
    email: null,
    firstName: null,
    lastName: null,
    mustChangePassword: false,
    version: 3,
  });
  await json('user set alice --username Alicia --actor boss');
  expect(await user('alicia')).toMatchObject({
    username: 'Alicia',
    version: 4,
    updatedBy: 'boss',
    createdBy: 'tester',
  });
  const changes = await events('--action user.set');
  expect(changes.map((event) => event.detail)).toEqual([
    { fields: ['email', 'lastName', 'mustChangePassword'] },
    { fields: ['email', 'firstName', 'lastName', 'mustChangePassword'] },
    { fields: ['username'] },
  ]);
  expect(changes.map((event) => event.targetName)).toEqual(['Alicia', 'Alicia', 'Alicia']);
  expect(JSON.stringify(changes)).not.toMatch(/example\.org|Roe|Ann/);
});

test('a change that changes nothing writes nothing', async () => {
  const { json, contents } = await scene();
  await json('user add alice --email a@example.org --no-password');
  await json('user add bob --no-password --disabled');
  const before = contents();
  for (const line of [
    'user set alice --email a@example.org',
    'user set alice --no-first-name',
    'user enable alice',
    'user unlock alice',
    'user disable bob',
  ]) {
    await json(line);
  }
  expect(contents()).toBe(before);
});

test.each([
  ['--username x', 4, 'invalid-username'],
  ['--username a.b', 4, 'invalid-username'],
  ['--username bob', 6, 'user-exists'],
  ['--username BOB', 6, 'user-exists'],
  ['--email nowhere', 4, 'invalid-email'],
  ['--email B@example.org', 6, 'email-exists'],
  ['--first-name "a\u0000b"', 4, 'invalid-name'],
  ['--email c@example.org --username x', 4, 'invalid-username'],
])('user set alice %s fails as a whole', async (options, exitCode, code) => {
  const { json, fails, contents } = await scene();
  await json('user add alice --no-password');
  await json('user add bob --email b@example.org --no-password');
  const before = contents();
  expect(await fails(`user set alice ${options}`)).toMatchObject({ exitCode, code });
  expect(contents()).toBe(before);
});

test('a user may be renamed to another spelling of the same name', async () => {
  const { json, user } = await scene();
  await json('user add alice --no-password');
  await json('user set alice --username ALICE');
  expect((await user('alice')).username).toBe('ALICE');
});

test('a deleted user cannot be changed', async () => {
  const { add, fails, json, contents } = await scene();
  await add('alice');
  await json('user delete alice');
  const before = contents();
  for (const line of [
    'set alice --email a@b.c',
    'lock alice',
    'unlock alice',
    'disable alice',
    'enable alice',
    'passwd alice --generate',
  ]) {
    expect(await fails(`user ${line}`)).toMatchObject({ exitCode: 4, code: 'user-deleted' });
  }
  expect(contents()).toBe(before);
});

test('a new password replaces the old one', async () => {
  const { add, run, login, user, secret, events } = await scene();
  await add('alice');
  const before = await user('alice');
  const seen = await run('user passwd alice --password-stdin --must-change', {
    stdin: secret('Another-horse-2\n'),
  });
  expect(seen).toEqual({ exitCode: 0, stdout: 'password of user "alice" changed\n', stderr: '' });
  expect(await user('alice')).toMatchObject({ mustChangePassword: true, version: before.version + 1 });
  expect((await login('alice')).exitCode).toBe(3);
  expect((await login('alice', 'Another-horse-2')).exitCode).toBe(0);
  expect(await events('--action user.passwd')).toMatchObject(
    [{ detail: { fields: ['password', 'mustChangePassword'].sort() } }].map((event) => ({
      detail: { fields: expect.arrayContaining(event.detail.fields) },
    })),
  );
});

test.each([
  ['Alice-12345', 'contains the username'],
  ['short', 'has fewer than 8 characters'],
  ['', 'the password is empty'],
])('the new password %j is refused and the old one stays', async (stdin, message) => {
  const { add, fails, login, contents } = await scene();
  await add('alice');
  const before = contents();
  const error = await fails('user passwd alice --password-stdin', { stdin });
  expect(error).toMatchObject({ exitCode: 4, code: 'invalid-password' });
  expect(error.message).toContain(message);
  expect(contents()).toBe(before);
  expect((await login('alice')).exitCode).toBe(0);
});

test('a made password is printed alone, and the rest goes to standard error', async () => {
  const { add, run } = await scene();
  await add('alice');
  const seen = await run('user passwd alice --generate');
  expect(seen.stdout).toMatch(/^\S{20}\n$/);
  expect(seen.stderr).toBe(
    'password of user "alice" changed; the password must be changed at the next login\n',
  );
  expect((await run('user login alice --password-stdin', { stdin: seen.stdout })).exitCode).toBe(0);
  expect((await run('user login alice --password-stdin', { stdin: goodPassword })).exitCode).toBe(3);
});

test.each([
  ['--generate', true],
  ['--generate --no-must-change', false],
  ['--password-stdin', false],
  ['--password-stdin --must-change', true],
])('with user passwd %s, the password must be changed: %s', async (options, must) => {
  const { add, run, user, secret } = await scene();
  await add('alice');
  const stdin = secret('Another-horse-2');
  expect((await run(`user passwd alice ${options}`, { stdin })).exitCode).toBe(0);
  expect(await user('alice')).toMatchObject({ mustChangePassword: must });
});

test('locks end as they were set', async () => {
  const { add, json, run, user, fails, pass, login } = await scene();
  await add('alice', 'bob', 'carol');
  expect((await run('user lock alice')).stdout).toBe('user "alice" locked until unlocked\n');
  expect(await user('alice')).toMatchObject({ status: 'locked', lockedUntil: null, lockReason: null });
  await json('user lock bob --for 2h --reason "lost laptop"');
  expect(await user('bob')).toMatchObject({ status: 'locked', lockReason: 'lost laptop' });
  expect((await run('user lock carol --until 2099-01-31T18:00+02:00')).stdout).toBe(
    'user "carol" locked until 2099-01-31 16:00:00Z\n',
  );
  expect((await user('carol')).lockedUntil).toBe('2099-01-31T16:00:00.000Z');
  await json('user lock carol --yes --until 2098-01-31');
  expect((await user('carol')).lockedUntil).toBe('2098-01-31T00:00:00.000Z');
  expect(await fails('user lock carol --until 2020-01-01')).toMatchObject({
    exitCode: 4,
    code: 'invalid-time',
  });
  expect(await fails('user lock carol --reason "a\u001bb"')).toMatchObject({
    exitCode: 4,
    code: 'invalid-name',
  });

  pass(2 * 3_600_000 + 1000);
  expect((await login('alice')).exitCode).toBe(3);
  expect((await login('bob')).exitCode).toBe(0);
  expect(await user('bob')).toMatchObject({ status: 'active', lockedUntil: null, lockReason: null });
});

test('operators see the reason of a lock, and the event does not hold it', async () => {
  const { add, json, events } = await scene();
  await add('alice');
  await json('user lock alice --for 1h --reason "divorce of Mr Roe"');
  const [event] = await events('--action user.lock');
  expect(event?.detail).toEqual({ fields: ['lock'], until: expect.stringMatching(/Z$/) });
  expect(JSON.stringify(event)).not.toContain('divorce');
});

test('disabling and enabling leave locks alone', async () => {
  const { add, json, user, login } = await scene();
  await add('alice');
  await json('user disable alice');
  expect(await user('alice')).toMatchObject({ status: 'disabled', version: 2 });
  expect((await login('alice')).exitCode).toBe(3);
  await json('user lock alice');
  expect((await user('alice')).status).toBe('disabled');
  await json('user enable alice');
  expect((await user('alice')).status).toBe('locked');
  await json('user unlock alice');
  expect((await login('alice')).exitCode).toBe(0);
});
