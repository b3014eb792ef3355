import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ldifWriter } from '../../src/dumps/formats/ldif/writer.ts';
import { detectFormat, dumpFormats } from '../../src/dumps/index.ts';
import type { DumpWriter, ExportUser, OnLoss } from '../../src/dumps/writer.ts';
import { dumpWriters } from '../../src/dumps/writers.ts';
import { identify } from '../../src/hashing/index.ts';
import { fieldsIn, readAll, sourceOf } from './reading.ts';

const password = 'Correct-horse-1';
const bcrypt = '$2b$04$abcdefghijklmnopqrstuuktlzWFaVd/9H4BOUr5bN66kU21BDrmW';
const argon2 =
  '$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$1Q8aOH0ZFi6TjVDdUj8ddQbM4QCrXEIbBhnQcHGOi2M';

const alice: ExportUser = {
  id: '0190-a',
  username: 'alice',
  email: 'alice@example.org',
  emailVerifiedAt: '2024-03-01T10:00:00.000Z',
  firstName: 'Alice',
  lastName: 'Müller',
  passwordHash: bcrypt,
  passwordChangedAt: '2024-05-01T12:50:00.000Z',
  mustChangePassword: false,
  status: 'active',
  locked: false,
  disabledAt: null,
  lockedAt: null,
  lockedUntil: null,
  lockReason: null,
  lockKind: null,
  failedAttempts: 0,
  consecutiveFailures: 0,
  expiresAt: null,
  lastLoginAt: null,
  createdAt: '2024-01-01T00:00:00.000Z',
  createdBy: 'root',
  updatedAt: '2024-01-01T00:00:00.000Z',
  updatedBy: 'root',
  deletedAt: null,
  deletedBy: null,
  version: 1,
};
const atSomeTime = '2024-02-01T00:00:00.000Z';

