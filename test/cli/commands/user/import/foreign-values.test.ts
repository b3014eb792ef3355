import { describe, expect, test } from 'vitest';
import { goodPassword, type ShownUser, scene } from '../../../scene.ts';
import { importDump } from './importing.ts';

interface StoredTimes {
  created_at: string;
  expires_at: string | null;
  last_login_at: string | null;
}

describe.each(['NULL', 'null', '\\N'])('%s in a dump is no value', (none) => {
  test('neither a name, nor an address, nor a time, nor a reason to keep the user out', async () => {
    const cli = await scene();
    const columns = 'username,password,email,first_name,last_name,is_active,expires_at,last_login,deleted_at';
    const row = `anna,${cli.secret(goodPassword)}${`,${none}`.repeat(7)}`;

    const { report } = await importDump(cli, cli.file('dump.csv', `${columns}\n${row}\n`));

    expect(report).toMatchObject({ rows: 1, created: 1, rejected: 0 });
    expect(await cli.user('anna')).toMatchObject({
      ...{ status: 'active', email: null, firstName: null, lastName: null, lastLoginAt: null },
      expiresAt: null,
    });
    expect((await cli.login('anna')).exitCode).toBe(0);
  });

  test('neither a username nor a password', async () => {
    const cli = await scene();
    const lines = [
      'username,password',
      `${none},${cli.secret(goodPassword)}`,
      `bert,${none}`,
      `carl,${none}`,
    ];

    const { report } = await importDump(cli, cli.file('dump.csv', `${lines.join('\n')}\n`));

    expect(report.rejects).toEqual([
      { code: 'no-username', count: 1, firstLine: 2 },
      { code: 'no-password', count: 2, firstLine: 3 },
    ]);
    await importDump(cli, cli.file('other.csv', `username,hash\nbert,${none}\n`), '--allow-no-password');
    expect(await cli.user('bert')).toMatchObject({ passwordScheme: null });
    expect((await cli.login('bert', none)).exitCode).toBe(3);
  });
});

test('a last name is kept although it reads like no value', async () => {
  const cli = await scene();
  const dump = cli.file('dump.csv', `username,password,last_name\nanna,${cli.secret(goodPassword)},Null\n`);
  await importDump(cli, dump);
  expect(await cli.user('anna')).toMatchObject({ lastName: 'Null' });
});

const noTimes = [
  ...['0000-00-00 00:00:00', '0000-00-00', '0000-00-00 00:00:00.000000', '0000-00-00T00:00:00Z'],
  // What .NET and Go write for a time that was never set.
  ...['0001-01-01 00:00:00', '0001-01-01T00:00:00', '0001-01-01T00:00:00Z', '0', 'infinity'],
];

test.each(noTimes)('the time %s was never', async (never) => {
  const cli = await scene();
  const dump = cli.file(
    'dump.csv',
    `username,password,deleted_at,expires_at,last_login,created_at\nanna,${cli.secret(goodPassword)},${never},${never},${never},${never}\n`,
  );

  const { report } = await importDump(cli, dump);

  expect(report).toMatchObject({ created: 1, rejected: 0 });
  const anna = await cli.user('anna');
  expect(anna).toMatchObject({ status: 'active', lastLoginAt: null, expiresAt: null });
});

const at = '2024-05-01T12:30:00.000Z';
const spellings: [unknown, string][] = [
  ...[
    '2024-05-01T12:30:00Z',
    '2024-05-01 12:30:00',
    '2024-05-01 12:30',
    '2024-05-01 12:30:00+00',
    '2024-05-01 12:30:00 UTC',
    '2024-05-01 12:30:00 +0000',
    '2024-05-01 14:30:00 +02:00',
    '2024-05-01 14:30:00+02',
    '2024-05-01 07:00:00.000000-0530',
    '2024-05-01 12:30:00 +0000 UTC',
    '2024-05-01T12:30:00.000Z[UTC]',
    '2024-05-01 12:30:00 GMT',
    '20240501T123000Z',
    '20240501123000',
    '1714566600',
    '1714566600.000',
    '1714566600000',
    '1714566600000000',
    1714566600,
    1714566600000,
    { $date: '2024-05-01T12:30:00Z' },
    { $date: 1714566600000 },
    { $date: { $numberLong: '1714566600000' } },
  ].map((spelling): [unknown, string] => [spelling, at]),
  ['2024-05-01', '2024-05-01T00:00:00.000Z'],
  ['20240501', '2024-05-01T00:00:00.000Z'],
  ['2024-05-01 12:30:00.123456+00', '2024-05-01T12:30:00.123Z'],
  ['2024-05-01 12:30:00,5', '2024-05-01T12:30:00.500Z'],
  ['1714566600.25', '2024-05-01T12:30:00.250Z'],
  [1714566600.25, '2024-05-01T12:30:00.250Z'],
  // Before 1973 in milliseconds is before 5138 in seconds.
  ['99999999999', '5138-11-16T09:46:39.000Z'],
  ['100000000000', '1973-03-03T09:46:40.000Z'],
  [{ $date: 1000 }, '1970-01-01T00:00:01.000Z'],
  ['9999-12-31 23:59:59', '9999-12-31T23:59:59.000Z'],
];

