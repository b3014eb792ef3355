import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { commands } from '../../../../src/cli/commands/index.ts';
import { databaseKind } from '../../../databases/database.ts';
import { programFile, programOver, startProcess } from '../../../stress/program.ts';
import { addCrowd, argon2, bcrypt, crowd, storedUsers, werkzeug } from '../../crowd.ts';
import { type Scene, scene } from '../../scene.ts';

const ownFormats = ['csv', 'json', 'ndjson'] as const;
const foreignFormats = ['htpasswd', 'shadow', 'keycloak', 'ldif', 'django'] as const;
const formats = [...ownFormats, ...foreignFormats];
/** Parts of the users' hashes. None may be in an export without hashes, also not in a field of its own. */
const hashParts = [bcrypt, argon2, werkzeug].map((hash) => hash.slice(-20));

interface Report {
  format: string;
  users: number;
  out: string;
  losses: { field: string; reason: string; count: number; firstUser: string }[];
}

async function crowded(): Promise<Scene> {
  const cli = await scene();
  addCrowd(cli);
  return cli;
}

function records(format: string, text: string): Record<string, unknown>[] {
  if (format === 'csv') return parse(text, { columns: true });
  return format === 'json'
    ? JSON.parse(text)
    : text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
}

const fields = [
  ...['id', 'username', 'email', 'emailVerifiedAt', 'firstName', 'lastName', 'status', 'passwordHash'],
  ...[
    'passwordChangedAt',
    'mustChangePassword',
    'disabledAt',
    'lockedAt',
    'lockedUntil',
    'lockReason',
    'lockKind',
    'failedAttempts',
  ],
  ...['consecutiveFailures', 'expiresAt', 'lastLoginAt', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy'],
  ...['deletedAt', 'deletedBy', 'version'],
];

test.each(['json', 'ndjson'])('%s holds every field of every user', async (format) => {
  const cli = await crowded();

  const seen = await cli.run(`user export --format ${format} --with-hashes`);

  const snake = (field: string) => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const stored = storedUsers(cli);
  expect(seen).toMatchObject({ exitCode: 0, stderr: `${crowd.length} users exported as ${format}\n` });
  expect(records(format, seen.stdout).map(({ status: _, ...user }) => user)).toEqual(
    stored.map((row) =>
      Object.fromEntries(
        fields
          .filter((field) => field !== 'status')
          .map((field) => [
            field,
            field === 'mustChangePassword' ? row[snake(field)] === 1 : row[snake(field)],
          ]),
      ),
    ),
  );
  expect(records(format, seen.stdout).map(({ status }) => status)).toEqual([
    'active',
    'locked',
    'locked',
    'disabled',
    'expired',
    'deleted',
    'active',
    'active',
    'active',
    'active',
    'active',
    'deleted',
  ]);
  expect(Object.keys(records(format, seen.stdout)[0] ?? {})).toEqual(fields);
});

test('csv is the default, and no cell of it is a formula', async () => {
  const cli = await crowded();

  const seen = await cli.run('user export --with-hashes');

  const rows = records('csv', seen.stdout);
  expect(seen.exitCode).toBe(0);
  expect(seen.stdout.split('\n')[0]).toBe(['authctl_id', ...fields.slice(1)].join(','));
  expect(rows).toHaveLength(crowd.length);
  for (const cell of rows.flatMap((row) => Object.values(row))) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  expect(rows[6]).toMatchObject({
    firstName: `'=cmd|' /C calc'!A0`,
    lastName: `''quoted`,
    email: `'+1@example.org`,
  });
});

test.each(formats)('%s holds no hash unless it is asked for', async (format) => {
  const cli = await crowded();

  const without = await cli.run(`user export --format ${format}`);
  const withHashes = await cli.run(`user export --format ${format} --with-hashes`);

  expect(withHashes).toMatchObject({ exitCode: 0 });
  expect(
    hashParts.some((part) => withHashes.stdout.includes(part)) || format === 'ldif' || format === 'keycloak',
  ).toBe(true);
  if (format === 'htpasswd' || format === 'shadow') {
    expect(without).toMatchObject({ exitCode: 2, stdout: '' });
    expect(without.stderr).toContain(`${format} is nothing without hashes\nhint: add --with-hashes`);
    return;
  }
  expect(without.exitCode).toBe(0);
  const told = `${without.stdout}${without.stderr}`;
  const decoded = told.replaceAll(/[A-Za-z0-9+/]{16,}={0,2}/g, (text) =>
    Buffer.from(text, 'base64').toString('latin1'),
  );
  for (const part of hashParts) expect(`${told}${decoded}`).not.toContain(part);
  expect(without.stderr).toContain('passwordHash: left out without --with-hashes (');
});

test('deleted users are in our own formats only; elsewhere they are named', async () => {
  const cli = await crowded();
  for (const format of formats) {
    const { stdout, stderr } = await cli.run(`user export --format ${format} --with-hashes`);
    const isOwn = ownFormats.some((own) => own === format);
    expect(stdout.includes('frank') || stdout.includes(Buffer.from('frank').toString('base64')), format).toBe(
      isOwn,
    );
    expect(
      stderr.includes('deletedAt: the format has no deleted users: left out (2 users, the first "frank")'),
      format,
    ).toBe(!isOwn);
  }
});

test('each loss is reported once, by field and reason, with a count and the first user', async () => {
  const cli = await crowded();
  const out = cli.path('passwords');

  const seen = await cli.run(`user export --format htpasswd --with-hashes --out ${out} --json`);

  const report: Report = JSON.parse(seen.stdout);
  const lines = readFileSync(out, 'utf8').trimEnd().split('\n');
  expect(seen.exitCode).toBe(0);
  expect(lines).toEqual(
    ['alice', 'heidi', 'ivan@example.org'].map((name) => `${name}:${bcrypt.replace('2b', '2y')}`),
  );
  expect(report).toMatchObject({ format: 'htpasswd', users: 3, out });
  const loss = (field: string, reason: string, count: number, firstUser: string) => ({
    field,
    reason,
    count,
    firstUser,
  });
  expect(report.losses).toEqual(
    expect.arrayContaining([
      loss('status', 'htpasswd cannot say that a user is locked: left out', 2, 'bob'),
      loss('status', 'htpasswd cannot say that a user is disabled: left out', 1, 'dave'),
      loss('status', 'htpasswd cannot say that a user is expired: left out', 1, 'erin'),
      loss('deletedAt', 'the format has no deleted users: left out', 2, 'frank'),
      loss('passwordHash', 'the user has no password: left out', 2, 'grace'),
      loss('passwordHash', 'Apache cannot verify the hash: left out', 1, 'jürgen_名前'),
      loss('email', 'htpasswd has no place for it', 2, 'alice'),
      loss('mustChangePassword', 'htpasswd has no place for it', 1, 'heidi'),
      loss('version', 'htpasswd has no place for it', 3, 'alice'),
    ]),
  );
  const warnings = seen.stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).warning);
  expect(warnings).toHaveLength(report.losses.length);
  expect(warnings).toContain('email: htpasswd has no place for it (2 users, the first "alice")');
  expect(warnings).toContain('mustChangePassword: htpasswd has no place for it (user "heidi")');
});

