import { expect, test } from 'vitest';
import { goodPassword, minute, type Scene, scene } from '../../scene.ts';

const hour = 60 * minute;

interface Times {
  id: string;
  createdAt: string;
  lastUsedAt: string;
  idleExpiresAt: string;
  expiresAt: string;
}
interface Opened {
  mustChangePassword: boolean;
  session: { id: string; token: string; idleExpiresAt: string; expiresAt: string };
}
interface Verified {
  session: Times;
  user: { id: string; username: string; status: string };
}
interface Listed extends Times {
  userId: string;
  username: string;
}

/** Opens a session; gives its token. */
async function open(cli: Scene, name = 'alice'): Promise<string> {
  const { session } = await cli.json<Opened>(`user login ${name} --session --password-stdin`, {
    stdin: goodPassword,
  });
  return session.token;
}

const verify = (cli: Scene, stdin: string) => cli.json<Verified>('session verify --token-stdin', { stdin });

async function isGood(cli: Scene, stdin: string): Promise<boolean> {
  const { exitCode, stdout, stderr } = await cli.run('session verify --token-stdin', { stdin });
  if (exitCode === 0) return true;
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 3,
    stdout: '',
    stderr: 'error: session refused\n',
  });
  return false;
}

async function sceneWithAlice(): Promise<Scene> {
  const cli = await scene();
  await cli.add('alice');
  return cli;
}

const msBetween = (one: string, other: string) => Date.parse(other) - Date.parse(one);

test('a login opens a session when asked to; its token is told once and kept nowhere', async () => {
  const cli = await sceneWithAlice();
  const { id } = await cli.user('alice');
  const login = await cli.json<Opened>('user login alice --session --password-stdin', {
    stdin: goodPassword,
  });
  expect(Object.keys(login.session)).toEqual(['id', 'token', 'idleExpiresAt', 'expiresAt']);
  const { token } = login.session;
  expect(token).toMatch(/^authctl_session_[A-Za-z0-9_-]{43}$/);

  const { session, user } = await verify(cli, token);
  expect(user).toMatchObject({ id, username: 'alice', status: 'active' });
  expect(session).toEqual({
    id: login.session.id,
    createdAt: expect.any(String),
    lastUsedAt: session.createdAt,
    idleExpiresAt: login.session.idleExpiresAt,
    expiresAt: login.session.expiresAt,
  });
  expect(msBetween(session.createdAt, session.idleExpiresAt)).toBe(30 * minute);
  expect(msBetween(session.createdAt, session.expiresAt)).toBe(12 * hour);
  expect(cli.contents()).not.toContain(token);
  const events = await cli.events('--user alice');
  expect(events.map(({ action, requestId }) => [action, requestId])).toEqual([
    ['user.add', expect.any(String)],
    ['user.login', events[2]?.requestId],
    ['session.create', events[1]?.requestId],
  ]);
  expect(events[2]).toMatchObject({ targetName: 'alice', detail: { session: session.id } });
});

test('in a table the token stands alone on standard output', async () => {
  const cli = await sceneWithAlice();
  const seen = await cli.run('user login alice --session --password-stdin', { stdin: goodPassword });
  expect(seen).toMatchObject({ exitCode: 0, stderr: 'login of "alice" ok\n' });
  expect(seen.stdout).toMatch(/^authctl_session_[\w-]{43}\n$/);
  const shown = await cli.run('session verify --token-stdin', { stdin: seen.stdout });
  expect(shown.stdout).toMatch(
    /^User +alice\nUser id +[0-9a-f-]{36}\nSession +[0-9a-f-]{36}\nEnds unused +\S+ \S+Z\nEnds/,
  );
  const { id } = await cli.user('alice');
  expect((await cli.run('session verify --token-stdin -o ids', { stdin: seen.stdout })).stdout).toBe(
    `${id}\n`,
  );
});

