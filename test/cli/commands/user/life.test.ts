import { expect, test } from 'vitest';
import { tableNames } from '../../../databases/database.ts';
import { goodPassword, minute, scene } from '../../scene.ts';

interface Shown {
  username: string;
  status: string;
  expiresAt: string | null;
  deletedAt: string | null;
  deletedBy: string | null;
  updatedBy: string;
  version: number;
}

test('a deleted user cannot log in, keeps its name, and can be restored unchanged', async () => {
  const { json, run, login, fails, events, user } = await scene();
  await json('user add alice --email alice@example.org --password-stdin', { stdin: goodPassword });
  const before = await json<Shown>('user show alice');

  expect((await run('user delete alice --actor boss')).stdout).toBe('user "alice" deleted\n');
  expect(await json<Shown>('user show alice')).toMatchObject({
    status: 'deleted',
    deletedAt: expect.stringMatching(/Z$/),
    deletedBy: 'boss',
    updatedBy: 'boss',
    version: 2,
  });
  expect((await run('user show alice')).stdout).toMatch(/^Deleted +\S+ \S+Z by boss$/m);
  expect(await login('alice')).toMatchObject({ exitCode: 3, stderr: 'error: login refused\n' });
  expect(await fails('user add Alice --no-password')).toMatchObject({ exitCode: 6, code: 'user-exists' });
  expect(await fails('user add bob --no-password --email alice@example.org')).toMatchObject({
    exitCode: 6,
    code: 'email-exists',
  });

  expect((await run('user restore alice')).stdout).toBe('user "alice" restored\n');
  expect(await json<Shown>('user show alice')).toMatchObject({
    ...{ status: before.status, deletedAt: null, deletedBy: null, version: 3 },
  });
  expect((await run('user show alice')).stdout).toMatch(/^Deleted +no$/m);
  expect((await login('alice')).exitCode).toBe(0);
  expect((await user('alice')).version).toBe(3);
  const told = await events('--user alice');
  expect(told.map(({ action, detail }) => [action, detail])).toEqual([
    ['user.add', { fields: ['username', 'email', 'password'] }],
    ['user.delete', { fields: ['deleted'] }],
    ['user.login', { reason: 'deleted' }],
    ['user.restore', { fields: ['deleted'] }],
    ['user.login', {}],
  ]);
});

test('to delete or restore twice changes nothing the second time', async () => {
  const { add, json, contents } = await scene();
  await add('alice', 'bob');
  await json('user delete alice --actor boss');
  const before = contents();
  await json('user delete alice --actor other');
  await json('user restore bob');
  expect(contents()).toBe(before);
});

test('a restored user who was disabled stays disabled, and the command says so', async () => {
  const { add, json, run } = await scene();
  await add('alice');
  await json('user disable alice');
  await json('user delete alice');
  expect(await run('user restore alice')).toEqual({
    exitCode: 0,
    stdout: 'user "alice" restored\n',
    stderr: 'warning: user "alice" is still disabled\n',
  });
});

test('deleted users are listed when asked for, with when and by whom', async () => {
  const { add, json, run, fails } = await scene();
  await add('alice', 'bob', 'carol');
  await json('user delete bob --actor boss');
  const names = async (line: string) => (await json<Shown[]>(line)).map((user) => user.username);
  expect(await names('user list')).toEqual(['alice', 'carol']);
  expect(await names('user list --deleted')).toEqual(['bob']);
  expect(await names('user list --status deleted')).toEqual(['bob']);
  expect(await names('user list --deleted --status deleted')).toEqual(['bob']);
  expect((await run('user list --deleted --count')).stdout).toBe('1\n');
  expect((await run('user list --deleted')).stdout).toMatch(/^USERNAME .*DELETED\nbob .*Z by boss\n$/);
  expect(await fails('user list --deleted --status locked')).toMatchObject({ exitCode: 2, code: 'usage' });
});

test('a purged user is gone with everything of it, and the name is free; the events stay and name an id', async () => {
  const { json, run, fails, events, login, sql } = await scene();
  await json('user add alice --email alice@example.org --first-name Ann --password-stdin', {
    stdin: goodPassword,
  });
  const { id } = await json<{ id: string }>('user show alice');
  await login('alice', 'Wrong-password-9');
  await json('user delete alice');

  expect((await run('user purge alice --yes')).stdout).toBe('user "alice" purged\n');

  expect(await fails('user show alice')).toMatchObject({ exitCode: 5, code: 'user-not-found' });
  expect(await fails('user restore alice')).toMatchObject({ exitCode: 5, code: 'user-not-found' });
  expect(await json('user list --deleted')).toEqual([]);
  const left = await events(`--user ${id}`);
  expect(left.map((event) => event.action)).toEqual(['user.add', 'user.login', 'user.delete', 'user.purge']);
  expect(left.every((event) => event.target === id && event.targetName === null)).toBe(true);
  expect(JSON.stringify(await events())).not.toMatch(/alice|Ann|example\.org/);
  const tables = sql((database) =>
    tableNames(database)
      .filter((name) => name !== 'audit_events')
      .map((name) => JSON.stringify(database.prepare(`select * from ${name}`).all())),
  );
  expect(tables.join()).not.toContain(id);
  await json('user add alice --email alice@example.org --no-password');
  expect((await json<{ id: string }>('user show alice')).id).not.toBe(id);
  expect((await run('audit verify')).exitCode).toBe(0);
});

