import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { detectFormat, dumpFormats } from '../../../src/dumps/index.ts';
import { fieldsIn, type Outcome, problemsIn, readAll, sourceOf } from '../reading.ts';

const path = (name: string) => new URL(`../../fixtures/dumps/${name}`, import.meta.url).pathname;
const fixture = (name: string) => readFileSync(path(name));

async function read(
  id: string,
  content: string | Uint8Array,
  size?: number,
  name?: string,
): Promise<Outcome> {
  const format = dumpFormats.find((one) => one.id === id);
  if (format === undefined) throw new Error(`no format ${id}`);
  return await readAll(format, sourceOf(content, size, name && path(name)));
}

const fixtures = [
  ['htpasswd', 'htpasswd', 6],
  ['shadow', 'shadow/shadow', 8],
  ['ldif', 'slapcat.ldif', 6],
  ['django', 'django.json', 3],
  ['firebase-json', 'firebase.json', 2],
  ['firebase-csv', 'firebase.csv', 3],
  ['keycloak', 'keycloak.json', 4],
  ['auth0', 'auth0.json', 2],
  ['auth0', 'auth0-export.ndjson', 2],
  ['wordpress', 'wordpress.csv', 2],
] as const;

describe.each(fixtures)('%s: %s', (id, name, count) => {
  const content = fixture(name);

  test('is recognised by its content, even by a part of it', () => {
    expect(detectFormat(content, true)?.id).toBe(id);
    expect(detectFormat(Buffer.concat([Buffer.from('\uFEFF'), content]), true)?.id).toBe(id);
  });

  test('gives the same rows however it comes', async () => {
    const whole = await read(id, content);

    expect(whole.broken).toBeUndefined();
    expect(whole.rows).toHaveLength(count);
    const ends = whole.rows.map(({ end }) => end);
    expect(ends).toEqual([...new Set(ends)].sort((a, b) => a - b));
    expect(ends.at(-1)).toBeLessThanOrEqual(content.length);
    for (const size of [1, 7, 100]) expect(await read(id, content, size)).toEqual(whole);
    const withCrlf = await read(id, content.toString().replaceAll('\n', '\r\n'));
    expect(fieldsIn(withCrlf)).toEqual(fieldsIn(whole));
    expect(withCrlf.rows.map(({ line }) => line)).toEqual(whole.rows.map(({ line }) => line));
    expect(fieldsIn(await read(id, `\uFEFF${content}`))).toEqual(fieldsIn(whole));
  });

  test('cut off anywhere gives the rows before the cut, or breaks after them', async () => {
    const whole = await read(id, content);

    for (let length = 0; length < content.length; length += 1) {
      const { rows } = await read(id, content.subarray(0, length));
      const complete = whole.rows.filter(({ end }) => end < length);
      expect(rows.slice(0, complete.length), `${length} bytes`).toEqual(complete);
      expect(rows.length - complete.length).toBeLessThanOrEqual(1);
      expect(rows.every(({ end }) => end <= length)).toBe(true);
    }
  });

  test('has rows without a prototype', async () => {
    for (const row of (await read(id, content)).rows) {
      if ('fields' in row) expect(Object.getPrototypeOf(row.fields)).toBeNull();
    }
  });

  test('with bytes that are not text breaks, or leaves only such rows out', async () => {
    const whole = await read(id, content);
    const spoiled = Buffer.from(content);
    spoiled[content.indexOf('alice') + 1] = 0xff;
    const { rows } = await read(id, spoiled);

    expect(
      rows.filter((row) => 'problem' in row && row.problem.code === 'not-text').length,
    ).toBeLessThanOrEqual(2);
    expect(rows.length).toBe(whole.rows.length);
    expect(JSON.stringify(rows)).not.toContain('\uFFFD');
  });
});

