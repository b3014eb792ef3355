import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { goodPassword, type ShownUser, scene } from '../../../scene.ts';
import { importDump, reportOf } from './importing.ts';

const hashes = [
  '$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW',
  '$2y$10$abcdefghijklmnopqrstuuO0o0o0o0o0o0o0o0o0o0o0o0o0o0o0o',
  '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b27kJzw2kJ3h3RYkM4Jo4k9i0c',
  '$6$rounds=5000$usesomesillystri$D4IrlXatmP7rx3P3InaxBeoomnAihCKREY118zvpGQjPmnxjC0VlUaUlp7nDJ7rJnNWyxRAVEHE1GbFhXZGQJ/',
  '$1$saltstri$YMyguxXMBpd2TEZ.vS/3q1',
  'pbkdf2:sha256:260000$Xk2qvTqu3jAxXLVT$2b1cbf7dd4e2ac1a5a7d4b1b6f5b4f4a6d1b0a2c3d4e5f60718293a4b5c6d7e8',
  'scrypt:32768:8:1$saltsalt$aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899',
  'pbkdf2_sha256$260000$abcdefghijkl$p6b5h5LhXUX0a3ZVxFkzXqVqOhQ2L0aRG3cOFKIXDjY=',
  '{SSHA}MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3BxcnN0',
  createHash('md5').update('x').digest('hex'),
  createHash('sha1').update('x').digest('hex'),
  createHash('sha256').update('x').digest('hex').toUpperCase(),
  createHash('sha512').update('x').digest('hex'),
];

test('a password that looks like a hash is rejected, and taken where that is meant', async () => {
  const cli = await scene();
  const records = hashes.map((hash, index) => ({ username: `user${index}`, password: cli.secret(hash) }));
  const dump = cli.file('dump.json', JSON.stringify(records));
  const { report } = await importDump(cli, dump);
  expect(report).toEqual(
    reportOf({
      rows: hashes.length,
      rejected: hashes.length,
      rejects: [{ code: 'looks-like-hash', count: hashes.length, firstLine: 1 }],
    }),
  );
  expect((await importDump(cli, dump, '--plaintext --weak-passwords accept')).report.created).toBe(
    hashes.length,
  );
  for (const index of [0, 4, 12]) expect((await cli.login(`user${index}`, hashes[index])).exitCode).toBe(0);
});

test('odd text that is no hash is imported as a password', async () => {
  const cli = await scene();
  const passwords = [
    'Correct-horse-1',
    '$ecret$Word1',
    'abc:Def:1234',
    '{Curly}1braces',
    'deadBEEF',
    '0123456789abcdeF',
    ' Leading1',
    'Trailing1 ',
    'Tab\tTab1',
    '1',
    '"Quoted"1,',
    'pässwörD1',
    '密码Aa1密码密码',
  ];
  const records = passwords.map((password, index) => ({
    username: `user${index}`,
    password: cli.secret(password),
  }));
  const { report } = await importDump(cli, cli.file('dump.json', JSON.stringify(records)));
  expect(report).toMatchObject({ created: passwords.length, rejected: 0 });
  for (const [index, password] of passwords.entries())
    expect((await cli.login(`user${index}`, password)).exitCode).toBe(0);
});

test('a record without a password is rejected, or taken where that is meant', async () => {
  const cli = await scene();
  const dump = cli.file('dump.csv', `username,password\nanna,\nbert,${cli.secret(goodPassword)}\ncarl,""\n`);
  expect((await importDump(cli, dump)).report).toEqual(
    reportOf({
      rows: 3,
      created: 1,
      rejected: 2,
      rejects: [{ code: 'no-password', count: 2, firstLine: 2 }],
    }),
  );
  expect((await importDump(cli, dump, '--allow-no-password --on-conflict skip')).report).toEqual(
    reportOf({ rows: 3, created: 2, skipped: 1 }),
  );
  expect(await cli.user('anna')).toMatchObject({
    passwordScheme: null,
    status: 'active',
    mustChangePassword: false,
  });
});

