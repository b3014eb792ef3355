import { expect, test } from 'vitest';
import { databaseKind, dropGuards } from '../../../databases/database.ts';
import { goodPassword, type Scene, scene } from '../../scene.ts';

const onFiles = test.runIf(databaseKind === 'sqlite');

const unknownId = '01970000-0000-7000-8000-000000000000';

/** A database with two users, a session, a token and a former password; statements on it, past the program. */
async function damagedBy(statement: string): Promise<Scene> {
  const cli = await scene();
  await cli.json('policy set passwordHistory=2');
  await cli.add('alice', 'bob');
  await cli.run('user passwd alice --password-stdin', { stdin: 'Another-horse-2' });
  await cli.run('user login bob --session --password-stdin', { stdin: goodPassword });
  await cli.json('reset issue bob');
  cli.sql((database) => {
    dropGuards(database);
    database.exec(statement);
  });
  return cli;
}

interface Shown {
  check: string;
  state: string;
  detail: string;
}

/** What `db check` says of stored values; fails unless it exits 9 without a stack. */
async function checked(cli: Scene): Promise<Map<string, Shown>> {
  const { exitCode, stdout, stderr } = await cli.run('db check --json');
  expect(stderr).not.toMatch(/bug|^ +at /m);
  expect(exitCode).toBe(9);
  return new Map((JSON.parse(stdout) as Shown[]).map((one) => [one.check, one]));
}

const policy = (text: string) => `insert or replace into settings (name, value) values ('policy', ${text})`;
const alice = (change: string) => `update users set ${change} where username_key = 'alice'`;

const users = [
  ...['created_at', 'updated_at', 'locked_at', 'locked_until', 'expires_at', 'last_login_at'],
  ...['password_changed_at', 'disabled_at', 'deleted_at', 'email_verified_at'],
];

onFiles.each<readonly [statement: string, place: string]>([
  ...users.map((column) => [alice(`${column} = 'x'`), `users.${column}`] as const),
  [alice(`created_at = '2024-13-01T00:00:00.000Z'`), 'users.created_at'],
  [alice(`created_at = '2024-02-31T00:00:00.000Z'`), 'users.created_at'],
  [alice(`created_at = '2024-02-01T24:00:00.000Z'`), 'users.created_at'],
  [alice(`password_hash = x'00ff'`), 'users.password_hash'],
  [alice(`failed_attempts = 'many'`), 'users.failed_attempts'],
  [alice(`failed_attempts = -1`), 'users.failed_attempts'],
  [alice(`consecutive_failures = 1.5`), 'users.consecutive_failures'],
  [alice(`version = 0`), 'users.version'],
  [alice(`must_change_password = 7`), 'users.must_change_password'],
  [alice(`lock_kind = 'other'`), 'users.lock_kind'],
  [alice(`username = 'alicf'`), 'users.username_key'],
  [alice(`email = 'a@example.org'`), 'users.email_key'],
  [alice(`username = cast(x'616cff' as text)`), 'users.username_key'],
])(
  '%s: the user is refused with exit 9, the others go on, and db check names %s',
  async (statement, place) => {
    const cli = await damagedBy(statement);
    const [table, column] = place.split('.');

    const shown = await cli.fails('user show alice');
    expect(shown).toMatchObject({ exitCode: 9, code: 'database-damaged' });
    expect(shown.message).toContain(`${table}.${column} of row`);
    expect(await cli.run('user show bob')).toMatchObject({ exitCode: 0 });
    expect(await cli.run('user login bob --password-stdin', { stdin: goodPassword })).toMatchObject({
      exitCode: 0,
    });
    const list = place === 'users.deleted_at' ? 'user list --deleted' : 'user list';
    expect(await cli.fails(list)).toMatchObject({ exitCode: 9 });

    const login = await cli.fails('user login alice --password-stdin', { stdin: 'Another-horse-2' });
    expect(login).toMatchObject({ exitCode: 3, code: 'login-refused' });
    expect((await cli.events()).at(-1)).toMatchObject({
      action: 'user.login',
      outcome: 'refused',
      detail: { reason: 'damaged-data' },
    });
    expect((await checked(cli)).get('values')?.detail).toContain(`${place} in 1 row`);
  },
);

