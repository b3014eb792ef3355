import { expect, test } from 'vitest';
import { goodPassword, minute, type Scene, scene } from '../../scene.ts';

const wrong = 'Wrong-password-9';

/** Users whom nobody can log in as, each for another reason. */
async function outcasts(cli: Scene): Promise<void> {
  await cli.add('alice', 'locked', 'disabled', 'gone', 'late');
  await cli.json('user add passwordless --no-password');
  await cli.json('user lock locked --reason "lost laptop"');
  await cli.json('user disable disabled');
  cli.sql((database) =>
    database.exec(`update users set deleted_at = '2026-01-01T00:00:00.000Z' where username = 'gone';
      update users set expires_at = '2026-01-01T00:00:00.000Z' where username = 'late'`),
  );
}

const refusals = [
  ['alice', wrong, 'wrong-password'],
  ['nobody', goodPassword, 'unknown-user'],
  ['locked', goodPassword, 'locked'],
  ['locked', wrong, 'locked'],
  ['disabled', goodPassword, 'disabled'],
  ['passwordless', goodPassword, 'no-password'],
  ['passwordless', '', 'no-password'],
  ['gone', goodPassword, 'deleted'],
  ['late', goodPassword, 'expired'],
  ['alice', '', 'wrong-password'],
  ['alice', `${goodPassword}\0${goodPassword}`, 'wrong-password'],
  ['alice', `${goodPassword}\0`, 'wrong-password'],
] as const;

test('every refusal is the same to the caller, byte for byte, and told to the operator', async () => {
  const cli = await scene();
  await outcasts(cli);
  for (const flags of ['', '--json']) {
    const seen = [];
    for (const [name, stdin] of refusals) {
      seen.push(await cli.run(`user login ${name} --password-stdin ${flags}`, { stdin }));
    }
    for (const one of seen) expect(one).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({ exitCode: 3, stdout: '' });
  }
  expect(
    JSON.parse((await cli.run('user login nobody --password-stdin --json', { stdin: wrong })).stderr),
  ).toEqual({
    error: { code: 'login-refused', message: 'login refused' },
  });
  const events = await cli.events('--action user.login');
  expect(events.every((event) => event.outcome === 'refused')).toBe(true);
  expect(events.slice(0, refusals.length).map((event) => [event.targetName, event.detail.reason])).toEqual(
    refusals.map(([name, , reason]) => [name === 'nobody' ? null : name, reason]),
  );
});

test('what is typed in place of a name is kept as a tag that tells equal from different and no more', async () => {
  const cli = await scene();
  cli.secret('hunter2-my-password');
  for (const name of ['hunter2-my-password', 'HUNTER2-my-password', 'somebody-else-entirely']) {
    expect((await cli.login(name, wrong)).exitCode).toBe(3);
  }
  const [one, same, other] = await cli.events('--action user.login');
  expect(one?.detail.name).toMatch(/^hmac:[0-9a-f]{4}$/);
  expect(same?.detail).toEqual(one?.detail);
  expect(other?.detail.name).not.toBe(one?.detail.name);
  expect(one).toMatchObject({ target: null, targetName: null });
});

test.each(['alice', 'ALICE', 'alice@example.org', 'Alice@Example.ORG'])(
  'a login by %s succeeds and is recorded',
  async (name) => {
    const cli = await scene();
    await cli.add('alice');
    await cli.json('user set alice --email alice@example.org');
    const before = await cli.user('alice');

    const seen = await cli.login(name);

    expect(seen).toEqual({ exitCode: 0, stdout: 'login of "alice" ok\n', stderr: '' });
    const after = await cli.user('alice');
    expect(after).toEqual({ ...before, lastLoginAt: expect.any(String) });
    expect(await cli.events('--action user.login')).toMatchObject([
      { outcome: 'ok', targetName: 'alice', detail: {}, part: 2 },
    ]);
  },
);

test('a login does not go by id', async () => {
  const cli = await scene();
  await cli.add('alice');
  expect((await cli.login((await cli.user('alice')).id)).exitCode).toBe(3);
});