test('exported users and reported losses add up, field by field', async () => {
  const cli = await crowded();
  for (const format of foreignFormats) {
    const report = await cli.json<Report>(
      `user export --format ${format} --with-hashes --out ${cli.path(format)}`,
    );
    const leftOut = report.losses.filter(({ reason }) => reason.endsWith(': left out'));
    const sum = leftOut.reduce((total, { count }) => total + count, report.users);
    expect(sum, format).toBe(crowd.length);
    const pairs = report.losses.map(({ field, reason }) => `${field} ${reason}`);
    expect(new Set(pairs).size).toBe(pairs.length);
    for (const field of ['id', 'updatedBy', 'version'])
      expect(
        report.losses.map((loss) => loss.field),
        format,
      ).toContain(field);
  }
});

test('the file is new, and for its owner alone', async () => {
  const cli = await crowded();
  const out = cli.path('users.json');

  const seen = await cli.run(`user export --format json --out ${out}`);
  expect(seen).toMatchObject({ exitCode: 0 });
  expect(seen.stdout).toMatch(new RegExp(`Format +json\\nUsers +${crowd.length}\\nFile +${out}\\n`));
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(records('json', readFileSync(out, 'utf8'))).toHaveLength(crowd.length);

  writeFileSync(out, 'mine');
  const events = await cli.events();
  expect(await cli.fails(`user export --format json --out ${out}`)).toMatchObject({
    exitCode: 6,
    code: 'file-exists',
  });
  expect(readFileSync(out, 'utf8')).toBe('mine');
  expect(await cli.events()).toEqual(events);
});

test('--force replaces a file, whatever its mode was', async () => {
  const cli = await crowded();
  const out = cli.path('users.csv');
  writeFileSync(out, 'old', { mode: 0o644 });
  const before = lstatSync(out).ino;

  await cli.json(`user export --with-hashes --out ${out} --force`);

  expect(readFileSync(out, 'utf8')).toMatch(/^authctl_id,/);
  expect(lstatSync(out).mode & 0o777).toBe(0o600);
  expect(lstatSync(out).ino).not.toBe(before);
  expect(readdirSync(cli.folder).filter((name) => name.startsWith('users'))).toEqual(['users.csv']);
  await cli.json(`user export --out ${cli.path('new.csv')} --force`);
  expect(existsSync(cli.path('new.csv'))).toBe(true);
});