test.each([
  ['user purge bob --yes', 4, 'user-not-deleted'],
  ['user purge bob', 4, 'user-not-deleted'],
  ['user purge alice', 2, 'confirmation-needed'],
  ['user purge nobody', 5, 'user-not-found'],
  ['user purge nobody --yes', 5, 'user-not-found'],
  ['user delete nobody', 5, 'user-not-found'],
  ['user restore nobody', 5, 'user-not-found'],
  ['user expire nobody --never', 5, 'user-not-found'],
  ['user expire alice --never', 4, 'user-deleted'],
  ['user expire bob', 2, 'usage'],
  ['user expire bob --never --at 2099-01-01', 2, 'usage'],
  ['user expire bob --at soon', 2, 'usage'],
])('%s is refused with exit code %i: %s', async (line, exitCode, code) => {
  const { add, json, fails, contents } = await scene();
  await add('alice', 'bob');
  await json('user delete alice');
  const before = contents();
  const error = await fails(line);
  expect(error).toMatchObject({ exitCode, code });
  if (code !== 'usage') expect(error.hint).toMatch(/authctl|--yes/);
  expect(contents()).toBe(before);
});

test('a purged user is named by id where the result has to be read by a program', async () => {
  const { add, json, user } = await scene();
  await add('alice');
  const { id } = await user('alice');
  await json('user delete alice');
  expect(await json(`user purge ${id} --yes`)).toEqual({ id, username: 'alice', purged: true });
});

test('a user expires at a time, has expired, or never does', async () => {
  const { add, json, run, login, pass, events } = await scene();
  await add('alice');
  const at = new Date(Date.now() + 10 * minute).toISOString();
  const seen = await run(`user expire alice --at ${at}`);
  expect(seen.stdout).toBe(`user "alice" expires at ${at.slice(0, 19).replace('T', ' ')}Z\n`);
  expect(await json<Shown>('user show alice')).toMatchObject({ status: 'active', expiresAt: at });
  expect((await login('alice')).exitCode).toBe(0);
  pass(11 * minute);
  expect(await json<Shown>('user show alice')).toMatchObject({ status: 'expired' });
  expect((await login('alice')).exitCode).toBe(3);

  expect((await run('user expire alice --never')).stdout).toBe('user "alice" does not expire\n');
  expect((await login('alice')).exitCode).toBe(0);
  expect((await run('user expire alice --at 2020-01-31T18:00+02:00')).stdout).toBe(
    'user "alice" has expired at 2020-01-31 16:00:00Z\n',
  );
  expect((await login('alice')).exitCode).toBe(3);
  expect((await events('--action user.expire')).map((event) => event.detail)).toEqual([
    { fields: ['expiresAt'], at },
    { fields: ['expiresAt'], at: null },
    { fields: ['expiresAt'], at: '2020-01-31T16:00:00.000Z' },
  ]);
});

test.each(['user set alice --first-name Ann', 'user expire alice --at 2099-01-01', 'user delete alice'])(
  '%s --if-version is refused when somebody was faster',
  async (line) => {
    const { add, json, fails, user, contents } = await scene();
    await add('alice');
    const { version } = await user('alice');
    await json('user set alice --last-name Lee');
    const before = contents();
    expect(await fails(`${line} --if-version ${version}`)).toMatchObject({
      exitCode: 6,
      code: 'changed-meanwhile',
      message: 'user "alice" is of version 2, not 1',
      version: 2,
    });
    expect(contents()).toBe(before);
    expect(await json<Shown>(`${line} --if-version ${version + 1}`)).toMatchObject({ version: version + 2 });
  },
);

test('--if-version is looked at where nothing would change, too', async () => {
  const { add, json, fails } = await scene();
  await add('alice');
  await json('user set alice --last-name Lee');
  expect(await fails('user set alice --last-name Lee --if-version 1')).toMatchObject({ exitCode: 6 });
  expect(await json('user set alice --last-name Lee --if-version 2')).toMatchObject({ version: 2 });
  expect(await fails('user set alice --last-name Lee --if-version 0')).toMatchObject({ exitCode: 2 });
});
