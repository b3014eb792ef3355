import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Scene, type ShownUser, scene } from '../../../scene.ts';
import { importDump, readReport, reportOf } from './importing.ts';

const [one, two] = ['Correct-horse-1', 'Correct-horse-2'];

const dumps: [string, string][] = [
  [
    'CSV',
    `username,email,password,first_name\nanna,anna@example.org,${one},Anna\nbert,bert@example.org,${two},\n`,
  ],
  [
    'CSV with CRLF and a byte order mark',
    `\ufeffusername,email,password,first_name\r\nanna,anna@example.org,${one},Anna\r\nbert,bert@example.org,${two},\r\n`,
  ],
  [
    'CSV without an end to its last line',
    `username,email,password,first_name\nanna,anna@example.org,${one},Anna\nbert,bert@example.org,${two},`,
  ],
  [
    'CSV with quotes',
    `"username","email","password","first_name"\n"anna","anna@example.org","${one}","Anna"\n"bert","bert@example.org","${two}",""\n`,
  ],
  [
    'CSV with semicolons',
    `username;email;password;first_name\nanna;anna@example.org;${one};Anna\nbert;bert@example.org;${two};\n`,
  ],
  [
    'a JSON array',
    JSON.stringify(
      [
        { username: 'anna', email: 'anna@example.org', password: one, first_name: 'Anna' },
        { username: 'bert', email: 'bert@example.org', password: two, first_name: null },
      ],
      null,
      2,
    ),
  ],
  [
    'NDJSON',
    `{"username":"anna","email":"anna@example.org","password":"${one}","first_name":"Anna"}\n{"username":"bert","email":"bert@example.org","password":"${two}"}\n`,
  ],
  [
    'a JSON object of objects',
    JSON.stringify({
      anna: { email: 'anna@example.org', password: one, first_name: 'Anna' },
      bert: { email: 'bert@example.org', password: two, first_name: '' },
    }),
  ],
];

async function expectAnnaAndBert(cli: Scene): Promise<void> {
  expect(await cli.json<ShownUser[]>('user list')).toMatchObject([
    {
      username: 'anna',
      email: 'anna@example.org',
      firstName: 'Anna',
      passwordScheme: 'bcrypt',
      status: 'active',
      mustChangePassword: false,
    },
    {
      username: 'bert',
      email: 'bert@example.org',
      firstName: null,
      passwordScheme: 'bcrypt',
      createdBy: 'tester',
    },
  ]);
  expect((await cli.login('anna', one)).exitCode).toBe(0);
  expect((await cli.login('bert', two)).exitCode).toBe(0);
}

test.each(dumps)('%s comes in from a file', async (_what, text) => {
  const cli = await scene();
  const { report, stderr } = await importDump(cli, cli.file('dump', text));
  expect(report).toEqual(reportOf({ rows: 2, created: 2 }));
  expect(stderr).toBe('');
  await expectAnnaAndBert(cli);
});

test.each(dumps)('%s comes in from standard input', async (_what, text) => {
  const cli = await scene();
  const { stdout } = await cli.run('user import - --json', { stdin: text });
  expect(readReport(stdout)).toEqual(reportOf({ rows: 2, created: 2 }));
  await expectAnnaAndBert(cli);
});

test('the legacy application’s own shape, names to passwords, comes in', async () => {
  const cli = await scene();
  const dump = cli.file(
    'users.json',
    JSON.stringify({
      alice: cli.secret('Correct-horse-1'),
      bob: cli.secret('hunter2hunter'),
      'c.d-e@f': cli.secret('Correct-horse-3'),
    }),
  );
  expect((await importDump(cli, dump)).report).toEqual(reportOf({ rows: 3, created: 3, weakPasswords: 1 }));
  expect((await cli.login('bob', 'hunter2hunter')).stdout).toContain('must be changed');
  expect((await cli.login('C.D-E@F', 'Correct-horse-3')).exitCode).toBe(0);
});