test('links are not followed, with --force or without', async () => {
  const cli = await crowded();
  const [link, dangling, target] = [cli.path('link'), cli.path('dangling'), cli.path('target')];
  writeFileSync(target, 'precious');
  symlinkSync(target, link);
  symlinkSync(cli.path('nowhere'), dangling);

  for (const path of [link, dangling]) {
    expect(await cli.fails(`user export --out ${path}`)).toMatchObject({ exitCode: 6, code: 'file-exists' });
    const forced = await cli.fails(`user export --out ${path} --force`);
    expect(forced).toMatchObject({ exitCode: 8, code: 'file-unusable' });
    expect(forced.message).toContain('it is a symbolic link');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
  }
  expect(readFileSync(target, 'utf8')).toBe('precious');
  expect(existsSync(cli.path('nowhere'))).toBe(false);
});

test('neither a folder, nor a device, nor a database is replaced', async () => {
  const cli = await crowded();
  mkdirSync(cli.path('folder'));
  const before = storedUsers(cli);

  for (const path of [cli.path('folder'), '/dev/null', cli.database, cli.path('no/such/users.csv')]) {
    const refused = await cli.fails(`user export --out ${path} --force`);
    expect(refused, path).toMatchObject({ exitCode: 8, code: 'file-unusable' });
  }
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  expect(storedUsers(cli)).toEqual(before);
  expect(await cli.events('--action user.export')).toEqual([]);
});

test('an export that fails or is interrupted leaves the old file, and no part of the new', async () => {
  const cli = await crowded();
  const out = cli.path('users.csv');
  writeFileSync(out, 'old');
  const files = readdirSync(cli.folder);
  const interrupted = AbortSignal.abort();

  expect(await cli.run(`user export --out ${out} --force`, { signal: interrupted })).toMatchObject({
    exitCode: 130,
    stdout: '',
  });
  expect(await cli.run(`user export --out ${cli.path('new')}`, { signal: interrupted })).toMatchObject({
    exitCode: 130,
  });
  expect(await cli.run('user export', { signal: interrupted })).toMatchObject({ exitCode: 130, stdout: '' });
  expect(readFileSync(out, 'utf8')).toBe('old');
  expect(readdirSync(cli.folder)).toEqual(files);
});

test.runIf(databaseKind === 'sqlite')('what cannot be audited does not leave', async () => {
  const cli = await crowded();
  cli.sql((database) =>
    database.exec(`create trigger no_export before insert on audit_events
      when new.action = 'user.export' begin select raise(abort, 'no'); end`),
  );
  const out = cli.path('users.csv');

  for (const line of ['user export', `user export --out ${out}`]) {
    const seen = await cli.run(line).catch((error: unknown) => String(error));
    expect(seen).toMatch(/met a bug/);
  }
  expect(existsSync(out)).toBe(false);
});

test('an export is one event that holds its options, and changes nothing else', async () => {
  const cli = await crowded();
  const users = storedUsers(cli);
  const before = await cli.events();

  await cli.run('user export --format ndjson');
  await cli.json(`user export --status locked --with-hashes --out ${cli.path('locked.csv')}`);

  const after = await cli.events();
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.slice(before.length)).toMatchObject([
    {
      action: 'user.export',
      outcome: 'ok',
      target: null,
      detail: { format: 'ndjson', withHashes: false, count: crowd.length },
    },
    { action: 'user.export', detail: { format: 'csv', withHashes: true, count: 2, status: 'locked' } },
  ]);
  expect(after).toHaveLength(before.length + 2);
  expect(storedUsers(cli)).toEqual(users);
  expect(await cli.json('audit verify')).toMatchObject({ ok: true });
});

test.each([
  ['active', ['alice', 'grace', 'heidi', 'ivan@example.org', 'jürgen_名前', 'kim']],
  ['locked', ['bob', 'carol']],
  ['disabled', ['dave']],
  ['expired', ['erin']],
  ['deleted', ['frank', 'lea']],
])('--status %s', async (status, names) => {
  const cli = await crowded();
  const seen = await cli.run(`user export --format json --status ${status}`);
  expect(records('json', seen.stdout).map(({ username }) => username)).toEqual(names);
});

test('an export of no users is an export too', async () => {
  const cli = await scene();
  const texts = [];
  for (const format of ownFormats) texts.push(await cli.run(`user export --format ${format}`));
  expect(texts.map(({ stdout }) => stdout)).toEqual([
    `${['authctl_id', ...fields.slice(1)].join(',')}\n`,
    '[]\n',
    '',
  ]);
  expect(texts.map(({ stderr }) => stderr)).toEqual(
    ownFormats.map((format) => `0 users exported as ${format}\n`),
  );
});