test('htpasswd(1)', async () => {
  const outcome = await read('htpasswd', fixture('htpasswd'));

  expect(problemsIn(outcome)).toEqual([]);
  expect(fieldsIn(outcome).map(({ username }) => username)).toEqual([
    'alice',
    'bob',
    'carol',
    'dave',
    'erin',
    'frank',
  ]);
  const prefixes = fieldsIn(outcome).map(({ passwordHash }) => String(passwordHash).slice(0, 3));
  expect(prefixes).toEqual(['$2y', '$ap', '{SH', 'FMA', '$5$', '$6$']);
});

test('lines of htpasswd that are none', async () => {
  const digest = 'a'.repeat(32);
  const outcome = await read(
    'htpasswd',
    `#c\n\nalice\nbob:realm:${digest}\ncarol:{PLAIN}p\ndave:\nerin:$apr1$x:a:b\n`,
  );

  expect(problemsIn(outcome)).toEqual(['3 malformed', '4 malformed']);
  expect(fieldsIn(outcome)).toEqual([
    { username: 'carol', password: 'p' },
    { username: 'dave' },
    { username: 'erin', passwordHash: '$apr1$x', comment: 'a:b' },
  ]);
});

test('/etc/shadow with the names of the passwd beside it', async () => {
  const outcome = await read('shadow', fixture('shadow/shadow'), undefined, 'shadow/shadow');
  const [root, , nobody, alice, bob, carol, dave, erin] = fieldsIn(outcome);

  expect(problemsIn(outcome)).toEqual([]);
  expect(root).toMatchObject({ username: 'root', disabled: true });
  expect(root).not.toHaveProperty('firstName');
  expect(nobody).toEqual({
    username: 'nobody',
    disabled: true,
    passwordChangedAt: '2024-03-18T00:00:00.000Z',
  });
  expect(alice).toEqual({
    username: 'alice',
    passwordHash: expect.stringMatching(/^\$6\$/),
    firstName: 'Alice Pleasance',
    lastName: 'Liddell',
    passwordChangedAt: '2024-05-01T00:00:00.000Z',
    expiresAt: '2026-02-16T00:00:00.000Z',
    minDays: '0',
    maxDays: '90',
    warnDays: '7',
    inactiveDays: '30',
  });
  expect(bob).toMatchObject({
    passwordHash: expect.stringMatching(/^\$y\$/),
    disabled: true,
    firstName: 'Bob',
  });
  expect(carol).toMatchObject({
    passwordHash: expect.stringMatching(/^ab/),
    disabled: true,
    mustChangePassword: true,
  });
  expect(dave).toMatchObject({ username: 'dave', disabled: true });
  expect(dave).not.toHaveProperty('passwordHash');
  expect(erin).not.toHaveProperty('disabled');
  expect(erin).not.toHaveProperty('passwordHash');
});

test('/etc/shadow from standard input has no names', async () => {
  const outcome = await read('shadow', fixture('shadow/shadow'));

  expect(fieldsIn(outcome)).toHaveLength(8);
  expect(fieldsIn(outcome).some((fields) => 'firstName' in fields)).toBe(false);
});

test('lines of /etc/shadow that are none', async () => {
  const outcome = await read(
    'shadow',
    '+::::::::\na:*:1:::::\nb:*:x::::::\nc:NP:1::::::\nd:*:1:::::999999999:\n',
  );

  expect(problemsIn(outcome)).toEqual(['1 not-a-user', '2 malformed', '3 malformed']);
  expect(fieldsIn(outcome)).toEqual([
    { username: 'c', disabled: true, passwordChangedAt: '1970-01-02T00:00:00.000Z' },
    { username: 'd', disabled: true, passwordChangedAt: '1970-01-02T00:00:00.000Z' },
  ]);
});

