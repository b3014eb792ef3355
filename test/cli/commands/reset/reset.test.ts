import { expect, test } from 'vitest';
import { goodPassword, minute, type Scene, scene } from '../../scene.ts';

const hour = 60 * minute;
const newPassword = 'Another-horse-2';

interface Issued {
  token: string;
  expiresAt: string;
  userId: string;
  username: string;
  email: string | null;
}

async function sceneWithAlice(): Promise<Scene> {
  const cli = await scene();
  cli.secret(newPassword);
  await cli.add('alice');
  return cli;
}

const issue = async (cli: Scene, line = 'alice') => (await cli.json<Issued>(`reset issue ${line}`)).token;

/** Redeems a token with a file for it, and the password by standard input. */
const redeem = (cli: Scene, token: string, stdin = newPassword) =>
  cli.run(`reset redeem --token-file ${cli.file('token.txt', `${token}\n`)} --password-stdin`, { stdin });

const refused = {
  exitCode: 3,
  stdout: '',
  stderr:
    'error: token refused\nhint: it is unknown, has expired or was used; authctl reset issue makes another\n',
};

test('a token sets one password, and is kept nowhere', async () => {
  const cli = await sceneWithAlice();
  const { id } = await cli.user('alice');
  await cli.json('user set alice --must-change');
  const before = Date.now();
  const issued = await cli.json<Issued>('reset issue alice');
  expect(issued).toEqual({
    token: expect.stringMatching(/^authctl_reset_[A-Za-z0-9_-]{43}$/),
    expiresAt: expect.any(String),
    userId: id,
    username: 'alice',
    email: null,
  });
  expect(Date.parse(issued.expiresAt) - before).toBeGreaterThanOrEqual(hour);
  expect(Date.parse(issued.expiresAt) - Date.now()).toBeLessThanOrEqual(hour);
  expect(cli.contents()).not.toContain(issued.token);

  expect(await redeem(cli, issued.token)).toEqual({
    exitCode: 0,
    stdout: 'password of user "alice" set\n',
    stderr: '',
  });
  expect((await cli.login('alice', newPassword)).exitCode).toBe(0);
  expect((await cli.login('alice')).exitCode).toBe(3);
  expect(await cli.user('alice')).toMatchObject({ mustChangePassword: false, version: 3 });
  expect(await redeem(cli, issued.token, 'Third-horse-3')).toEqual(refused);
  const [first, second] = (await cli.events('--user alice')).filter(({ action }) => /^reset/.test(action));
  expect(first).toMatchObject({ action: 'reset.issue', detail: { expiresAt: issued.expiresAt } });
  expect(second).toMatchObject({
    action: 'reset.redeem',
    detail: { fields: ['password', 'mustChangePassword'], token: first?.detail.token },
  });
  expect(cli.contents()).not.toContain(issued.token);
});

test('in a table the token stands alone on standard output', async () => {
  const cli = await sceneWithAlice();
  const seen = await cli.run('reset issue alice');
  expect(seen.stdout).toMatch(/^authctl_reset_[\w-]{43}\n$/);
  expect(await cli.fails('reset issue alice -o ids')).toMatchObject({ exitCode: 2, code: 'usage' });
  expect(await cli.json('reset list')).toHaveLength(1);
  expect(seen.stderr).toMatch(/^token for a new password of user "alice", good until \S+ \S+Z\n$/);
});

test('a token dies when a newer one is issued, when its time is over and when it is taken back', async () => {
  const cli = await sceneWithAlice();
  const old = await issue(cli);
  const token = await issue(cli, 'alice --for 2h');
  expect(await redeem(cli, old)).toEqual(refused);
  cli.pass(2 * hour - minute);
  const other = await issue(cli, 'alice --for 15m');
  expect(await redeem(cli, token)).toEqual(refused);
  cli.pass(15 * minute);
  expect(await redeem(cli, other)).toEqual(refused);
  expect(await cli.fails('reset revoke alice')).toMatchObject({ exitCode: 5, code: 'token-not-found' });

  const last = await issue(cli);
  expect((await cli.run('reset revoke alice')).stdout).toBe('token of user "alice" taken back\n');
  expect(await redeem(cli, last)).toEqual(refused);
  expect((await cli.events('--action reset.revoke'))[0]).toMatchObject({ targetName: 'alice' });
  expect((await cli.login('alice')).exitCode).toBe(0);
});