test('all users leave, however many pages they fill', async () => {
  const cli = await scene();
  for (const count of [999, 1000, 1001, 2000]) {
    cli.sql((database) => database.exec('delete from users'));
    addCrowd(
      cli,
      Array.from({ length: count }, (_, index) => ({ username: `person${index}` })),
    );
    const seen = await cli.run('user export --format ndjson');
    expect(records('ndjson', seen.stdout).map(({ username }) => username)).toEqual(
      Array.from({ length: count }, (_, index) => `person${index}`),
    );
  }
});

test('--output is the format of the report, not of the dump', async () => {
  const cli = await crowded();
  const dump = await cli.run('user export --format csv --json');
  expect(dump.stdout).toMatch(/^authctl_id,/);
  expect(
    dump.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { warning: 'passwordHash: left out without --with-hashes (10 users, the first "alice")' },
    { note: '12 users exported as csv' },
  ]);
  const csv = await cli.run(`user export --output csv --out ${cli.path('users')}`);
  expect(csv.stdout).toMatch(/^format,users,out,losses\ncsv,12,/);
  expect(await cli.fails('user export --output ids')).toMatchObject({ exitCode: 2 });
});

test.each([
  ['user export --force', '--force goes with --out'],
  [
    'user export --format xml',
    '--format takes csv, json, ndjson, htpasswd, shadow, keycloak, ldif, django, not "xml"',
  ],
  ['user export --status gone', '--status takes active, locked, disabled, expired, deleted, not "gone"'],
])('%s is a mistake', async (line, message) => {
  const cli = await scene();
  expect(await cli.fails(line)).toMatchObject({ exitCode: 2, code: 'usage', message });
});

test('export stands in the registry beside import', () => {
  expect(commands.map(({ name }) => name)).toContain('user export');
});

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

test('hashes are not written to a terminal, and control characters of the rest are escaped', async () => {
  const cli = await crowded();
  cli.sql((database) => database.exec(`update users set first_name = 'a\u202eb' where username = 'alice'`));
  const line = [process.execPath, programFile, 'user', 'export', '--format', 'ndjson'].map(quoted).join(' ');
  const env = { HOME: cli.folder, AUTHCTL_DATABASE: cli.database };
  const atTerminal = (rest: string) =>
    startProcess('script', ['-qec', `${line} ${rest}`, '/dev/null'], { env }).ended;

  const refused = await atTerminal('--with-hashes');
  expect(refused.exitCode).toBe(2);
  expect(refused.stdout).toMatch(/^error: hashes are not written to a terminal\r\nhint: .*--out.*\r\n$/);
  expect((await atTerminal(`--with-hashes > ${quoted(join(cli.folder, 'dump'))}`)).exitCode).toBe(0);

  const shown = await atTerminal('');
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toContain('"firstName":"a\\u202eb"');
  expect(await cli.events('--action user.export')).toHaveLength(2);
});

test('a reader that leaves early ends an export quietly', async () => {
  const cli = await scene();
  addCrowd(
    cli,
    Array.from({ length: 20_000 }, (_, index) => ({ username: `person${index}` })),
  );
  const line = [process.execPath, programFile, 'user', 'export'].map(quoted).join(' ');
  const { ended } = startProcess('/bin/sh', ['-c', `{ ${line}; echo "exit $?" >&2; } | head -n 1`], {
    env: { HOME: cli.folder, AUTHCTL_DATABASE: cli.database },
  });
  expect(await ended).toMatchObject({ exitCode: 0, stderr: 'exit 0\n' });
  expect((await ended).stdout.split('\n')).toHaveLength(2);
});

test.each([
  ['the old file', 'old', ['--force']],
  ['no file', undefined, []],
])(
  'a killed export leaves %s, and only its owner can read what it has written',
  async (_what, old, force) => {
    const cli = await scene();
    addCrowd(
      cli,
      Array.from({ length: 30_000 }, (_, index) => ({ username: `person${index}`, password_hash: bcrypt })),
    );
    const out = cli.path('users.json');
    if (old !== undefined) writeFileSync(out, old);
    const exporting = ['user', 'export', '--format', 'json', '--with-hashes', '--out', out, ...force];
    const program = programOver(cli.folder, cli.database);
    const running = program.start(exporting);
    const part = () => readdirSync(cli.folder).find((name) => name.startsWith('users.json.'));
    while (part() === undefined && running.child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 2));
    running.child.kill('SIGKILL');
    const { signal } = await running.ended;

    expect(signal).toBe('SIGKILL');
    expect(existsSync(out) ? readFileSync(out, 'utf8') : undefined).toBe(old);
    expect(statSync(join(cli.folder, part() ?? '')).mode & 0o777).toBe(0o600);
    expect(await program.run(exporting)).toMatchObject({ exitCode: 0 });
    expect(part()).toBeUndefined();
  },
);