test('slapcat', async () => {
  const outcome = await read('ldif', fixture('slapcat.ldif'));
  const [admin, alice, bob] = fieldsIn(outcome);

  expect(problemsIn(outcome).map((problem) => problem.split(' ')[1])).toEqual(Array(3).fill('not-a-user'));
  expect(admin).toMatchObject({ username: 'admin', passwordHash: expect.stringMatching(/^\{SSHA\}/) });
  expect(alice).toMatchObject({
    dn: 'uid=alice,ou=people,dc=example,dc=org',
    username: 'alice',
    email: 'alice@example.org',
    mail: 'a.liddell@example.org',
    firstName: 'Alice',
    lastName: 'Liddell',
    passwordHash: expect.stringMatching(/^\{SSHA\}/),
    userPassword: expect.stringMatching(/^\{CRYPT\}\$6\$/),
    passwordChangedAt: '2024-05-01T00:00:00.000Z',
    expiresAt: '2026-02-16T00:00:00.000Z',
    createdAt: '2026-11-21T04:47:23.000Z',
    homeDirectory: '/home/alice',
    objectClass: ['inetOrgPerson', 'posixAccount', 'shadowAccount'],
    description: 'A note that is long enough to be folded over two lines by the program that writes it out',
  });
  expect(bob).toMatchObject({
    username: 'böb',
    lastName: 'Müller',
    password: 'Correct-horse-3',
    locked: true,
  });
  expect(bob?.jpegPhoto).toBeInstanceOf(Uint8Array);
});

test('LDIF as RFC 2849 allows it', async () => {
  const content = [
    'version: 1',
    '# a comment',
    '  that is folded',
    'dn: uid=a,dc=x',
    'objectclass: PERSON',
    'UID;lang-en: a',
    'sn:',
    'userPassword:: e0NMRUFSVEVYVH1w',
    'nsAccountLock: true',
    'pwdReset: TRUE',
    'pwdChangedTime: 20240501123000.5+0200',
    '',
    '',
    'dn: uid=b,dc=x',
    'changetype: modify',
    'delete: mail',
    '-',
    '',
    'dn: uid=c,dc=x',
    'changetype: delete',
    '',
    'dn: uid=d,dc=x',
    'jpegPhoto:< file:///etc/passwd',
    '',
    'dn: uid=e,dc=x',
    'userPassword:: %%%',
    '',
    'uid: f',
    '',
    ' folded',
    '',
    'ref: ldap://other/dc=x',
    '',
    '# search result',
    'search: 2',
    'result: 0 Success',
  ].join('\n');
  const outcome = await read('ldif', content);

  expect(fieldsIn(outcome)).toEqual([
    {
      dn: 'uid=a,dc=x',
      username: 'a',
      lastName: '',
      password: 'p',
      disabled: true,
      mustChangePassword: true,
      passwordChangedAt: '2024-05-01T10:30:00.000Z',
      objectclass: 'PERSON',
    },
  ]);
  expect(problemsIn(outcome)).toEqual([
    ...['14 malformed', '19 not-a-user', '22 malformed', '25 malformed', '28 malformed', '30 malformed'],
    '32 not-a-user',
  ]);
});

test('dumpdata of Django', async () => {
  const outcome = await read('django', fixture('django.json'));

  expect(problemsIn(outcome)).toEqual(['2 not-a-user']);
  expect(fieldsIn(outcome)).toMatchObject([
    {
      pk: 1,
      username: 'alice',
      email: 'alice@example.org',
      firstName: 'Alice',
      lastName: 'Liddell',
      passwordHash: expect.stringMatching(/^pbkdf2_sha256\$/),
      createdAt: '2026-11-21T04:47:24.049Z',
      is_staff: false,
    },
    { username: 'böb', disabled: true },
  ]);
  expect(fieldsIn(outcome)[1]).not.toHaveProperty('passwordHash');
});