onFiles.each([
  policy(`''`),
  policy(`'{"lockoutThr'`),
  policy(`x'00ff'`),
  policy(`'null'`),
  policy(`'[]'`),
  policy(`'{"lockoutThreshold":"banana"}'`),
  policy(`'{"bcryptCost":99}'`),
  policy(`'{"bcryptCost":"4"}'`),
  policy(`'{"sessionLifetime":"x"}'`),
  policy(`'{"resetLifetime":1e300}'`),
  policy(`'{"usernameCharacters":5}'`),
  policy(`'{"noSuchRule":5}'`),
])('%s: commands that need the policy exit 9, and db check names it', async (statement) => {
  const cli = await damagedBy(statement);
  for (const line of ['policy show', 'user login bob --password-stdin']) {
    const error = await cli.fails(line, { stdin: goodPassword });
    expect(error).toMatchObject({ exitCode: 9, code: 'database-damaged' });
    expect(error.message).toContain('settings.value of row "policy"');
  }
  expect(await cli.run('user show bob')).toMatchObject({ exitCode: 0 });
  expect((await checked(cli)).get('values')?.detail).toContain(
    'settings.value in 1 row (the first: "policy")',
  );
});

onFiles.each([
  [`update sessions set expires_at = 'x'`, 'sessions.expires_at', 'session list'],
  [`update sessions set idle_expires_at = '9'`, 'sessions.idle_expires_at', 'session list'],
  [`update sessions set token_hash = 'x'`, 'sessions.token_hash', undefined],
  [`update sessions set user_id = '${unknownId}'`, 'sessions.user_id', undefined],
  [`update one_time_tokens set expires_at = 'x'`, 'one_time_tokens.expires_at', 'reset list'],
  [`update one_time_tokens set user_id = '${unknownId}'`, 'one_time_tokens.user_id', undefined],
  [`update one_time_tokens set kind = 'other'`, 'one_time_tokens.kind', undefined],
  [`update password_history set password_hash = 'x'`, 'password_history.password_hash', undefined],
  [`update password_history set user_id = '${unknownId}'`, 'password_history.user_id', undefined],
  [`update users set id = '${unknownId}' where username_key = 'bob'`, 'sessions.user_id', undefined],
  [alice(`password_hash = 'not a hash'`), 'users.password_hash', undefined],
])('%s: db check names %s', async (statement, place, line) => {
  const cli = await damagedBy(statement);
  if (line !== undefined) {
    expect(await cli.fails(line)).toMatchObject({ exitCode: 9, code: 'database-damaged' });
  }
  expect((await checked(cli)).get('values')?.detail).toContain(`${place} in 1 row`);
});

onFiles.each([
  ...['seq - 1', '0', '-1', `'x'`, '1000000000000000000'].map((seq) => `update audit_head set seq = ${seq}`),
  `update audit_head set hash = 'x'`,
])('%s: nothing is written, exit 9', async (statement) => {
  const cli = await damagedBy(statement);
  for (const line of ['user lock bob', 'user add carol --no-password', 'audit verify']) {
    expect(await cli.fails(line)).toMatchObject({ exitCode: 9 });
  }
  expect(await cli.run('user show bob')).toMatchObject({ exitCode: 0 });
  await checked(cli);
});

onFiles.each(['null', '[]', '{}', '{"at":5}', 'x'])(
  'an event whose payload is %s is exit 9 where it is shown or verified',
  async (payload) => {
    const cli = await damagedBy(`update audit_events set payload = '${payload}' where seq = 2`);
    for (const line of ['audit show', 'audit verify']) {
      expect(await cli.fails(line)).toMatchObject({ exitCode: 9, code: 'audit-damaged' });
    }
    expect(await cli.run('user show bob')).toMatchObject({ exitCode: 0 });
    await checked(cli);
  },
);

onFiles('an export, a hash report and a listing of a damaged user are exit 9', async () => {
  const cli = await damagedBy(alice(`created_at = 'x', password_hash = x'00'`));
  for (const line of [
    'user export --format json',
    'hash report',
    'user list',
    'user lock --where status=active --yes',
  ]) {
    expect(await cli.fails(line)).toMatchObject({ exitCode: 9, code: 'database-damaged' });
  }
});

test('a whole database is found whole, with every value of every table read', async () => {
  const cli = await scene();
  await cli.add('alice');
  await cli.run('user login alice --session --password-stdin', { stdin: goodPassword });
  await cli.run('user login nobody --password-stdin', { stdin: goodPassword });
  await cli.json('reset issue alice');
  await cli.json('user lock alice --for 1h');
  const { exitCode, stdout } = await cli.run('db check --json');
  expect(exitCode).toBe(0);
  const found = (JSON.parse(stdout) as Shown[]).find(({ check }) => check === 'values');
  expect(found).toMatchObject({ state: 'ok', detail: expect.stringMatching(/^\d{2} rows, with values/) });
});
