import { expect, test } from 'vitest';
import { bcrypt } from '../../crowd.ts';
import { type Scene, type ShownUser, scene } from '../../scene.ts';

// dave and erin have never logged in; it is not known when carol's password was set; the last four have no password.
const dump = `username,email,createdAt,lastLoginAt,passwordHash,passwordChangedAt,disabled
alice,alice@example.org,2024-01-01T00:00:00.000Z,2026-06-01T00:00:00.000Z,${bcrypt},2024-01-01T00:00:00.000Z,
bob,bob@EXAMPLE.org,2024-02-01T00:00:00.000Z,2024-12-31T23:59:59.999Z,${bcrypt},2026-01-01T00:00:00.000Z,
carol,carol@mail.example.org,2024-03-01T00:00:00.000Z,2025-01-01T00:00:00.000Z,${bcrypt},,
dave,dave@other.example,2024-04-01T00:00:00.000Z,,,,
erin,,2026-05-01T00:00:00.000Z,,,,
frank,frank@x_example.org,2024-06-01T00:00:00.000Z,2024-06-02T00:00:00.000Z,,,true
gone,gone@example.org,2024-07-01T00:00:00.000Z,,,,
`;

async function crowd(): Promise<Scene & { names(line: string): Promise<string[]> }> {
  const cli = await scene();
  await cli.json(`user import ${cli.file('dump.csv', dump)} --allow-no-password`);
  await cli.json('user delete gone');
  const names = async (line: string) =>
    (await cli.json<ShownUser[]>(line)).map((user) => user.username).sort();
  return { ...cli, names };
}

test.each([
  ['status=active', ['alice', 'bob', 'carol', 'dave', 'erin']],
  ['status=disabled', ['frank']],
  ['status=locked', []],
  ['lastLoginBefore=2025-01-01', ['bob', 'dave', 'frank']],
  ['lastLoginBefore=2025-01-01,status=active', ['bob', 'dave']],
  ['lastLogin=never', ['dave', 'erin']],
  ['lastLogin=never,createdBefore=2026-01-01', ['dave']],
  ['passwordChangedBefore=2026-01-01', ['alice', 'carol']],
  ['passwordChangedBefore=2024-03-01', ['alice']],
  ['createdAfter=2024-03-01,createdBefore=2024-06-01', ['carol', 'dave']],
  ['emailDomain=example.org', ['alice', 'bob']],
  ['emailDomain=x_example.org', ['frank']],
  ['emailDomain=%', []],
])('--where %s means %j', async (where, expected) => {
  const { names, contents } = await crowd();
  const before = contents();
  expect(await names(`user disable --where ${where} --dry-run`)).toEqual(expected);
  expect(contents()).toBe(before);
});

test('a rehearsal lists the users, says how many, and writes nothing', async () => {
  const { run, contents } = await crowd();
  const before = contents();
  const line = 'user delete --where lastLoginBefore=2025-01-01,status=active --dry-run';
  const seen = await run(line);
  expect(seen.exitCode).toBe(0);
  expect(seen.stdout).toMatch(/^USERNAME .*\nbob .*\ndave .*\n$/);
  expect(seen.stderr).toBe('dry run: 2 users would be changed; nothing was written\n');
  expect((await run(`${line} -o ids`)).stdout).toMatch(/^(\S{36}\n){2}$/);
  expect(await run('user delete --where status=locked --dry-run')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'no users found\ndry run: 0 users would be changed; nothing was written\n',
  });
  expect(contents()).toBe(before);
});

test.each([
  ['user lock --where status=active', 'this locks 5 users'],
  ['user unlock --where status=active', 'this unlocks 5 users'],
  ['user disable --where emailDomain=other.example', 'this disables 1 user'],
  ['user delete --where status=active', 'this deletes 5 users'],
  ['user set --where status=active --must-change', 'this changes 5 users'],
  ['user passwd --all --must-change', 'this makes 6 users change the password at the next login'],
])('%s needs --yes where nobody can be asked', async (line, message) => {
  const { fails, contents } = await crowd();
  const before = contents();
  expect(await fails(line)).toMatchObject({ exitCode: 2, code: 'confirmation-needed', message });
  expect(contents()).toBe(before);
});

test('nobody to change needs no confirmation', async () => {
  const { run, contents } = await crowd();
  const before = contents();
  expect(await run('user lock --where status=locked')).toEqual({
    exitCode: 0,
    stdout: '0 users locked\n',
    stderr: '',
  });
  expect(contents()).toBe(before);
});