test.each(['firebase.json', 'firebase.csv'])('auth:export of Firebase: %s', async (name) => {
  const [alice, bob] = fieldsIn(await read(name.replace('.', '-'), fixture(name)));

  expect(alice).toMatchObject({
    localId: '2fLZtcUlfdQmyLbWVXSMJnBvLqi1',
    email: 'alice@example.org',
    emailVerified: true,
    passwordHash: expect.stringMatching(/==$/),
    salt: '42xEC+ixf3L2lw==',
    hashFormat: 'firebase-scrypt',
    disabled: false,
    createdAt: '2024-01-01T00:00:00.000Z',
    lastLoginAt: '2024-05-01T12:50:00.000Z',
    lastName: expect.any(String),
  });
  expect(bob).toMatchObject({ email: 'bob@example.org', emailVerified: false, disabled: true });
  if (name.endsWith('.csv')) {
    expect(bob).toMatchObject({
      googleId: '1234567',
      googleEmail: 'bob@gmail.example',
      customAttributes: '{"admin":true}',
    });
    expect(bob).not.toHaveProperty('passwordHash');
  } else {
    expect(bob).toMatchObject({
      salt: 'jcyBFFPjt5I=',
      passwordHash: expect.stringMatching(/^[A-Za-z0-9+/]+==$/),
    });
  }
});

test('realm export of Keycloak', async () => {
  const [alice, bob, carol, service] = fieldsIn(await read('keycloak', fixture('keycloak.json')));

  expect(alice).toMatchObject({
    username: 'alice',
    email: 'alice@example.org',
    emailVerified: true,
    firstName: 'Alice',
    lastName: 'Liddell',
    createdAt: '2024-01-01T00:00:00.000Z',
    passwordChangedAt: '2024-05-01T12:50:00.000Z',
    mustChangePassword: true,
    requiredActions: ['VERIFY_EMAIL'],
    credentials: [{ type: 'otp' }],
  });
  const credential: unknown = JSON.parse(String(alice?.passwordHash));
  expect(credential).toEqual({
    type: 'password',
    secretData: expect.stringContaining('K1Hnzrv'),
    credentialData: expect.stringContaining('27500'),
  });
  expect(bob).toMatchObject({ disabled: true, password: 'Correct-horse-2', mustChangePassword: true });
  expect(JSON.parse(String(carol?.passwordHash))).toMatchObject({ type: 'password', hashIterations: 27500 });
  expect(service).toMatchObject({ username: 'service-account-app', serviceAccountClientId: 'app' });
});

test('several realms in one file of Keycloak', async () => {
  const outcome = await read(
    'keycloak',
    '[{"realm":"a","users":[{"username":"x"}]},7,{"users":[{"username":"y"},3]}]',
  );

  expect(fieldsIn(outcome).map(({ username }) => username)).toEqual(['x', 'y']);
  expect(problemsIn(outcome)).toEqual(['1 malformed']);
});

test('Auth0', async () => {
  const [alice, bob] = fieldsIn(await read('auth0', fixture('auth0.json')));
  const [exported] = fieldsIn(await read('auth0', fixture('auth0-export.ndjson')));

  expect(alice).toMatchObject({
    username: 'alice',
    firstName: 'Alice',
    lastName: 'Liddell',
    emailVerified: true,
    passwordHash: expect.stringMatching(/^\$2b\$10\$/),
    app_metadata: { roles: ['admin'] },
  });
  expect(bob).toEqual({
    email: 'bob@example.org',
    emailVerified: false,
    firstName: 'Bob',
    lastName: 'Builder',
    disabled: true,
    passwordHash: 'bc09a4ad6e5ab4d4c24c0d9f1c1bd9a8',
    salt: 'c2FsdA==',
    hashFormat: 'md5:password+unbase64(salt)',
  });
  expect(exported).toMatchObject({
    passwordHash: expect.stringMatching(/^\$2b\$10\$/),
    passwordChangedAt: '2021-03-05T16:34:49.502Z',
    emailVerified: false,
  });
});

test('wp_users of WordPress', async () => {
  const [alice, bob] = fieldsIn(await read('wordpress', fixture('wordpress.csv')));

  expect(alice).toMatchObject({
    username: 'alice',
    email: 'alice@example.org',
    firstName: 'Alice',
    lastName: 'Liddell',
    passwordHash: '$P$B55D6LjfHDkINU5wF.v2BuuzO0/XPk/',
    createdAt: '2024-05-01T12:30:00.000Z',
    ID: '1',
  });
  expect(bob).not.toHaveProperty('firstName');
  expect(bob).not.toHaveProperty('createdAt');
});