test('without --session a login opens none, and a refused one opens none either', async () => {
  const cli = await sceneWithAlice();
  expect(await cli.json('user login alice --password-stdin', { stdin: goodPassword })).not.toHaveProperty(
    'session',
  );
  const refused = await cli.run('user login alice --session --password-stdin', { stdin: 'Wrong-password-9' });
  expect(refused).toEqual({ exitCode: 3, stdout: '', stderr: 'error: login refused\n' });
  expect(await cli.json('session list')).toEqual([]);
});

test('whoever must change the password gets no session, and standard output stays empty', async () => {
  const cli = await sceneWithAlice();
  await cli.json('user set alice --must-change');
  const hint =
    'no session until the password is changed: authctl user passwd alice --old-password-file FILE --password-stdin';
  const login = { stdin: goodPassword };
  expect(await cli.run('user login alice --session --password-stdin', login)).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `${hint}\nlogin of "alice" ok; the password must be changed\n`,
  });
  const seen = await cli.run('user login alice --session --password-stdin --json', login);
  expect(seen.exitCode).toBe(0);
  expect(JSON.parse(seen.stdout)).toMatchObject({ outcome: 'ok', mustChangePassword: true, session: null });
  expect(JSON.parse(seen.stderr)).toEqual({ note: hint });
  expect(await cli.json('session list')).toEqual([]);
  await cli.json('user set alice --no-must-change');
  await cli.json('policy set passwordMaxAge=30d');
  expect(await isGood(cli, await open(cli))).toBe(true);
  cli.pass(31 * 24 * hour);
  expect((await cli.run('user login alice --session --password-stdin', login)).stdout).toBe('');
});

test('every token that is not good is refused with the same words', async () => {
  const cli = await sceneWithAlice();
  const token = await open(cli);
  const others = ['', 'x', token.slice(0, -1), `${token}A`, token.replace('session', 'reset'), ` ${token}`];
  const invented = `authctl_session_${'A'.repeat(43)}`;
  for (const text of [...others, invented, `${token}\n\n`, 'a'.repeat(100_000), '\0']) {
    expect(await isGood(cli, text)).toBe(false);
  }
  expect(await cli.fails('session verify --token-stdin', { stdin: invented })).toEqual({
    exitCode: 3,
    code: 'session-refused',
    message: 'session refused',
  });
  for (const ending of ['', '\n', '\r\n']) expect(await isGood(cli, token + ending)).toBe(true);
});

test('every refusal is an event with its reason, and nothing of the token', async () => {
  const cli = await sceneWithAlice();
  const { id } = await cli.user('alice');
  const { session } = await cli.json<Opened>('user login alice --session --password-stdin', {
    stdin: goodPassword,
  });
  const invented = cli.secret(`authctl_session_${'B'.repeat(43)}`);
  const typed = cli.secret('My-password-by-mistake-1');
  const before = (await cli.events()).length;

  for (const text of [invented, typed]) expect(await isGood(cli, text)).toBe(false);
  cli.pass(30 * minute);
  expect(await isGood(cli, session.token)).toBe(false);
  await cli.json('user lock alice');
  expect(await isGood(cli, session.token)).toBe(false);

  const told = (await cli.events()).slice(before).filter(({ action }) => action === 'session.verify');
  expect(told.map(({ outcome, target, detail }) => ({ outcome, target, detail }))).toEqual([
    { outcome: 'refused', target: null, detail: { reason: 'unknown-session' } },
    { outcome: 'refused', target: null, detail: { reason: 'unknown-session' } },
    { outcome: 'refused', target: id, detail: { reason: 'session-expired', session: session.id } },
    { outcome: 'refused', target: null, detail: { reason: 'unknown-session' } },
  ]);
  expect(await cli.json('audit verify')).toMatchObject({ ok: true });
});