const rejected: [string, unknown, string][] = [
  ['a number for a name', { username: 12_345_678, password: goodPassword }, 'not-text'],
  ['an object for a name', { username: { first: 'x' }, password: goodPassword }, 'not-text'],
  ['a list for a name', { username: ['bert'], password: goodPassword }, 'not-text'],
  ['a truth value for a name', { username: true, password: goodPassword }, 'not-text'],
  ['a number for a password', { username: 'bert', password: 90_817_263 }, 'not-text'],
  ['an object for a password', { username: 'bert', password: { $set: goodPassword } }, 'not-text'],
  ['a number for an address', { username: 'bert', email: 5, password: goodPassword }, 'not-text'],
  ['NUL in a password', { username: 'bert', password: `${goodPassword}\0x` }, 'not-text'],
  ['NUL in a name', { username: 'be\0rt', password: goodPassword }, 'not-text'],
  ['half a character in a password', { username: 'bert', password: `${goodPassword}\ud83d` }, 'not-text'],
  [
    'half a character in a first name',
    { username: 'bert', firstName: 'B\ude00', password: goodPassword },
    'not-text',
  ],
  ['no name', { username: '', password: goodPassword }, 'no-username'],
  ['null for a name', { username: null, password: goodPassword }, 'no-username'],
  ['no name at all', { password: goodPassword }, 'no-username'],
  ['a name that is too short', { username: 'x', password: goodPassword }, 'invalid-username'],
  ['a name with a space', { username: 'bert bertson', password: goodPassword }, 'invalid-username'],
  ['a name that begins with a hyphen', { username: '-bert', password: goodPassword }, 'invalid-username'],
  [
    'a name like an id',
    { username: '0192d3a0-0000-7000-8000-000000000001', password: goodPassword },
    'invalid-username',
  ],
  ['a name with colours', { username: 'b\u001b[31mert', password: goodPassword }, 'invalid-username'],
  ['a name with a bidi override', { username: 'bert\u202etxt', password: goodPassword }, 'invalid-username'],
  ['a name of mixed scripts', { username: '\u0430dmin', password: goodPassword }, 'invalid-username'],
  ['a name with a filler', { username: 'bert\u3164', password: goodPassword }, 'invalid-username'],
  ['a full-width name', { username: 'ｂｅｒｔ', password: goodPassword }, 'invalid-username'],
  [
    'a name of ten million letters',
    { username: 'x'.repeat(10_000_000), password: goodPassword },
    'invalid-username',
  ],
  [
    'an address that is none',
    { username: 'bert', email: 'nowhere', password: goodPassword },
    'invalid-email',
  ],
  [
    'a first name with a bell',
    { username: 'bert', firstName: '\u0007', password: goodPassword },
    'invalid-name',
  ],
  [
    'a state that is neither',
    { username: 'bert', active: 'perhaps', password: goodPassword },
    'invalid-value',
  ],
  ['a state that is an object', { username: 'bert', active: {}, password: goodPassword }, 'invalid-value'],
  [
    'a time that is none',
    { username: 'bert', created_at: '2027-02-31', password: goodPassword },
    'invalid-time',
  ],
  ['a record that is no object', ['bert', goodPassword], 'malformed'],
  ['a record that is text', goodPassword, 'malformed'],
];

test('each bad record is rejected with its reason, and the good ones come in', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  cli.secret('90817263');
  const good = (name: string) => ({ username: name, password: goodPassword });
  // Each record has a name of its own: the name of a rejected record counts as taken.
  const bad = rejected.map(([, record], index) =>
    JSON.stringify(record)?.replace(/"bert"/, `"bert${index}"`),
  );
  const records = [JSON.stringify(good('anna')), ...bad, JSON.stringify(good('zoe'))];
  const dump = cli.file('dump.ndjson', `${records.join('\n')}\n`);
  const { report } = await importDump(cli, dump);
  expect(report).toMatchObject({ rows: records.length, created: 2, rejected: rejected.length });

  const seen = await cli.run(`user import ${dump} --dry-run --rows --on-conflict skip --json`);
  const rows: { line: number; code: string }[] = JSON.parse(seen.stdout);
  const found = rejected.map(([what], index) => [what, rows[index + 1]?.code, rows[index + 1]?.line]);
  expect(found).toEqual(rejected.map(([what, , code], index) => [what, code, index + 2]));
  expect(seen.stdout.length).toBeLessThan(20_000);
  expect(await cli.json<ShownUser[]>('user list')).toMatchObject([{ username: 'anna' }, { username: 'zoe' }]);
});

test('rows of CSV that are no rows are rejected by line', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  const lines = [
    'username,password',
    `anna,${goodPassword}`,
    `too,many,${goodPassword}`,
    'few',
    `b"ad,${goodPassword}`,
    `"multi\nline",${goodPassword}`,
    `bert,${goodPassword}`,
  ];
  const { report } = await importDump(
    cli,
    cli.file(
      'dump.csv',
      Buffer.concat([
        Buffer.from(`${lines.join('\n')}\n`),
        Buffer.from([0x63, 0xff, 0x2c]),
        Buffer.from(`${goodPassword}\nd\0ra,${goodPassword}\nzoe,${goodPassword}\n`),
      ]),
    ),
  );
  expect(report).toMatchObject({ rows: 9, created: 3, rejected: 6 });
  expect(report.rejects).toEqual([
    { code: 'malformed', count: 3, firstLine: 3 },
    { code: 'invalid-username', count: 1, firstLine: 6 },
    { code: 'not-text', count: 2, firstLine: 9 },
  ]);
});

