import { expect, test } from 'vitest';
import { type Scene, type ShownUser, scene } from '../../scene.ts';

/** Users in every status, with and without a value in every field to sort by. */
async function crowd(): Promise<Scene> {
  const cli = await scene();
  const names = [
    'anna',
    'Bert',
    'carl',
    'dora',
    'emil',
    'fritz',
    'gerda',
    'hans',
    'ida',
    'jürgen',
    'zoë',
    'Öde',
  ];
  for (const [index, name] of names.entries()) {
    const email = index % 3 === 0 ? '' : `--email ${index % 2 ? 'X' : 'a'}${index}@example.org`;
    await cli.json(`user add ${name} ${email} --no-password --first-name "${name}-first"`);
  }
  await cli.json('user lock dora');
  await cli.json('user lock emil --for 1h');
  await cli.json('user disable fritz');
  await cli.json('user lock fritz');
  cli.sql((database) =>
    database.exec(`
      update users set expires_at = '2026-01-01T00:00:00.000Z' where username in ('gerda', 'fritz');
      update users set expires_at = '2099-01-01T00:00:00.000Z' where username = 'hans';
      update users set deleted_at = '2026-01-01T00:00:00.000Z' where username in ('ida');
      update users set locked_at = '2026-01-01T00:00:00.000Z', locked_until = '2026-01-02T00:00:00.000Z' where username = 'carl';
      update users set last_login_at = '2026-01-01T00:00:00.000Z' where username in ('anna', 'Bert', 'dora');
      update users set last_login_at = '2026-01-02T00:00:00.000Z' where username in ('carl');
      update users set created_at = '2026-01-02T00:00:00.000Z' where username in ('carl', 'hans', 'zoë');
    `),
  );
  return cli;
}

const names = (users: ShownUser[]) => users.map((user) => user.username);

test.each([
  ['', ['anna', 'Bert', 'carl', 'dora', 'emil', 'fritz', 'gerda', 'hans', 'jürgen', 'zoë', 'Öde']],
  ['--status active', ['anna', 'Bert', 'carl', 'hans', 'jürgen', 'zoë', 'Öde']],
  ['--status locked', ['dora', 'emil']],
  ['--status disabled', ['fritz']],
  ['--status expired', ['gerda']],
  ['--status deleted', ['ida']],
  ['--search AN', ['anna', 'hans']],
  ['--search example.org', ['Bert', 'carl', 'emil', 'fritz', 'hans', 'zoë', 'Öde']],
  ['--search Öde', ['Öde']],
  ['--search JU\u0308RGEN', ['jürgen']],
  ['--search ÖDE-FIRST', ['Öde']],
  ['--search zoË-first', ['zoë']],
  ['--search zoë --status locked', []],
  ['--search o --status locked', ['dora', 'emil']],
  ['--search nobody', []],
  ['--status active --limit 2', ['anna', 'Bert']],
  ['--status active --after Bert --limit 2', ['carl', 'hans']],
])('user list %s', async (options, expected) => {
  const { json, run } = await crowd();
  const users = await json<ShownUser[]>(`user list ${options}`);
  expect(names(users)).toEqual(expected);
  const status = /--status (\w+)/.exec(options)?.[1];
  if (status) for (const user of users) expect(user.status).toBe(status);
  if (!options.includes('--limit')) {
    expect(await json(`user list ${options} --count`)).toEqual({ count: expected.length });
    expect((await run(`user list ${options} --count`)).stdout).toBe(`${expected.length}\n`);
  }
});

test('a search term is text, not a pattern', async () => {
  const cli = await scene();
  for (const [index, first] of ['50%', 'a_b', 'axb', "O'Neil", 'a!b', 'a\\b', 'q*r'].entries()) {
    await cli.json(`user add user${index}x --first-name "${first}" --no-password`);
  }
  for (const [text, count] of [
    ['%', 1],
    ['_b', 1],
    ['a_b', 1],
    ["O'N", 1],
    ['!', 1],
    ['\\', 1],
    ['*', 1],
    ['a', 4],
  ] as const) {
    expect((await cli.json<ShownUser[]>(`user list --search ${text}`)).length, text).toBe(count);
  }
});