test('every refused token is an event with its reason, and nothing of the token', async () => {
  const cli = await sceneWithAlice();
  const { id } = await cli.user('alice');
  const issued = await cli.json<{ token: string }>('reset issue alice --for 15m');
  const [event] = await cli.events('--action reset.issue');
  const invented = cli.secret(`authctl_reset_${'B'.repeat(43)}`);
  cli.pass(15 * minute);

  for (const token of [invented, 'x', issued.token]) expect(await redeem(cli, token)).toEqual(refused);

  const told = await cli.events('--action reset.redeem');
  expect(told.map(({ outcome, target, detail }) => ({ outcome, target, detail }))).toEqual([
    { outcome: 'refused', target: null, detail: { reason: 'unknown-token' } },
    { outcome: 'refused', target: null, detail: { reason: 'unknown-token' } },
    { outcome: 'refused', target: id, detail: { reason: 'token-expired', token: event?.detail.token } },
  ]);
  expect(cli.contents()).not.toContain(issued.token);
  expect(await cli.json('audit verify')).toMatchObject({ ok: true });
});

test.each<[string, string]>([
  ['nothing', ''],
  ['what is no token', 'x'],
  ['a token that nobody was given', `authctl_reset_${'A'.repeat(43)}`],
  ['a token of another kind', `authctl_session_${'A'.repeat(43)}`],
])('%s is refused like any other', async (_what, token) => {
  const cli = await sceneWithAlice();
  expect(await redeem(cli, token)).toEqual(refused);
  expect(await redeem(cli, token, 'short')).toEqual(refused);
});

test('a password that the policy refuses leaves the token good', async () => {
  const cli = await sceneWithAlice();
  const token = await issue(cli);
  for (const password of ['short', 'Alice-has-1', '']) {
    expect(await redeem(cli, token, password)).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('the password'),
    });
  }
  expect((await redeem(cli, token)).exitCode).toBe(0);
});

test('a reset ends sessions and a lock by failed logins', async () => {
  const cli = await sceneWithAlice();
  const session = await cli.json<{ session: { token: string } }>(
    'user login alice --session --password-stdin',
    {
      stdin: goodPassword,
    },
  );
  for (let attempt = 0; attempt < 5; attempt += 1) await cli.login('alice', 'Wrong-password-9');
  expect(await cli.user('alice')).toMatchObject({ status: 'locked', failedAttempts: 5 });

  expect((await redeem(cli, await issue(cli))).exitCode).toBe(0);

  expect(await cli.user('alice')).toMatchObject({ status: 'active', failedAttempts: 0, lockReason: null });
  expect((await cli.events('--action reset.redeem'))[0]?.detail).toMatchObject({
    fields: ['password', 'lock'],
    endedSessions: 1,
  });
  const verified = await cli.run('session verify --token-stdin', { stdin: session.session.token });
  expect(verified.exitCode).toBe(3);
});

test.each(['lost laptop', 'too many failed logins', 'too many consecutive failed logins'])(
  "an administrator's lock outlives a reset, and that is told: %s",
  async (reason) => {
    const cli = await sceneWithAlice();
    await cli.json(`user lock alice --reason "${reason}"`);
    expect(await redeem(cli, await issue(cli))).toEqual({
      exitCode: 0,
      stdout: 'password of user "alice" set\n',
      stderr: 'warning: user "alice" is still locked\n',
    });
    expect(await cli.user('alice')).toMatchObject({ status: 'locked', lockReason: reason });
    expect((await cli.login('alice', newPassword)).exitCode).toBe(3);
  },
);