const has = (program: string) => spawnSync('which', [program]).status === 0;
const hasPython = (module: string) => spawnSync('/usr/bin/python3', ['-c', `import ${module}`]).status === 0;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function writer(id: string): DumpWriter {
  const found = dumpWriters.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no writer ${id}`);
  return found;
}

async function write(by: DumpWriter | string, ...users: ExportUser[]) {
  const losses: string[] = [];
  const pages = (async function* () {
    for (const user of users) yield [user];
    yield [];
  })();
  let text = '';
  const chosen = typeof by === 'string' ? writer(by) : by;
  const onLoss: OnLoss = ({ id }, field, why, leftOut) =>
    losses.push([`${id} ${field}`, why, ...(leftOut ? [leftOut] : [])].join(': '));
  for await (const part of chosen.write(pages, onLoss)) text += part;
  return { text, losses };
}

async function readBack(id: string, text: string) {
  const format = dumpFormats.find((one) => one.id === id);
  if (format === undefined) throw new Error(`no format ${id}`);
  const outcome = await readAll(format, sourceOf(text));
  expect(outcome.broken).toBeUndefined();
  expect(outcome.rows.every((row) => 'fields' in row)).toBe(true);
  return fieldsIn(outcome);
}

describe.each(['csv', 'json', 'ndjson'])('%s', (id) => {
  const text = fc.string({ unit: fc.constantFrom(...'aö€😀"\',;\n\r\t =+-@{') });
  const optional = fc.option(text, { nil: null });
  const user = fc
    .record({
      username: text,
      email: optional,
      firstName: optional,
      lastName: optional,
      passwordHash: optional,
    })
    .map((fields) => ({ ...alice, ...fields }));

  test('comes back unchanged through our own reader', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(user, { maxLength: 5 }), async (users) => {
        const { text: written, losses } = await write(id, ...users);
        const { locked: _, ...expected } = alice;
        const rows = await readBack(id, written);
        expect(losses).toEqual([]);
        expect(rows).toEqual(
          users.map((one) =>
            Object.fromEntries(
              Object.keys(expected).map((key) => {
                const value = { ...one }[key as keyof typeof expected];
                return [key, id === 'csv' ? String(value ?? '') : value];
              }),
            ),
          ),
        );
      }),
    );
  });

  test('is recognised by its content, with users or without', async () => {
    const { text: written } = await write(id, alice);
    const { text: empty } = await write(id);

    expect(detectFormat(Buffer.from(written), true)?.id).toBe(id);
    expect(empty).toBe({ csv: written.split('\n')[0]?.concat('\n'), json: '[]\n', ndjson: '' }[id]);
  });
});

test('no cell of the CSV is a formula', async () => {
  const evil = ['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', "'=1"];
  const { text } = await write('csv', ...evil.map((firstName) => ({ ...alice, firstName })));

  expect(text).toMatch(/^authctl_id,username,/);
  expect(text).not.toMatch(/(?:^|[,\n])"?[=+\-@\t\r]/);
  expect((await readBack('csv', text)).map(({ firstName }) => firstName)).toEqual(evil);
});

const kept: [status: ExportUser['status'], user: ExportUser][] = [
  ['disabled', { ...alice, status: 'disabled', disabledAt: atSomeTime }],
  ['locked', { ...alice, status: 'locked', locked: true, lockedAt: atSomeTime }],
  ['expired', { ...alice, status: 'expired', expiresAt: atSomeTime }],
];

test.each(kept)('an export lets no user in who is %s', async (status, user) => {
  const htpasswd = await write('htpasswd', user);
  expect(htpasswd).toEqual({
    text: '',
    losses: [`0190-a status: htpasswd cannot say that a user is ${status}: left out`],
  });
  const [keycloak] = await readBack('keycloak', (await write('keycloak', user)).text);
  expect(keycloak).toMatchObject({ disabled: true });
  const [django] = await readBack('django', (await write('django', user)).text);
  expect(django).toMatchObject({ disabled: true });
  const [ldif] = await readBack('ldif', (await write('ldif', user)).text);
  expect(ldif).toMatchObject({ locked: true });
  const [shadow] = await readBack('shadow', (await write('shadow', user)).text);
  const expected = status === 'expired' ? { expiresAt: '2024-02-01T00:00:00.000Z' } : { disabled: true };
  expect(shadow).toMatchObject({ passwordHash: bcrypt, ...expected });
});

test('deleted users are left out of formats that would bring them back', async () => {
  const deleted: ExportUser = { ...alice, status: 'deleted', deletedAt: '2024-02-01T00:00:00.000Z' };

  for (const id of ['htpasswd', 'shadow', 'keycloak', 'ldif', 'django']) {
    const { text, losses } = await write(id, deleted);
    expect(text).not.toContain('alice');
    expect(losses).toEqual(['0190-a deletedAt: the format has no deleted users: left out']);
  }
});

test('a hash that the target cannot verify is reported, and no password is accepted there', async () => {
  const own: ExportUser = { ...alice, passwordHash: '$bcrypt-sha256$v=2,t=2b,r=12$abc$def' };

  for (const [id, empty] of [
    ['shadow', 'alice:*:'],
    ['keycloak', '"credentials":[]'],
    ['ldif', 'uid: alice'],
    ['django', '"password":"!"'],
  ] as const) {
    const { text, losses } = await write(id, own);
    expect(text).toContain(empty);
    expect(text).not.toContain('abc$def');
    expect(losses).toEqual([expect.stringMatching(/^0190-a passwordHash: /)]);
    expect(losses.join()).not.toContain('abc$def');
  }
  expect((await write('htpasswd', own)).text).toBe('');
  expect((await write('keycloak', own)).text).toContain('"requiredActions":["UPDATE_PASSWORD"]');
});

test('a user without a password is no loss, and has none elsewhere', async () => {
  const without: ExportUser = { ...alice, passwordHash: null };

  expect((await write('shadow', without)).text).toMatch(/^alice:\*:/);
  for (const id of ['shadow', 'keycloak', 'ldif', 'django'])
    expect((await write(id, without)).losses).toEqual([]);
  expect((await write('htpasswd', without)).losses).toEqual([
    '0190-a passwordHash: the user has no password: left out',
  ]);
});

test('names that would be another line or field are left out', async () => {
  for (const username of ['a:b', 'a\nroot', 'a\r']) {
    for (const id of ['htpasswd', 'shadow']) {
      const { text, losses } = await write(id, { ...alice, username });
      expect(text).toBe('');
      expect(losses).toEqual([expect.stringMatching(/^0190-a username: .* left out$/)]);
    }
  }
});

test('LDIF cannot be broken out of by a value', async () => {
  const text = fc.string({ unit: fc.constantFrom(...'aö€ :<\n\r,+"\\;=#-'), minLength: 1 });
  await fc.assert(
    fc.asyncProperty(text, text, fc.integer({ min: 1, max: 200 }), async (username, lastName, times) => {
      const user = { ...alice, username, lastName: lastName.repeat(times), mustChangePassword: true };
      const { text: written } = await write(ldifWriter('ou=x'), user);
      const rows = await readBack('ldif', written);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ username, lastName: user.lastName, mustChangePassword: true });
      expect(written.split('\n').every((line) => line.length <= 76)).toBe(true);
    }),
  );
});

test.each([
  'pbkdf2_sha256$1000$c2FsdHNhbHQ$Qn3X0QdyX4kxQwNn0pPz9q6w6TM6Kq3m0bYy1b4f8fM=',
  `pbkdf2:sha512:1000$c2FsdHNhbHQ$${'ab'.repeat(64)}`,
  '$pbkdf2-sha256$1000$c2FsdHNhbHQ$Qn3X0QdyX4kxQwNn0pPz9q6w6TM6Kq3m0bYy1b4f8fM',
  argon2,
])('Keycloak is given %s so that the same passwords match', async (hash) => {
  const { text, losses } = await write('keycloak', { ...alice, passwordHash: hash });
  const [row] = await readBack('keycloak', text);
  const carried = String(row?.passwordHash);
  const theirs = await identify(carried);
  const ours = await identify(hash);

  expect(losses).toEqual([]);
  expect(theirs?.scheme.id).toBe('keycloak');
  expect(Buffer.from(theirs?.hash.digest ?? [])).toEqual(Buffer.from(ours?.hash.digest ?? [1]));
  const computed = await theirs?.hash.compute(password);
  expect(Buffer.from(computed ?? [])).toEqual(Buffer.from((await ours?.hash.compute(password)) ?? [1]));
  expect((await write('keycloak', { ...alice, passwordHash: carried })).losses).toEqual([]);
});

describe('the programs themselves', () => {
  test.skipIf(!has('htpasswd'))('htpasswd verifies', async () => {
    const made = execFileSync('htpasswd', ['-nbB', '-C', '4', 'x', password]).toString().trim().slice(2);
    const { text } = await write('htpasswd', { ...alice, passwordHash: made.replace('$2y$', '$2b$') });
    writeFileSync(join(folder, 'htpasswd'), text);

    expect(text).toContain('alice:$2y$');
    expect(spawnSync('htpasswd', ['-vb', join(folder, 'htpasswd'), 'alice', password]).status).toBe(0);
    expect(spawnSync('htpasswd', ['-vb', join(folder, 'htpasswd'), 'alice', 'another']).status).not.toBe(0);
  });

  test.skipIf(!has('perl') || !has('mkpasswd'))('crypt(3) verifies what shadow holds', async () => {
    for (const method of ['sha-512', 'yescrypt', 'bcrypt', 'md5', 'descrypt']) {
      const made = execFileSync('mkpasswd', ['-m', method, 'horse-1']).toString().trim();
      const { text, losses } = await write('shadow', { ...alice, passwordHash: made });
      const field = text.split(':')[1] ?? '';
      const again = execFileSync('perl', [
        '-e',
        'print crypt($ARGV[0], $ARGV[1])',
        'horse-1',
        field,
      ]).toString();

      expect(losses).toEqual([]);
      expect(again).toBe(field);
    }
  });

  test.skipIf(!hasPython('django'))('Django loads and verifies', async () => {
    const made = execFileSync('htpasswd', ['-nbB', '-C', '4', 'x', password]).toString().trim().slice(2);
    const { text } = await write(
      'django',
      { ...alice, passwordHash: made },
      { ...alice, username: 'böb', passwordHash: null, status: 'disabled', disabledAt: atSomeTime },
    );
    writeFileSync(join(folder, 'users.json'), text);
    const program = `
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=['django.contrib.auth','django.contrib.contenttypes'],USE_TZ=True,
  DATABASES={'default':{'ENGINE':'django.db.backends.sqlite3','NAME':':memory:'}},
  DEFAULT_AUTO_FIELD='django.db.models.AutoField',
  PASSWORD_HASHERS=['django.contrib.auth.hashers.BCryptPasswordHasher'])