test('a use puts off the idle limit, is written once a minute at most, and never beyond the last', async () => {
  const cli = await sceneWithAlice();
  const token = await open(cli);
  const first = (await verify(cli, token)).session;
  const events = await cli.events();
  cli.pass(40_000);
  expect((await verify(cli, token)).session).toEqual(first);
  cli.pass(21_000);
  const later = (await verify(cli, token)).session;
  expect(msBetween(first.idleExpiresAt, later.idleExpiresAt)).toBeGreaterThanOrEqual(61_000);
  expect(msBetween(later.lastUsedAt, later.idleExpiresAt)).toBe(30 * minute);
  expect((await verify(cli, token)).session).toEqual(later);

  cli.pass(29 * minute);
  expect(await isGood(cli, token)).toBe(true);
  cli.pass(30 * minute);
  expect(await cli.events()).toEqual(events);
  expect(await isGood(cli, token)).toBe(false);

  const long = await open(cli);
  for (let passed = 0; passed < 11.5 * hour; passed += 29 * minute) {
    expect(await isGood(cli, long)).toBe(true);
    cli.pass(29 * minute);
  }
  const last = (await verify(cli, long)).session;
  expect(last.idleExpiresAt).toBe(last.expiresAt);
  cli.pass(29 * minute);
  expect(await isGood(cli, long)).toBe(false);
});

test('the policy says how long sessions last', async () => {
  const cli = await sceneWithAlice();
  await cli.json('policy set sessionIdleTimeout=5m sessionLifetime=8m');
  const token = await open(cli);
  cli.pass(4 * minute);
  const { session } = await verify(cli, token);
  expect(msBetween(session.createdAt, session.expiresAt)).toBe(8 * minute);
  expect(session.idleExpiresAt).toBe(session.expiresAt);
  cli.pass(4 * minute);
  expect(await isGood(cli, token)).toBe(false);
});

const dump = (fields: object) => JSON.stringify([{ username: 'alice', ...fields }]);

test.each<[string, string, string | undefined]>([
  ['a new password', 'user passwd alice --generate', undefined],
  ['asking for another password', 'user set alice --must-change', undefined],
  ['a lock', 'user lock alice --for 1m', undefined],
  ['disabling', 'user disable alice', undefined],
  ['deleting', 'user delete alice --yes', undefined],
  ['an expiry that has passed', 'user expire alice --at 2020-01-01', undefined],
  [
    'a password that is imported',
    'user import - --on-conflict update --update-passwords',
    dump({ password: 'Another-horse-2' }),
  ],
  [
    'an import that asks for another password',
    'user import - --on-conflict update --allow-no-password',
    dump({ mustChangePassword: true }),
  ],
  [
    'an import that disables',
    'user import - --on-conflict update --allow-no-password',
    dump({ disabled: true }),
  ],
])('%s ends the sessions of the user, and of nobody else', async (_what, line, stdin) => {
  const cli = await sceneWithAlice();
  await cli.add('bob');
  const [one, other, of] = [await open(cli), await open(cli), await open(cli, 'bob')];

  await cli.json(line, stdin === undefined ? {} : { stdin });

  for (const token of [one, other]) expect(await isGood(cli, token)).toBe(false);
  expect(await isGood(cli, of)).toBe(true);
  expect((await cli.json<Listed[]>('session list')).map(({ username }) => username)).toEqual(['bob']);
  expect((await cli.events('--user alice')).at(-1)?.detail).toMatchObject({ endedSessions: 2 });
  // What has been ended does not come back.
  for (const undo of ['restore alice', 'unlock alice', 'enable alice', 'expire alice --never']) {
    await cli.json(`user ${undo}`);
  }
  for (const token of [one, other]) expect(await isGood(cli, token)).toBe(false);
});

test('asking everybody for another password ends the sessions of everybody', async () => {
  const cli = await sceneWithAlice();
  await cli.add('bob');
  const tokens = [await open(cli), await open(cli, 'bob')];

  await cli.json('user passwd --all --must-change --yes');

  for (const token of tokens) expect(await isGood(cli, token)).toBe(false);
  await cli.json('user set --where status=active --no-must-change --yes');
  for (const token of tokens) expect(await isGood(cli, token)).toBe(false);
});

