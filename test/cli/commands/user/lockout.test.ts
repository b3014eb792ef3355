import { expect, test } from 'vitest';
import { minute, type Scene, scene } from '../../scene.ts';

const wrong = 'Wrong-password-9';

async function failLogins(cli: Scene, times: number, name = 'alice'): Promise<void> {
  for (let time = 0; time < times; time += 1) expect((await cli.login(name, wrong)).exitCode).toBe(3);
}

async function sceneWithAlice(policy = ''): Promise<Scene> {
  const cli = await scene();
  await cli.add('alice');
  if (policy !== '') await cli.json(`policy set ${policy}`);
  return cli;
}

const inMinutes = (time: string | null) => Math.round((Date.parse(time ?? '') - Date.now()) / minute);

test('five failures lock for 15 minutes, which pass; then the count starts anew', async () => {
  const cli = await sceneWithAlice();
  await failLogins(cli, 4);
  expect(await cli.user('alice')).toMatchObject({ status: 'active', failedAttempts: 4, version: 1 });
  await failLogins(cli, 1);
  const locked = await cli.user('alice');
  expect(locked).toMatchObject({
    status: 'locked',
    failedAttempts: 5,
    lockReason: 'too many failed logins',
    version: 1,
  });
  expect(inMinutes(locked.lockedUntil)).toBe(15);
  expect((await cli.login('alice')).exitCode).toBe(3);

  cli.pass(14 * minute);
  expect((await cli.login('alice')).exitCode).toBe(3);
  cli.pass(minute + 1000);
  expect(await cli.user('alice')).toMatchObject({
    status: 'active',
    failedAttempts: 0,
    lockedUntil: null,
    lockReason: null,
  });
  await failLogins(cli, 4);
  expect(await cli.user('alice')).toMatchObject({ status: 'active', failedAttempts: 4 });
  expect((await cli.login('alice')).exitCode).toBe(0);
  expect(await cli.user('alice')).toMatchObject({ status: 'active', failedAttempts: 0, version: 1 });
});

test('the event of the failure that locks says until when; attempts at a lock do not lengthen it', async () => {
  const cli = await sceneWithAlice('lockoutThreshold=2 lockoutDuration=1h');
  await failLogins(cli, 2);
  const { lockedUntil } = await cli.user('alice');
  cli.pass(30 * minute);
  await failLogins(cli, 3);
  expect((await cli.user('alice')).lockedUntil).toBe(lockedUntil);
  const details = (await cli.events('--action user.login')).map((event) => event.detail);
  expect(details).toEqual([
    { reason: 'wrong-password' },
    { reason: 'wrong-password', lockedUntil },
    { reason: 'locked' },
    { reason: 'locked' },
    { reason: 'locked' },
  ]);
});

test('a success forgets the failures before it', async () => {
  const cli = await sceneWithAlice();
  await failLogins(cli, 4);
  expect((await cli.login('alice')).exitCode).toBe(0);
  await failLogins(cli, 4);
  expect((await cli.login('alice')).exitCode).toBe(0);
});

test('consecutive failures lock until somebody unlocks, however long they take', async () => {
  const cli = await sceneWithAlice('lockoutThreshold=3 lockoutLimit=7');
  for (let lock = 0; lock < 2; lock += 1) {
    await failLogins(cli, 3);
    cli.pass(16 * minute);
  }
  expect(await cli.user('alice')).toMatchObject({ status: 'active' });
  await failLogins(cli, 1);
  expect(await cli.user('alice')).toMatchObject({
    status: 'locked',
    lockedUntil: null,
    lockReason: 'too many consecutive failed logins',
  });
  cli.pass(365 * 24 * 60 * minute);
  expect((await cli.login('alice')).exitCode).toBe(3);
  await cli.json('user unlock alice');
  await failLogins(cli, 2);
  expect((await cli.login('alice')).exitCode).toBe(0);
});

test('by default the hundredth failure in a row locks for good', async () => {
  const cli = await sceneWithAlice('lockoutThreshold=0');
  cli.sql((database) => database.exec('update users set failed_attempts = 98, consecutive_failures = 98'));
  await failLogins(cli, 1);
  expect((await cli.user('alice')).status).toBe('active');
  await failLogins(cli, 1);
  expect(await cli.user('alice')).toMatchObject({ status: 'locked', lockedUntil: null });
});

test('with threshold and limit 0 nobody is locked', async () => {
  const cli = await sceneWithAlice('lockoutThreshold=0 lockoutLimit=0');
  await failLogins(cli, 12);
  expect(await cli.user('alice')).toMatchObject({ status: 'active', failedAttempts: 12 });
  expect((await cli.login('alice')).exitCode).toBe(0);
});

test.each([
  ['--for 2h', 120],
  ['', null],
])('an automatic lock never shortens one that an administrator set %s', async (options, minutes) => {
  const cli = await sceneWithAlice('lockoutThreshold=2');
  await failLogins(cli, 1);
  await cli.json(`user lock alice ${options} --reason audit`);
  const locked = await cli.user('alice');
  expect(locked).toMatchObject({ status: 'locked', lockReason: 'audit', version: 2 });
  if (minutes === null) expect(locked.lockedUntil).toBe(null);
  else expect(inMinutes(locked.lockedUntil)).toBe(minutes);
  await failLogins(cli, 6);
  expect(await cli.user('alice')).toEqual(locked);
});

test('unlocking ends a lock and forgets the failures', async () => {
  const cli = await sceneWithAlice();
  await failLogins(cli, 5);
  expect((await cli.run('user unlock alice')).stdout).toBe('user "alice" unlocked\n');
  expect(await cli.user('alice')).toMatchObject({ status: 'active', failedAttempts: 0, version: 2 });
  await failLogins(cli, 4);
  expect((await cli.login('alice')).exitCode).toBe(0);
  expect(await cli.events('--action user.unlock')).toMatchObject([
    { targetName: 'alice', detail: { fields: ['lock'] } },
  ]);
});

test('a new password leaves a lock as it is, and says so', async () => {
  const cli = await sceneWithAlice();
  await failLogins(cli, 5);
  const seen = await cli.run('user passwd alice --password-stdin --json', {
    stdin: cli.secret('Another-horse-2'),
  });
  expect(seen.exitCode).toBe(0);
  expect(JSON.parse(seen.stderr)).toEqual({ warning: 'user "alice" is still locked' });
  expect((await cli.login('alice', 'Another-horse-2')).exitCode).toBe(3);
});

test('failures of one user are not another’s', async () => {
  const cli = await sceneWithAlice();
  await cli.add('bob');
  await failLogins(cli, 5);
  expect((await cli.login('bob')).exitCode).toBe(0);
});

test.each([
  ['--for 30d', '--for 5m'],
  ['', '--for 90d'],
  ['--until 2099-01-01', '--until 2098-12-31'],
])('a lock %s is shortened %s only with --yes', async (longer, shorter) => {
  const cli = await sceneWithAlice();
  await cli.json(`user lock alice ${longer} --reason audit`);
  const before = cli.contents();

  expect(await cli.fails(`user lock alice ${shorter}`)).toMatchObject({
    exitCode: 2,
    code: 'confirmation-needed',
    message: expect.stringMatching(/^this replaces a longer lock: user "alice" is locked until ./),
    hint: 'repeat it with --yes',
  });
  expect(cli.contents()).toBe(before);

  const { lockedUntil } = await cli.json<{ lockedUntil: string }>(`user lock alice ${shorter} --yes`);
  expect(Date.parse(lockedUntil)).toBeGreaterThan(Date.now());
  // A longer lock needs no confirmation.
  await cli.json('user lock alice');
});
