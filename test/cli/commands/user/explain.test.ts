import { expect, test } from 'vitest';
import { goodPassword, type Scene, scene } from '../../scene.ts';

interface Finding {
  check: string;
  state: string;
  detail: string;
  mend: string | null;
}
interface Explanation {
  user: { username: string; status: string };
  canLogIn: boolean;
  findings: Finding[];
  failedAttempts: { seq: number; at: string; action: string; reason: string; actor: string; host: string }[];
}

const explain = (cli: Scene, name = 'alice') => cli.json<Explanation>(`user explain ${name}`);

/** The problems that keep a user out, each with the command that repairs it. */
const problems = ({ findings }: Explanation) =>
  findings.filter(({ state }) => state === 'problem').map(({ check, mend }) => [check, mend]);

test('a user whom nothing keeps out has no problem', async () => {
  const cli = await scene();
  await cli.add('alice');
  const explanation = await explain(cli);
  expect(explanation).toMatchObject({ user: { username: 'alice' }, canLogIn: true, failedAttempts: [] });
  expect(explanation.findings.map(({ check, state }) => [check, state])).toEqual(
    ['deleted', 'disabled', 'expiry', 'lock', 'failures', 'password', 'change', 'sessions', 'reset'].map(
      (check) => [check, 'ok'],
    ),
  );
  expect((await cli.login('alice')).exitCode).toBe(0);
  expect(await cli.fails('user explain nobody')).toMatchObject({ exitCode: 5, code: 'user-not-found' });
});

test('failed logins are told with when, why, by whom and where, the newest first', async () => {
  const cli = await scene();
  await cli.add('alice');
  const guess = (actor: string) =>
    cli.run(`user login alice --password-stdin --actor ${actor}`, { stdin: 'Wrong-password-9' });
  for (const actor of ['web-1', 'web-2']) await guess(actor);
  let explanation = await explain(cli);
  expect(explanation.canLogIn).toBe(true);
  expect(explanation.findings[4]).toMatchObject({
    check: 'failures',
    state: 'note',
    detail: '2 that count (5 lock), 2 since the last login (100 lock until unlocked)',
  });
  expect(explanation.failedAttempts).toMatchObject([
    { action: 'user.login', reason: 'wrong-password', actor: 'web-2', at: expect.stringMatching(/Z$/) },
    { action: 'user.login', reason: 'wrong-password', actor: 'web-1', host: expect.any(String) },
  ]);
  for (let attempt = 0; attempt < 12; attempt += 1) await guess('bot');
  explanation = await explain(cli);
  expect(explanation.failedAttempts.map(({ reason }) => reason)).toEqual(
    Array.from({ length: 10 }, (_, index) => (index < 9 ? 'locked' : 'wrong-password')),
  );
  expect(problems(explanation)).toEqual([['lock', 'authctl user unlock alice']]);
});

test('each problem has the command that mends it, and all of them together do', async () => {
  const cli = await scene();
  await cli.json('user add alice --no-password');
  await cli.json('user lock alice --reason "lost laptop"');
  await cli.json('user disable alice');
  await cli.json('user expire alice --at 2020-01-01');
  await cli.json('user delete alice');
  const explanation = await explain(cli);
  expect(explanation.canLogIn).toBe(false);
  expect(problems(explanation)).toEqual([
    ['deleted', 'authctl user restore alice'],
    ['disabled', 'authctl user enable alice'],
    ['expiry', 'authctl user expire alice --never'],
    ['lock', 'authctl user unlock alice'],
    ['password', 'authctl reset issue alice'],
  ]);

  let token = '';
  for (const [, mend] of problems(explanation)) {
    const seen = await cli.run(`${mend}`.replace('authctl ', ''));
    expect(seen.exitCode, `${mend}`).toBe(0);
    token = seen.stdout;
  }
  const file = cli.file('token.txt', token);
  await cli.json(`reset redeem --token-file ${file} --password-stdin`, { stdin: goodPassword });
  expect(await explain(cli)).toMatchObject({ canLogIn: true });
  expect((await cli.login('alice')).exitCode).toBe(0);
});

test('a hash that nobody can verify is a problem', async () => {
  const cli = await scene();
  await cli.add('alice');
  const set = (hash: string) =>
    cli.sql((database) => database.prepare('update users set password_hash = ?').run(hash));
  set('no-hash-at-all');
  expect((await explain(cli)).findings[5]).toMatchObject({
    ...{ check: 'password', state: 'problem', detail: 'the hash is of no known scheme' },
  });
  set('$2b$31$abcdefghijklmnopqrstuuktlzWFaVd/9H4BOUr5bN66kU21BDrmW');
  const { detail, state } = (await explain(cli)).findings[5] ?? {};
  expect([state, detail]).toEqual(['problem', expect.stringMatching(/^bcrypt, which is not supported: ./)]);
});

test('for people it is a list, with the command below each problem', async () => {
  const cli = await scene();
  await cli.add('alice');
  await cli.json('user lock alice --reason "lost laptop"');
  await cli.login('alice', 'Wrong-password-9');
  await cli.json('reset issue alice');
  const { stdout } = await cli.run('user explain alice');
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^User {11}alice \([0-9a-f-]{36}\)$/);
  expect(lines[1]).toBe('Login          refused');
  expect(stdout).toMatch(
    /^Lock {11}problem: locked by an administrator until unlocked, since \S+ \S+Z: lost laptop\n {15}mend: authctl user unlock alice$/m,
  );
  expect(stdout).toMatch(
    /^Reset {10}note: a token is open until \S+ \S+Z, issued by tester\n {15}end: authctl reset revoke alice$/m,
  );
  expect(lines.at(-1)).toMatch(/^Refused {8}\S+ \S+Z {2}user\.login locked, by tester \(tester at \S+\)$/);
});

test('refused sessions and tokens are no refused attempts at the password', async () => {
  const cli = await scene();
  await cli.add('alice');
  const { session } = await cli.json<{ session: { token: string } }>(
    'user login alice --session --password-stdin',
    { stdin: goodPassword },
  );
  await cli.login('alice', 'Wrong-password-9');
  cli.pass(31 * 60_000);
  expect((await cli.run('session verify --token-stdin', { stdin: session.token })).exitCode).toBe(3);
  expect((await cli.events('--user alice')).at(-1)).toMatchObject({
    action: 'session.verify',
    outcome: 'refused',
  });

  const { failedAttempts } = await explain(cli);
  expect(failedAttempts.map(({ action, reason }) => [action, reason])).toEqual([
    ['user.login', 'wrong-password'],
  ]);
});