test('columns are known by their usual names', async () => {
  const cli = await scene();
  cli.secret(one);
  const headers = [
    'user,mail,pass,givenName',
    'login,e-mail,pwd,forename',
    'UserName,E_Mail,PassWord,First Name',
    'user_login,user_email,passwd,FIRSTNAME',
    'uid,Email Address,plain_password,first-name',
    'account,email_address,plaintext_password,first_name',
  ];
  for (const [index, header] of headers.entries()) {
    const name = `user${index}`;
    const dump = cli.file('dump.csv', `${header}\n${name},${name}@example.org,${one},Anna\n`);
    const seen = await cli.run(`user import ${dump} --json`);
    expect(readReport(seen.stdout), header).toEqual(reportOf({ rows: 1, created: 1 }));
    expect(await cli.user(name)).toMatchObject({ email: `${name}@example.org`, firstName: 'Anna' });
    expect((await cli.login(name, one)).exitCode).toBe(0);
  }
});

test('--map says which column holds what; what is not used is named', async () => {
  const cli = await scene();
  const text = `nick,username,secret,Full Name,shoe size,mailbox\nanna,Anna Lee,${cli.secret(one)},Anna Lee,39,anna@example.org\n`;
  const dump = cli.file('dump.csv', text);
  const { report } = await importDump(
    cli,
    dump,
    '--map username=nick,password=secret --map email=mailbox --map "firstName=Full Name"',
  );
  expect(report).toEqual(reportOf({ rows: 1, created: 1, ignoredColumns: ['username', 'shoe size'] }));
  expect(await cli.user('anna')).toMatchObject({ email: 'anna@example.org', firstName: 'Anna Lee' });
});

test('an address can be the name as well', async () => {
  const cli = await scene();
  const dump = cli.file('dump.csv', `email,password\nanna@example.org,${cli.secret(one)}\n`);
  expect(await cli.fails(`user import ${dump}`)).toMatchObject({ exitCode: 4, code: 'invalid-dump' });
  await importDump(cli, dump, '--map username=email');
  expect(await cli.user('anna@example.org')).toMatchObject({
    username: 'anna@example.org',
    email: 'anna@example.org',
  });
});

test('the likelier name wins, whichever column comes first, in every record', async () => {
  const cli = await scene();
  const records = [
    { login: 'ann', email: 'ann@example.org', password: cli.secret(one) },
    { username: 'bert', login: 'ignored', mail: 'bert@example.org', password: one },
    {
      login: 'ignored',
      username: 'carl',
      email: 'carl@example.org',
      mail: 'ignored@example.org',
      password: one,
    },
    { login: 'dora', mail: 'dora@example.org', password: one },
  ];
  await importDump(cli, cli.file('dump.json', JSON.stringify(records)));
  expect((await cli.json<ShownUser[]>('user list')).map((user) => [user.username, user.email])).toEqual([
    ['ann', 'ann@example.org'],
    ['bert', 'bert@example.org'],
    ['carl', 'carl@example.org'],
    ['dora', 'dora@example.org'],
  ]);
});

const states: [string, string[], string[]][] = [
  ['is_active', ['false', '0', 'No', 'f', 'FALSE'], ['true', '1', 'yes', 't', '']],
  ['enabled', ['false', 'n'], ['1', 'Y', '']],
  ['disabled', ['true', '1'], ['0', 'false', '']],
  ['locked', ['t', 'yes'], ['n', '']],
  ['deleted_at', ['2020-01-01', '2020-01-01T00:00:00Z'], ['']],
  ['is_deleted', ['true'], ['false', '0', '']],
];
test.each(states)('an inactive account comes in disabled: %s', async (column, inactive, active) => {
  const cli = await scene();
  cli.secret(one);
  const rows = [...inactive, ...active].map((value, index) => `user${index},${one},${value}\n`);
  const dump = cli.file('dump.csv', `username,password,${column}\n${rows.join('')}`);
  expect((await cli.run(`user import ${dump}`)).exitCode).toBe(0);
  const users = await cli.json<ShownUser[]>('user list');
  expect(users.map((user) => user.status)).toEqual([
    ...inactive.map(() => 'disabled'),
    ...active.map(() => 'active'),
  ]);
  expect((await cli.login('user0', one)).exitCode).toBe(3);
});