const sorts = ['username', 'email', 'createdAt', 'lastLoginAt'].flatMap((field) => [
  [field, ''],
  [field, '--desc'],
]);

test.each(sorts)('sorted by %s %s, pages of every size hold every user once', async (field, desc) => {
  const { json, run } = await crowd();
  const whole = names(await json<ShownUser[]>(`user list --sort ${field} ${desc}`));
  expect(new Set(whole).size).toBe(11);
  for (const size of [1, 2, 5, 11]) {
    const seen: string[] = [];
    let rest = '';
    for (let page = 0; page <= 11; page += 1) {
      const { stdout, stderr, exitCode } = await run(
        `user list --sort ${field} ${desc} --limit ${size} ${rest} --json`,
      );
      expect(exitCode).toBe(0);
      const users: ShownUser[] = JSON.parse(stdout);
      seen.push(...names(users));
      if (stderr === '') break;
      const { note } = JSON.parse(stderr);
      expect(note).toBe(`there are more users; go on with --after ${users.at(-1)?.username}`);
      rest = `--after ${users.at(-1)?.username}`;
    }
    expect(seen).toEqual(whole);
  }
});

test('users without a value come first, or last in descending order', async () => {
  const { json } = await crowd();
  const emails = async (options: string) =>
    (await json<ShownUser[]>(`user list --sort email ${options}`)).map((user) => user.email);
  const up = await emails('');
  expect(up.filter((email) => email === null)).toHaveLength(4);
  expect(up.slice(0, 4)).toEqual([null, null, null, null]);
  const keys = up.slice(4).map((email) => email?.toLowerCase());
  expect(keys).toEqual([...keys].sort());
  expect(await emails('--desc')).toEqual([...up].reverse());
  const logins = (await json<ShownUser[]>('user list --sort lastLoginAt --desc')).map(
    (user) => user.lastLoginAt,
  );
  expect(logins.slice(0, 5)).toEqual([
    '2026-01-02T00:00:00.000Z',
    ...Array(3).fill('2026-01-01T00:00:00.000Z'),
    null,
  ]);
});

test('a list that fits says nothing of more', async () => {
  const { run } = await crowd();
  expect((await run('user list --limit 11')).stderr).toBe('');
  expect((await run('user list --limit 12')).stderr).toBe('');
  expect((await run('user list --limit 10')).stderr).toBe('there are more users; go on with --after zoë\n');
  expect((await run('user list --limit 10 --after anna')).stderr).toBe('');
});

test('long lists come in pages and lose nothing', async () => {
  const { sql, json, run } = await scene();
  sql((database) => {
    const add = database.prepare(
      `insert into users (id, username, username_key, created_at, created_by, updated_at, updated_by)
       values (?, ?, ?, '2026-01-01T00:00:00.000Z', 'op', '2026-01-01T00:00:00.000Z', 'op')`,
    );
    for (let index = 0; index < 1203; index += 1) {
      const suffix = String(index).padStart(12, '0');
      add.run(`0192d3a0-0000-7000-8000-${suffix}`, `user${index}`, `user${index}`);
    }
  });
  const ids = (await run('user list --sort createdAt -o ids')).stdout.trimEnd().split('\n');
  expect(new Set(ids).size).toBe(1203);
  expect((await run('user list -o ndjson')).stdout.trimEnd().split('\n')).toHaveLength(1203);
  expect(await json<unknown[]>('user list')).toHaveLength(1203);
  expect((await run('user list -o csv')).stdout.trimEnd().split('\n')).toHaveLength(1204);
  const table = (await run('user list')).stdout.split('\n');
  expect(table.filter((line) => line.startsWith('USERNAME'))).toHaveLength(1);
  expect(table).toHaveLength(1205);
});