test('times are read as other systems write them', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  const records = spellings.map(([time], index) => ({
    username: `user${index}`,
    password: goodPassword,
    created_at: time,
    expires_at: time,
    last_login: time,
  }));
  const dump = cli.file('dump.ndjson', records.map((record) => `${JSON.stringify(record)}\n`).join(''));

  const { report } = await importDump(cli, dump);

  expect(report).toMatchObject({ created: spellings.length, rejects: [] });
  const stored = cli.sql((database) =>
    database
      .prepare<StoredTimes>('select created_at, expires_at, last_login_at from users order by id')
      .all(),
  );
  expect(stored.map((row, index) => [spellings[index]?.[0], Object.values(row)])).toEqual(
    spellings.map(([time, expected]) => [time, [expected, expected, expected]]),
  );
});

const unreadable: unknown[] = [
  ...['yesterday', 'Mon', '2024-02-30', '2024-13-01', '01/05/2024', '1 May 2024', '2024-05-01 25:00:00'],
  ...['2024-05-01 12:30:00 +99:00', '12345', '-1', '1e9', '99999999', '-infinity', '99999-01-01', 5, 1e300],
  ...[true, ['2024-05-01'], {}, { $date: 'soon' }, { $date: null, x: 1 }, '2024-05-01 12:30:00 Mars'],
];

test('what is no time is rejected, and its column can be left out', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  const records = unreadable.map((time, index) => ({
    username: `user${index}`,
    password: goodPassword,
    last_login: time,
  }));
  const dump = cli.file('dump.ndjson', records.map((record) => `${JSON.stringify(record)}\n`).join(''));

  const { report } = await importDump(cli, dump);

  expect(report.rejects).toEqual([{ code: 'invalid-time', count: unreadable.length, firstLine: 1 }]);
  const ignoring = await importDump(cli, dump, '--ignore last_login');
  expect(ignoring.report).toMatchObject({
    created: unreadable.length,
    rejected: 0,
    ignoredColumns: ['last_login'],
  });
  for (const user of await cli.json<ShownUser[]>('user list')) expect(user.lastLoginAt).toBeNull();
});

test('several columns are left out, and of two for one field the other is taken', async () => {
  const cli = await scene();
  const dump = cli.file(
    'dump.csv',
    `username,login,password,email,created,last_login\nOne,anna,${cli.secret(goodPassword)},-,?,?\n`,
  );
  const { report } = await importDump(cli, dump, '--ignore username,email --ignore created,last_login');
  expect(report).toMatchObject({
    created: 1,
    ignoredColumns: ['username', 'email', 'created', 'last_login'],
  });
  expect(await cli.user('anna')).toMatchObject({ email: null });
});

test('a column is not mapped and left out at once, and --ignore needs a name', async () => {
  const cli = await scene();
  const dump = cli.file('dump.csv', `username,nick,password\nanna,a,${cli.secret(goodPassword)}\n`);
  for (const options of ['--map username=nick --ignore nick', '--ignore ,']) {
    expect(await cli.fails(`user import ${dump} ${options}`)).toMatchObject({ exitCode: 2, code: 'usage' });
  }
  expect(await cli.json('user list')).toEqual([]);
});

test('the report says how many users came in who cannot log in', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  const lines = [
    'username,password,is_active,expires_at,deleted_at',
    `anna,${goodPassword},true,,`,
    `bert,${goodPassword},false,,`,
    `carl,${goodPassword},true,2020-01-01,`,
    `dora,${goodPassword},true,2999-01-01,`,
    `emil,${goodPassword},true,,2020-01-01`,
    `fritz,${goodPassword},false,2020-01-01,`,
  ];
  const dump = cli.file('dump.csv', `${lines.join('\n')}\n`);
  const rehearsed = JSON.parse((await cli.run(`user import ${dump} --dry-run --json`)).stdout);

  const seen = await cli.run(`user import ${dump} --json`);

  const report = JSON.parse(seen.stdout);
  expect(report).toMatchObject({ created: 6, disabled: 3, expired: 1, locked: 0, deleted: 0 });
  expect(rehearsed).toMatchObject({ created: 6, disabled: 3, expired: 1, locked: 0, deleted: 0 });
  const statuses = (await cli.json<ShownUser[]>('user list')).map(({ status }) => status);
  expect(statuses.filter((status) => status === 'disabled')).toHaveLength(report.disabled);
  expect(statuses.filter((status) => status === 'expired')).toHaveLength(report.expired);
});