test('truth values of JSON count, and times are kept', async () => {
  const cli = await scene();
  const record = {
    username: 'anna',
    password: cli.secret(one),
    is_active: false,
    must_change_password: true,
    created_at: '2020-01-31T12:00:00+02:00',
    last_login: '2024-05-06 07:08:09',
    expires_at: '2030-01-01',
  };
  await importDump(cli, cli.file('dump.json', JSON.stringify([record])));
  expect(await cli.user('anna')).toMatchObject({
    status: 'disabled',
    mustChangePassword: true,
    createdAt: '2020-01-31T10:00:00.000Z',
    lastLoginAt: '2024-05-06T07:08:09.000Z',
    expiresAt: '2030-01-01T00:00:00.000Z',
  });
});

test('a dump that others can read is warned of', async () => {
  const cli = await scene();
  const dump = cli.file('dump.csv', `username,password\nanna,${cli.secret(one)}\n`);
  chmodSync(dump, 0o644);
  const seen = await cli.run(`user import ${dump} --json`);
  expect(seen.exitCode).toBe(0);
  expect(JSON.parse(seen.stderr).warning).toContain('can be read by others; chmod 600 it');
});

test('the report for people has every number', async () => {
  const cli = await scene();
  const dump = cli.file('dump.csv', `username,password,shoe\nanna,${cli.secret('weakling9')},1\nbert,,2\n`);
  const seen = await cli.run(`user import ${dump}`);
  expect(seen).toMatchObject({ exitCode: 10, stderr: '' });
  for (const line of [
    /^Rows +2$/m,
    /^Created +1$/m,
    /^Updated +0$/m,
    /^Skipped +0$/m,
    /^Rejected +1; 1 no-password \(first at line 3\)$/m,
    /^Weak passwords +1 to be changed at the next login$/m,
    /^Ignored columns +shoe$/m,
  ]) {
    expect(seen.stdout).toMatch(line);
  }
  const rows = await cli.run(`user import ${dump} --dry-run --rows --on-conflict skip`);
  expect(rows.stdout).toMatch(
    /^LINE +USERNAME +OUTCOME +REASON\n2 +anna +skipped\n3 +bert +rejected +no-password: /,
  );
});

test.each([
  ['nothing', '', 'invalid-dump'],
  ['no record', 'username,password\n', undefined],
  ['an empty array', '[]', undefined],
  ['an empty object', '{}', undefined],
  ['no user column', `name,password\nanna,${one}\n`, 'invalid-dump'],
  ['no user column in JSON', `[{"password":"${one}"}]`, 'invalid-dump'],
  ['a record of another shape', '["anna"]', 'invalid-dump'],
  ['UTF-16', Buffer.from(`\ufeffusername,password\nanna,${one}\n`, 'utf16le'), 'invalid-dump'],
  ['an unknown format', 'anna\nbert\n', 'invalid-dump'],
  ['JSON that is broken at once', '[{"username": }]', 'invalid-dump'],
  [
    'a first record that is broken',
    `{"username": anna}\n{"username":"bert","password":"${one}"}\n`,
    'invalid-dump',
  ],
])('a dump of %s imports nothing', async (_what, text, code) => {
  const cli = await scene();
  cli.secret(one);
  const before = await cli.json('user list');
  const dump = cli.file('dump', text);
  if (code === undefined) {
    expect((await importDump(cli, dump, '')).report).toEqual(reportOf({}));
  } else {
    const error = await cli.fails(`user import ${dump}`);
    expect(error).toMatchObject({ exitCode: 4, code });
    expect(await cli.events()).toHaveLength(1);
  }
  expect(await cli.json('user list')).toEqual(before);
});

test.each([
  ['--map username=nick', 'the dump has no column "nick", which --map names'],
  ['--format json', 'the dump cannot be read'],
])('what does not fit the dump is told before anything is done: %s', async (options, message) => {
  const cli = await scene();
  const dump = cli.file('dump.csv', `username,password\nanna,${cli.secret(one)}\n`);
  const error = await cli.fails(`user import ${dump} ${options}`);
  expect(error).toMatchObject({ exitCode: 4, code: 'invalid-dump' });
  expect(error.message).toContain(message);
  expect(await cli.json('user list')).toEqual([]);
});

test.each(['none.csv', '.'])('a dump that is not there or no file is told: %s', async (name) => {
  const cli = await scene();
  expect(await cli.fails(`user import ${cli.path(name)}`)).toMatchObject({
    exitCode: 8,
    code: 'file-unusable',
  });
});