test('a name that is seen twice comes in once, whatever its case and normal form', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  const names = ['anna', 'Anna', 'jürgen', 'ju\u0308rgen', 'bert', 'b.ert@example.org'];
  const records: object[] = names.map((username) => ({ username, password: goodPassword }));
  records.push({ username: 'carl', email: 'bert', password: goodPassword });
  records.push({ username: 'dora', email: 'dora@example.org', password: goodPassword });
  records.push({ username: 'emil', email: 'DORA@example.org', password: goodPassword });
  records.push({ username: 'fritz', email: 'B.ert@example.org', password: goodPassword });
  records.push({ username: 'gerda', email: 'gerda@example.org', password: goodPassword });
  const { report } = await importDump(cli, cli.file('dump.json', JSON.stringify(records)), '--batch 2');
  expect(report).toEqual(
    reportOf({
      rows: 11,
      created: 6,
      rejected: 5,
      rejects: [
        { code: 'duplicate', count: 4, firstLine: 1 },
        { code: 'invalid-email', count: 1, firstLine: 1 },
      ],
    }),
  );
});

test.each([
  ['flag', { created: 3, weakPasswords: 2 }, [false, true, true]],
  ['accept', { created: 3 }, [false, false, false]],
  [
    'reject',
    { created: 1, rejected: 2, rejects: [{ code: 'weak-password', count: 2, firstLine: 3 }] },
    [false],
  ],
] as const)('--weak-passwords %s', async (rule, expected, mustChange) => {
  const cli = await scene();
  const dump = cli.file(
    'dump.csv',
    `username,password\nanna,${cli.secret(goodPassword)}\nbert,${cli.secret('weakling')}\ncarl,${cli.secret('Password1')}\n`,
  );
  const { report } = await importDump(cli, dump, rule === 'flag' ? '' : `--weak-passwords ${rule}`);
  expect(report).toEqual(
    reportOf({ rows: 3, ...expected, rejects: 'rejects' in expected ? [...expected.rejects] : [] }),
  );
  const users = await cli.json<ShownUser[]>('user list');
  expect(users.map((user) => user.mustChangePassword)).toEqual(mustChange);
});

test('names and columns that mean something to JavaScript mean nothing here', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  const text = `{"__proto__":"${goodPassword}","constructor":"${goodPassword}","toString":"${goodPassword}"}`;
  const { report } = await importDump(cli, cli.file('dump.json', text));
  expect(report.created).toBe(3);
  for (const name of ['__proto__', 'constructor', 'tostring'])
    expect((await cli.login(name)).exitCode).toBe(0);
  const odd = cli.file(
    'odd.ndjson',
    `{"username":"anna","password":"${goodPassword}","__proto__":{"disabled":true},"constructor":1}\n`,
  );
  expect((await importDump(cli, odd)).report).toMatchObject({
    created: 1,
    ignoredColumns: ['__proto__', 'constructor'],
  });
  expect((await cli.user('anna')).status).toBe('active');
});

test('a record of very many columns takes no longer than it must', async () => {
  const cli = await scene();
  cli.secret(goodPassword);
  const columns = Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`column${index}`, index]));
  const dump = cli.file(
    'dump.json',
    JSON.stringify([
      { username: 'anna', password: goodPassword, ...columns },
      { ...columns, username: 'bert', password: goodPassword },
    ]),
  );
  const { report } = await importDump(cli, dump);
  expect(report.created).toBe(2);
  expect(report.ignoredColumns).toHaveLength(100);
});

test('the policy and existing users are respected as when a user is added by hand', async () => {
  const cli = await scene();
  await cli.json('policy set usernameMaxLength=10 passwordMinLength=12');
  const dump = cli.file(
    'dump.csv',
    `username,password\nanna,${cli.secret(goodPassword)}\nannabellavictoria,${goodPassword}\nbert,${cli.secret('Horse-12345')}\n`,
  );
  const { report } = await importDump(cli, dump);
  expect(report).toMatchObject({ created: 2, rejected: 1, weakPasswords: 1 });
  expect(report.rejects[0]?.code).toBe('invalid-username');
});
