import { existsSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { scene } from './scene.ts';

/** Every command that needs a database with its tables. */
const lines = [
  'user add alice --no-password',
  'user show alice',
  'user list',
  'user set alice --no-email',
  'user passwd alice --generate',
  'user login alice --password-stdin',
  'user lock alice',
  'user unlock alice',
  'user disable alice',
  'user enable alice',
  'user expire alice --never',
  'user delete alice',
  'user restore alice',
  'user purge alice --yes',
  'user import dump.csv',
  'audit show',
  'audit verify',
  'policy show',
  'policy set lockoutThreshold=4',
  'db info',
  'db backup backup.db',
];

test.each(lines)('%s: a missing database is an error that names the command to make one', async (line) => {
  const { fails, database } = await scene({ migrated: false });
  expect(await fails(line, { stdin: 'x' })).toEqual({
    exitCode: 8,
    code: 'database-missing',
    message: `there is no database at ${database}`,
    hint: 'authctl migrate up makes it',
  });
  expect(existsSync(database)).toBe(false);
});

test.each(lines)(
  '%s: an unmigrated database is an error that names the command to migrate it',
  async (line) => {
    const { fails, database, json } = await scene({ migrated: false });
    writeFileSync(database, '');
    expect(await fails(line, { stdin: 'x' })).toMatchObject({
      exitCode: 8,
      code: 'database-unmigrated',
      hint: 'authctl migrate up',
    });
    await json('migrate up --to 2');
    const error = await fails(line, { stdin: 'x' });
    expect(error).toMatchObject({
      exitCode: 8,
      code: 'database-unmigrated',
      message: `the database lacks ${migrations.length - 2} migrations`,
    });
  },
);

test.each(['migrate status', 'migrate down --yes'])('%s makes no database', async (line) => {
  const { fails, database } = await scene({ migrated: false });
  expect(await fails(line)).toMatchObject({ exitCode: 8, code: 'database-missing' });
  expect(existsSync(database)).toBe(false);
});

test('config show needs none', async () => {
  const { run } = await scene({ migrated: false });
  expect((await run('config show')).exitCode).toBe(0);
});

test.each(['user list', 'migrate status', 'migrate up', 'audit verify'])(
  '%s: a text file is no database, and stays as it is',
  async (line) => {
    const { fails, file } = await scene({ migrated: false });
    for (const text of ['not a database\n', 'x'.repeat(5000)]) {
      const path = file('notes.txt', text);
      const error = await fails(`${line} --database ${path}`);
      expect(error).toMatchObject({ exitCode: 8, code: 'database-unusable' });
      expect(error.message).toContain('notes.txt is not an authctl database');
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  },
);

test.each(['user list', 'migrate status', 'migrate up'])('%s: a folder is no database', async (line) => {
  const { fails, folder } = await scene({ migrated: false });
  expect(await fails(`${line} --database ${folder}`)).toMatchObject({
    exitCode: 8,
    code: 'database-unusable',
  });
});

test('a missing folder is not made', async () => {
  const { fails, folder } = await scene({ migrated: false });
  const path = join(folder, 'no', 'such', 'folder.db');
  const error = await fails(`migrate up --database ${path}`);
  expect(error).toMatchObject({ exitCode: 8, code: 'database-unusable' });
  expect(error.message).toContain('its folder does not exist');
  expect(await fails(`user list --database ${path}`)).toMatchObject({
    exitCode: 8,
    code: 'database-missing',
  });
});

test.each([
  ['a name that is too long', 'x'.repeat(5000)],
  ['a file in the place of a folder', 'test.db/deeper.db'],
  ['an unknown scheme', 'oracle://db/users'],
  ['a URL of another machine', 'sqlite://elsewhere/test.db'],
  ['a broken URL', 'sqlite:///%zz'],
  ['nothing', ''],
])('a database that cannot be: %s', async (_what, location) => {
  const { run, folder } = await scene();
  const path = /^\w+:|^$/.test(location) ? location : join(folder, location);
  for (const line of ['user list', 'migrate up', 'migrate status']) {
    const seen = await run([...line.split(' '), '--database', path, '--json']);
    expect(seen, line).toMatchObject({ exitCode: 8, stdout: '' });
    expect(seen.stderr.length).toBeLessThan(12_000);
  }
});

test.each([[4096], [8192], [20_000]])('a database cut to %d bytes is damaged', async (bytes) => {
  const { fails, add, database } = await scene();
  await add('alice');
  expect(statSync(database).size).toBeGreaterThan(bytes);
  truncateSync(database, bytes);
  for (const line of ['audit verify', 'user show alice', 'user add bob --no-password', 'audit show']) {
    expect(await fails(line), line).toMatchObject({ exitCode: 9, code: 'database-damaged' });
  }
});

test('a database with pages of nothing is damaged', async () => {
  const { fails, add, database } = await scene();
  await add('alice');
  const bytes = readFileSync(database);
  bytes.fill(0xff, 4096, 4096 * 4);
  writeFileSync(database, bytes);
  for (const line of ['audit verify', 'user list', 'user add bob --no-password']) {
    expect(await fails(line), line).toMatchObject({ exitCode: 9, code: 'database-damaged' });
  }
});

test('memory: is gone when the program ends', async () => {
  const { run, fails } = await scene({ migrated: false });
  expect((await run('migrate up --database memory:')).exitCode).toBe(0);
  expect(await fails('user list --database memory:')).toMatchObject({
    exitCode: 8,
    code: 'database-unmigrated',
  });
});

test('a database is named by path or URL', async () => {
  const { json, add, database, folder } = await scene();
  await add('alice');
  for (const location of [database, `sqlite:${database}`, `sqlite://${database}`, `SQLITE:${database}`]) {
    expect(await json(`user list --database ${location}`)).toMatchObject([{ username: 'alice' }]);
  }
  const odd = join(folder, 'a?b#c %41.db');
  expect((await (await scene()).run(['migrate', 'up', '--database', odd])).exitCode).toBe(0);
  expect(existsSync(odd)).toBe(true);
});

test('a database is for its owner alone, and may be a link', async () => {
  const { add, folder, database, json } = await scene();
  await add('alice');
  expect(statSync(database).mode & 0o077).toBe(0);
  symlinkSync(database, join(folder, 'link.db'));
  expect(await json(`user list --database ${join(folder, 'link.db')}`)).toHaveLength(1);
});

test('a database is not made through a link that leads nowhere, or round in a circle', async () => {
  const { fails, folder } = await scene({ migrated: false });
  for (const [link, target] of [
    ['link.db', 'elsewhere.db'],
    ['circle.db', 'circle.db'],
  ] as const) {
    symlinkSync(join(folder, target), join(folder, link));
    const error = await fails(`migrate up --database ${join(folder, link)}`);
    expect(error).toMatchObject({ exitCode: 8, code: 'database-unusable' });
    expect(existsSync(join(folder, 'elsewhere.db'))).toBe(false);
  }
});

test('a bug is reported as one, without possible secrets, and with a stack only with --debug', async () => {
  const { run } = await import('../../src/cli/run.ts');
  const { PassThrough, Readable } = await import('node:stream');
  for (const [flags, traced] of [
    [[], false],
    [['--debug'], true],
    [['--json'], false],
  ] as const) {
    const stderr = new PassThrough();
    const terminal = {
      stdin: Readable.from([]),
      stdout: new PassThrough(),
      stderr,
      screen: stderr,
      stdinIsTTY: false,
      stdoutIsTTY: false,
      stderrIsTTY: false,
      columns: undefined,
    };
    const exitCode = await run(['user', 'list', ...flags], terminal, {
      env: { HOME: '/nowhere' },
      version: '0',
      defaultActor: 'tester',
      signal: new AbortController().signal,
      services: async () => {
        throw new TypeError('row of alice@example.org\u001b[31m');
      },
    });
    const text = String(stderr.read());
    expect(exitCode).toBe(1);
    expect(text).toContain('this is a bug in authctl');
    expect(text.includes('alice@example.org')).toBe(traced);
    expect(/^ +at /m.test(text)).toBe(traced);
    expect(text).not.toContain('\u001b');
  }
});