test('what is no reason to throw anybody out ends no session', async () => {
  const cli = await sceneWithAlice();
  const token = await open(cli);
  await cli.json('user set alice --first-name Alice --email alice@example.org --username alicia');
  await cli.json('policy set bcryptCost=5 lockoutThreshold=2');
  expect((await cli.login('alicia')).exitCode).toBe(0);
  expect((await cli.events('--limit 1'))[0]).toMatchObject({ action: 'user.rehash' });
  expect(await isGood(cli, token)).toBe(true);
  for (let attempt = 0; attempt < 3; attempt += 1) await cli.login('alicia', 'Wrong-password-9');
  expect(await cli.user('alicia')).toMatchObject({ status: 'locked' });
  expect((await verify(cli, token)).user).toMatchObject({ username: 'alicia', status: 'locked' });
  expect(await cli.json('session list')).toHaveLength(1);
});

test('a session ends when its user expires, without anybody doing anything', async () => {
  const cli = await sceneWithAlice();
  const until = new Date(Date.now() + 10 * minute).toISOString();
  const token = await open(cli);
  await cli.json(`user expire alice --at ${until}`);
  expect(await isGood(cli, token)).toBe(true);
  cli.pass(11 * minute);
  expect(await isGood(cli, token)).toBe(false);
  expect(await cli.json('session list')).toEqual([]);
  await cli.json('user expire alice --never');
  expect(await isGood(cli, token)).toBe(false);
});

test('sessions are listed with their times, oldest first, and without any token', async () => {
  const cli = await sceneWithAlice();
  await cli.add('bob');
  const tokens = [await open(cli), await open(cli, 'bob'), await open(cli)];
  const all = await cli.json<Listed[]>('session list');
  expect(all.map(({ username }) => username)).toEqual(['alice', 'bob', 'alice']);
  expect(Object.keys(all[0] ?? {})).toEqual([
    ...['id', 'userId', 'username', 'createdAt', 'lastUsedAt', 'idleExpiresAt', 'expiresAt'],
  ]);
  const { id } = await cli.user('bob');
  expect(await cli.json('session list --user bob')).toEqual(all.filter(({ userId }) => userId === id));
  const table = await cli.run('session list');
  expect(table.stdout).toMatch(/^ID +USER +LAST USED +ENDS UNUSED +ENDS\n/);
  for (const token of tokens) expect(table.stdout).not.toContain(token);
  expect((await cli.run('session list -o ids')).stdout).toBe(all.map((one) => `${one.id}\n`).join(''));
  expect(await cli.fails('session list --user nobody')).toMatchObject({
    exitCode: 5,
    code: 'user-not-found',
  });
  cli.pass(31 * minute);
  expect(await cli.run('session list')).toEqual({ exitCode: 0, stdout: '', stderr: 'no sessions found\n' });
});

test('one session is ended by its id', async () => {
  const cli = await sceneWithAlice();
  const [one, other] = [await open(cli), await open(cli)];
  const { id } = (await verify(cli, one)).session;
  expect((await cli.run(`session revoke ${id}`)).stdout).toBe(`session "${id}" ended\n`);
  expect(await isGood(cli, one)).toBe(false);
  expect(await isGood(cli, other)).toBe(true);
  expect((await cli.events('--action session.revoke')).at(-1)).toMatchObject({
    ...{ action: 'session.revoke', targetName: 'alice', detail: { session: id } },
  });
  expect(await cli.fails(`session revoke ${id}`)).toMatchObject({ exitCode: 5, code: 'session-not-found' });
});