django.setup()
from django.core.management import call_command
call_command('migrate',verbosity=0)
call_command('loaddata',${JSON.stringify(join(folder, 'users.json'))},verbosity=0)
from django.contrib.auth.models import User
a,b=User.objects.get(username='alice'),User.objects.get(username='böb')
print(a.check_password('${password}'),a.check_password('x'),a.last_name,a.is_active,b.has_usable_password(),b.is_active)`;

    expect(execFileSync('/usr/bin/python3', ['-c', program]).toString().trim()).toBe(
      'True False Müller True False False',
    );
  });

  test.skipIf(!has('/usr/sbin/slapadd'))('slapadd takes the LDIF', async () => {
    mkdirSync(join(folder, 'db'));
    const schemas = ['core', 'cosine', 'nis', 'inetorgperson'].map(
      (one) => `include /etc/ldap/schema/${one}.schema`,
    );
    const settings = [
      ...schemas,
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      'moduleload ppolicy',
      'database mdb',
      'suffix "dc=example,dc=com"',
      `directory ${join(folder, 'db')}`,
      'overlay ppolicy',
    ];
    writeFileSync(join(folder, 'slapd.conf'), `${settings.join('\n')}\n`);
    const top =
      'dn: dc=example,dc=com\nobjectClass: dcObject\nobjectClass: organization\no: x\ndc: example\n\n';
    const { text } = await write(
      ldifWriter('dc=example,dc=com'),
      { ...alice, expiresAt: '2030-01-01T00:00:00.000Z', mustChangePassword: true },
      { ...alice, username: 'b, "c"=#', firstName: null, status: 'disabled', disabledAt: atSomeTime },
    );
    writeFileSync(join(folder, 'in.ldif'), top + text);
    const added = spawnSync('/usr/sbin/slapadd', [
      '-f',
      join(folder, 'slapd.conf'),
      '-l',
      join(folder, 'in.ldif'),
    ]);
    expect(added.stderr.toString()).not.toMatch(/error|invalid|fail/i);
    const out = execFileSync('/usr/sbin/slapcat', ['-f', join(folder, 'slapd.conf')], {
      stdio: 'pipe',
    }).toString();
    writeFileSync(join(folder, 'out.ldif'), out);
    const format = dumpFormats.find((one) => one.id === 'ldif');
    const rows = format
      ? fieldsIn(await readAll(format, sourceOf(readFileSync(join(folder, 'out.ldif')))))
      : [];

    expect(rows).toMatchObject([
      { username: 'alice', passwordHash: `{CRYPT}${bcrypt}`, mustChangePassword: true, lastName: 'Müller' },
      { username: 'b, "c"=#', locked: true },
    ]);
  });
});