test('many users are locked, unlocked, disabled and deleted, each with an event of its own', async () => {
  const { run, json, names, user, events } = await crowd();
  const unused = 'status=active,lastLoginBefore=2025-01-01';
  expect((await run(`user lock --where ${unused} --until 2099-01-01 --reason unused --yes`)).stdout).toBe(
    '2 users locked\n',
  );
  expect(await names('user list --status locked')).toEqual(['bob', 'dave']);
  expect(await user('bob')).toMatchObject({
    ...{ lockedUntil: '2099-01-01T00:00:00.000Z', lockReason: 'unused', version: 2 },
  });
  expect(await json('user unlock --where status=locked --yes')).toEqual({ matched: 2, changed: 2 });
  expect(await json('user disable --where lastLogin=never --yes')).toEqual({ matched: 2, changed: 2 });
  expect(await names('user list --status disabled')).toEqual(['dave', 'erin', 'frank']);
  expect((await run('user delete --where status=disabled --yes --actor boss')).stdout).toBe(
    '3 users deleted\n',
  );
  expect(await names('user list --deleted')).toEqual(['dave', 'erin', 'frank', 'gone']);
  expect(await user('erin')).toMatchObject({ deletedBy: 'boss', updatedBy: 'boss' });

  const told = await events('--user dave');
  expect(told.map(({ action, detail }) => [action, detail.fields])).toEqual([
    ['user.add', ['username', 'email']],
    ['user.lock', ['lock']],
    ['user.unlock', ['lock']],
    ['user.disable', ['disabled']],
    ['user.delete', ['deleted']],
  ]);
  const deletions = (await events('--action user.delete')).slice(1);
  expect(deletions).toHaveLength(3);
  expect(new Set(deletions.map((event) => event.requestId)).size).toBe(1);
  expect((await run('audit verify')).exitCode).toBe(0);
});

test('users who are in that state already are left alone and counted', async () => {
  const { run, json, user, events } = await crowd();
  await json('user set alice --must-change');
  expect((await run('user set --where emailDomain=example.org --must-change --yes')).stdout).toBe(
    '1 user set; 1 user needed no change\n',
  );
  expect(await user('alice')).toMatchObject({ mustChangePassword: true, version: 2 });
  expect(await events('--action user.set')).toHaveLength(2);
});

test('fields that users may share can be set for many users', async () => {
  const { json, user } = await crowd();
  expect(await json('user set --where emailDomain=example.org --no-email --last-name Lee --yes')).toEqual({
    ...{ matched: 2, changed: 2 },
  });
  expect(await user('bob')).toMatchObject({ email: null, lastName: 'Lee', firstName: null });
});

test('everybody must change the password at the next login', async () => {
  const { run, json, add, login, user } = await crowd();
  await add('heidi');
  expect((await run('user passwd --all --must-change --yes')).stdout).toBe(
    '7 users must change the password at the next login\n',
  );
  expect(await user('frank')).toMatchObject({ mustChangePassword: true });
  expect(await user('gone')).toMatchObject({ mustChangePassword: false });
  expect((await login('heidi')).stdout).toBe('login of "heidi" ok; the password must be changed\n');
  expect(await json('user passwd --all --must-change --yes')).toEqual({ matched: 7, changed: 0 });
});

test.each([
  ['user lock', 'name a user, or say with --where'],
  ['user lock alice --where status=active', 'give a user or --where, not both'],
  ['user lock --where status=gone', 'status takes'],
  ['user lock --where role=admin', 'is no condition'],
  ['user lock --where status=active --for 1h --until 2099-01-01 --yes', 'not both'],
  ['user lock alice --dry-run', '--dry-run goes with --where'],
  ['user unlock', 'name a user, or say with --where'],
  ['user disable', 'name a user, or say with --where'],
  ['user delete', 'name a user, or say with --where'],
  ['user delete --where status=active --if-version 1 --yes', '--if-version goes with one user'],
  ['user set --where status=active --yes', 'nothing to set'],
  ['user set --must-change', 'name a user, or say with --where'],
  ['user set --where status=active --username bob --yes', '--username and --email go with one user'],
  ['user set --where status=active --email a@b.c --yes', '--username and --email go with one user'],
  ['user set --where status=active --must-change --if-version 1 --yes', '--if-version goes with one user'],
  ['user lock --where status=active --yes -o ids', 'no ids to print'],
  ['user passwd', 'name a user, or give --all --must-change'],
  ['user passwd --all', '--all goes with --must-change'],
  ['user passwd --all --must-change --generate', '--all goes with --must-change, and with no password'],
  ['user passwd --all --must-change --old-password-file x', '--all goes with --must-change, and with no'],
  ['user passwd alice --all --must-change', 'give a user or --all, not both'],
  ['user passwd alice --dry-run --generate', '--dry-run goes with --all'],
])('%s is a usage error: %s', async (line, message) => {
  const { run, contents } = await crowd();
  const before = contents();
  const seen = await run(line);
  expect(seen).toMatchObject({ exitCode: 2, stdout: '' });
  expect(seen.stderr).toContain(message);
  expect(contents()).toBe(before);
});

test.each([
  ['user lock --where status=active --until 2020-01-01 --yes', 'invalid-time'],
  ['user set --where status=active --first-name "a\u001bb" --yes', 'invalid-name'],
])('%s is refused before anybody is changed', async (line, code) => {
  const { fails, contents } = await crowd();
  const before = contents();
  expect(await fails(line)).toMatchObject({ exitCode: 4, code });
  expect(contents()).toBe(before);
});