test.each([
  'user passwd alice --generate',
  'user set alice --email other@example.org',
  'user lock alice',
  'user disable alice',
  'user delete alice',
])('%s ends a token that is open', async (line) => {
  const cli = await sceneWithAlice();
  const token = await issue(cli);
  await cli.json('user set alice --first-name Alice');
  expect(await cli.json('reset list')).toHaveLength(1);
  await cli.json(line);
  expect(await redeem(cli, token)).toEqual(refused);
  expect(await cli.json('reset list')).toEqual([]);
});

test('who can be issued a token, and for how long', async () => {
  const cli = await sceneWithAlice();
  expect(await cli.fails('reset issue nobody')).toMatchObject({ exitCode: 5, code: 'user-not-found' });
  expect(await cli.fails('reset issue alice --for 25h')).toMatchObject({
    ...{ exitCode: 2, message: '--for takes a duration of at most 24h, not "25h"' },
  });
  expect((await cli.run('reset issue alice --for 24h')).exitCode).toBe(0);
  await cli.json('policy set resetLifetime=5m');
  const token = await issue(cli);
  cli.pass(5 * minute);
  expect(await redeem(cli, token)).toEqual(refused);
  await cli.json('user delete alice');
  expect(await cli.fails('reset issue alice')).toMatchObject({ exitCode: 4, code: 'user-deleted' });
});

test('token and password need a source each', async () => {
  const cli = await sceneWithAlice();
  const token = cli.file('token.txt', await issue(cli));
  const password = cli.file('password.txt', newPassword);
  expect(await cli.fails('reset redeem --token-stdin --password-stdin')).toMatchObject({
    ...{ exitCode: 2, hint: 'give one of them by a file: --token-file or --password-file' },
  });
  expect(await cli.fails(`reset redeem --token-file ${token}`)).toMatchObject({ exitCode: 2 });
  expect(await cli.fails('reset redeem --password-stdin', { stdin: newPassword })).toMatchObject({
    exitCode: 2,
  });
  const both = `--token-file ${token} --password-file ${password}`;
  expect((await cli.run(`reset redeem ${both}`)).exitCode).toBe(0);
});

test('an invited user sets the first password', async () => {
  const cli = await sceneWithAlice();
  const bob = await cli.json<{ id: string; passwordScheme: null; invitation: Issued }>(
    'user add bob --email bob@example.org --invite',
  );
  expect(bob).toMatchObject({ passwordScheme: null, invitation: { token: expect.any(String) } });
  expect(Date.parse(bob.invitation.expiresAt) - Date.now()).toBeGreaterThan(7 * 24 * hour - minute);
  const events = await cli.events('--user bob');
  expect(events.map(({ action }) => action)).toEqual(['user.add', 'reset.issue']);
  expect(events[0]?.requestId).toBe(events[1]?.requestId);
  expect(await cli.json('reset list')).toMatchObject([
    { userId: bob.id, username: 'bob', createdBy: 'tester', expiresAt: bob.invitation.expiresAt },
  ]);
  expect((await cli.run('reset list')).stdout).toMatch(/^USER +ISSUED +BY +GOOD UNTIL\nbob +/);
  cli.pass(6 * 24 * hour);
  expect((await redeem(cli, bob.invitation.token)).exitCode).toBe(0);
  expect((await cli.login('bob', newPassword)).exitCode).toBe(0);
  expect(await cli.run('reset list')).toEqual({ exitCode: 0, stdout: '', stderr: 'no tokens are open\n' });
});

test('an invitation stands alone on standard output, and is good for as long as said', async () => {
  const cli = await sceneWithAlice();
  const { stdout, stderr } = await cli.run('user add bob --invite --for 2d');
  expect(stdout).toMatch(/^authctl_reset_[\w-]{43}\n$/);
  expect(stderr).toMatch(/^user "bob" added; token for a first password, good until \S+ \S+Z\n$/);
  cli.pass(48 * hour);
  expect(await redeem(cli, stdout.trim())).toEqual(refused);
  expect(await cli.fails('user add carol --no-password --for 2d')).toMatchObject({ exitCode: 2 });
  expect(await cli.fails('user add carol --invite --for 91d')).toMatchObject({ exitCode: 2 });
  expect(await cli.fails('user add carol --invite --generate')).toMatchObject({ exitCode: 2 });
});