test('who must change the password is let in and told', async () => {
  const cli = await scene();
  await cli.add('alice');
  await cli.json('user set alice --must-change');
  expect((await cli.login('alice')).stdout).toBe('login of "alice" ok; the password must be changed\n');
  const login = await cli.json('user login alice --password-stdin', { stdin: goodPassword });
  expect(login).toMatchObject({ outcome: 'ok', mustChangePassword: true });
  await cli.json('user passwd alice --password-stdin', { stdin: cli.secret('Another-horse-2') });
  expect(await cli.json('user login alice --password-stdin', { stdin: 'Another-horse-2' })).toMatchObject({
    mustChangePassword: false,
  });
});

test('a changed policy rehashes at the next login, audited, and leaves the version', async () => {
  const cli = await scene();
  await cli.add('alice');
  const before = await cli.user('alice');
  const hash = () => cli.sql((database) => database.prepare('select password_hash from users').pluck().get());
  const old = hash();
  await cli.json('policy set bcryptCost=5');

  expect((await cli.login('alice', wrong)).exitCode).toBe(3);
  expect(hash()).toBe(old);
  expect((await cli.login('alice')).exitCode).toBe(0);

  expect(hash()).toMatch(/^\$2b\$05\$/);
  const after = await cli.user('alice');
  expect(after).toEqual({ ...before, lastLoginAt: expect.any(String), failedAttempts: 0 });
  const [login, rehash] = await cli.events('--user alice --limit 2');
  expect(login).toMatchObject({ action: 'user.login', outcome: 'ok' });
  expect(rehash).toMatchObject({ action: 'user.rehash', detail: { from: 'bcrypt', to: 'bcrypt' } });
  expect(rehash?.requestId).toBe(login?.requestId);

  expect((await cli.login('alice')).exitCode).toBe(0);
  expect(await cli.events('--action user.rehash')).toHaveLength(1);
});

test('argon2id is the other scheme for new passwords', async () => {
  const cli = await scene();
  await cli.add('alice');
  await cli.json('policy set scheme=argon2id argon2Memory=64 argon2Passes=1');
  await cli.add('bob');
  expect((await cli.user('bob')).passwordScheme).toBe('argon2id');
  expect((await cli.login('bob', wrong)).exitCode).toBe(3);
  expect((await cli.login('bob')).exitCode).toBe(0);
  expect((await cli.login('alice')).exitCode).toBe(0);
  expect((await cli.user('alice')).passwordScheme).toBe('argon2id');
  expect(await cli.events('--action user.rehash')).toMatchObject([
    { targetName: 'alice', detail: { from: 'bcrypt', to: 'argon2id' } },
  ]);
  const text = cli.sql((database) => database.prepare('select password_hash from users').pluck().all());
  expect(text.every((hash) => /^\$argon2id\$v=19\$m=64,t=1,p=1\$/.test(String(hash)))).toBe(true);
  await cli.json('policy set scheme=bcrypt');
  expect((await cli.login('bob')).exitCode).toBe(0);
  expect((await cli.user('bob')).passwordScheme).toBe('bcrypt');
});

test('a hash that nobody can verify refuses, and the user is shown with an unknown scheme', async () => {
  const cli = await scene();
  await cli.add('alice');
  cli.sql((database) =>
    database.prepare('update users set password_hash = ?').run(cli.secret('not-a-hash-at-all')),
  );
  expect((await cli.login('alice')).exitCode).toBe(3);
  expect((await cli.user('alice')).passwordScheme).toBe('unknown');
  cli.sql((database) => database.exec('update users set password_hash = null'));
});

test('an attempt that its process never settled counts as a failure', async () => {
  const cli = await scene();
  await cli.add('alice');
  const { id } = await cli.user('alice');
  await cli.json('policy set lockoutThreshold=3');
  const reserve = (name: string) =>
    cli.sql((database) =>
      database
        .prepare('insert into login_attempts (id, user_id, started_at) values (?, ?, ?)')
        .run(name, id, new Date().toISOString()),
    );
  reserve('one');
  cli.pass(31_000);
  expect((await cli.login('alice', wrong)).exitCode).toBe(3);
  expect(await cli.user('alice')).toMatchObject({ failedAttempts: 2, status: 'active' });
  reserve('two');
  cli.pass(31_000);
  expect((await cli.login('alice')).exitCode).toBe(3);
  expect(await cli.user('alice')).toMatchObject({ status: 'locked' });
  expect(cli.sql((database) => database.prepare('select count(*) from login_attempts').pluck().get())).toBe(
    0,
  );
  cli.pass(16 * minute);
  expect((await cli.login('alice')).exitCode).toBe(0);
});