test.each(['session revoke --user alice', 'session revoke --user alice --all'])(
  '%s ends all sessions of the user',
  async (line) => {
    const cli = await sceneWithAlice();
    await cli.add('bob');
    const tokens = [await open(cli), await open(cli)];
    const bobs = await open(cli, 'bob');
    expect((await cli.run(line)).stdout).toBe('2 sessions of user "alice" ended\n');
    for (const token of tokens) expect(await isGood(cli, token)).toBe(false);
    expect(await isGood(cli, bobs)).toBe(true);
    expect((await cli.events('--action session.revoke')).at(-1)).toMatchObject({
      ...{ action: 'session.revoke', targetName: 'alice', detail: { count: 2 } },
    });
    const before = cli.contents();
    expect(await cli.json(line)).toEqual({ ended: 0 });
    expect(cli.contents()).toBe(before);
  },
);

test("everybody's sessions are ended by --all, which needs --yes where nobody can be asked", async () => {
  const cli = await sceneWithAlice();
  await cli.add('bob');
  const tokens = [await open(cli), await open(cli, 'bob')];
  expect(await cli.fails('session revoke --all')).toMatchObject({
    ...{ exitCode: 2, code: 'confirmation-needed', message: 'this ends the sessions of all users' },
  });
  expect(await isGood(cli, tokens[0] ?? '')).toBe(true);
  expect(await cli.json('session revoke --all --yes')).toEqual({ ended: 2 });
  for (const token of tokens) expect(await isGood(cli, token)).toBe(false);
  expect((await cli.events('--action session.revoke')).at(-1)).toMatchObject({
    ...{ action: 'session.revoke', target: null, detail: { count: 2, all: true } },
  });
});

test.each(['', 'some-id --user alice', 'some-id --all'])(
  'session revoke %s is not enough or too much',
  async (rest) => {
    const cli = await sceneWithAlice();
    expect(await cli.fails(`session revoke ${rest}`)).toMatchObject({ exitCode: 2, code: 'usage' });
  },
);

test('prune removes what has expired and nothing else', async () => {
  const cli = await sceneWithAlice();
  await open(cli);
  await open(cli);
  cli.pass(20 * minute);
  const later = await open(cli);
  expect(await cli.json('session prune')).toEqual({ pruned: 0 });
  cli.pass(15 * minute);
  const before = (await cli.events()).length;
  expect((await cli.run('session prune')).stdout).toBe('2 sessions removed\n');
  const pruned = (await cli.events()).slice(before);
  expect(pruned).toMatchObject([{ action: 'session.prune', target: null, detail: { count: 2 } }]);
  expect(await isGood(cli, later)).toBe(true);
  expect(await cli.json('session prune')).toEqual({ pruned: 0 });
});

test('purging a user removes the sessions too', async () => {
  const cli = await sceneWithAlice();
  const token = await open(cli);
  await cli.json('user delete alice');
  await cli.json('user purge alice --yes');
  await cli.add('alice');
  expect(await isGood(cli, token)).toBe(false);
});

test('a token comes by a file or by standard input, never as an argument', async () => {
  const cli = await sceneWithAlice();
  const token = await open(cli);
  const file = cli.file('token.txt', `${token}\n`);
  expect((await cli.json<Verified>(`session verify --token-file ${file}`)).user.username).toBe('alice');
  expect(await cli.fails(`session verify --token-file ${file} --token-stdin`)).toMatchObject({
    ...{ exitCode: 2, message: 'give --token-stdin or --token-file, not both' },
  });
  expect(await cli.fails('session verify')).toMatchObject({
    ...{ exitCode: 2, hint: 'use --token-stdin or --token-file' },
  });
  expect(await cli.fails(`session verify ${token}`)).toEqual({
    ...{ exitCode: 2, code: 'usage', message: expect.not.stringContaining(token) },
    hint: 'a token comes by --token-stdin or --token-file, where nobody else can read it',
  });
  expect(await cli.fails(`session verify --token-file ${cli.path('none')}`)).toMatchObject({
    ...{ exitCode: 8, code: 'file-unusable' },
  });
});
