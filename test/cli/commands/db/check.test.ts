import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPart } from '../../../../src/io/private-file.ts';
import { databaseKind, dropGuards } from '../../../databases/database.ts';
import { type Scene, scene } from '../../scene.ts';

interface Shown {
  check: string;
  state: 'ok' | 'warning' | 'failure';
  detail: string;
  mend: string | null;
}

const isSqlite = databaseKind === 'sqlite';

/** What a look at a database without guards finds: MySQL and MariaDB may not have let the migrations make them. */
const withoutGuards =
  databaseKind === 'mysql'
    ? { exitCode: 0, bad: { guards: 'warning' } }
    : { exitCode: 9, bad: { guards: 'warning', 'schema-text': 'failure' } };

/** Runs `db check --json`; findings that are not `ok` by their names. */
async function check({ run }: Scene, flags = '') {
  const seen = await run(`db check --json ${flags}`);
  const all = JSON.parse(seen.stdout) as Shown[];
  const found = Object.fromEntries(all.map((one) => [one.check, one]));
  const bad = Object.fromEntries(
    all.filter(({ state }) => state !== 'ok').map(({ check, state }) => [check, state]),
  );
  // The free space of the machine that runs the tests is not what is tested.
  for (const name of ['file-system', 'disk-space', 'version']) delete bad[name];
  const errors = seen.stderr
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).error)
    .filter(Boolean);
  return { exitCode: seen.exitCode, all, found, bad, error: errors[0] };
}

test('a healthy database passes, with each look by its name and nothing to do', async () => {
  const cli = await scene();
  await cli.add('alice');
  const { exitCode, all, found, bad, error } = await check(cli);
  expect({ exitCode, bad, error }).toEqual({ exitCode: 0, bad: {}, error: undefined });
  for (const one of all) {
    expect(Object.keys(one)).toEqual(['check', 'state', 'detail', 'mend']);
    expect(one.mend === null).toBe(one.state === 'ok');
  }
  expect(found['audit-log']?.detail).toMatch(/^2 events, each as it was written; head [0-9a-f]{64}$/);
  expect(found.reachable?.detail).toMatch(/^(SQLite|PostgreSQL|MariaDB|MySQL) \d/);
  expect(Object.keys(found)).toEqual(
    expect.arrayContaining(
      {
        sqlite: [
          'file-modes',
          'folder-mode',
          'left-behind',
          'file-system',
          'disk-space',
          'durability',
          'integrity',
          'guards',
        ],
        postgres: [
          'fsync',
          'full-page-writes',
          'synchronous-commit',
          'encoding',
          'collation',
          'tls',
          'clock',
        ],
        mysql: ['log-flush', 'doublewrite', 'writable', 'engine', 'tls', 'clock', 'guards'],
        memory: [],
      }[databaseKind],
    ),
  );
});

test('it changes nothing, and --quick leaves out what goes through everything', async () => {
  const cli = await scene();
  await cli.add('alice');
  const before = cli.contents();
  const { found } = await check(cli, '--quick');
  expect(found).not.toHaveProperty('audit-log');
  expect(found).not.toHaveProperty('integrity');
  expect(found).toHaveProperty('schema');
  expect(cli.contents()).toBe(before);
});

test('refused logins, also at names that nobody has, leave a sound database', async () => {
  const cli = await scene();
  await cli.add('alice');
  await cli.json('user disable alice');
  for (const name of ['alice', 'nobody']) await cli.login(name, 'Wrong-password-9');
  const kept = cli.sql((database) => database.prepare('select user_id, failed_at from login_attempts').all());
  expect(kept).toHaveLength(2);
  for (const { user_id, failed_at } of kept as { user_id: string; failed_at: string }[]) {
    expect(user_id).toMatch(/^hmac:[0-9a-f]{4}$/);
    expect(failed_at).toMatch(/Z$/);
  }
  const { exitCode, bad, error } = await check(cli);
  expect({ exitCode, bad, error }).toEqual({ exitCode: 0, bad: {}, error: undefined });
});

test('names that could be taken for others are counted, whatever the policy says of new ones', async () => {
  const cli = await scene();
  await cli.json('policy set usernameForbidConfusable=no');
  await cli.add('admin', '\u0430dmin', 'jürgen_名前');
  await cli.json('user add ad\u3164min --no-password');
  await cli.json('user delete ad\u3164min --yes');
  const detail =
    '2 usernames could be taken for others, the first: "\u0430dmin" mixes Cyrillic and Latin characters';
  expect((await check(cli)).found.usernames).toEqual({
    ...{ check: 'usernames', state: 'ok', mend: null },
    detail: `${detail}; the policy accepts such names`,
  });

  await cli.json('policy set usernameForbidConfusable=yes');

  const { exitCode, found } = await check(cli);
  expect(exitCode).toBe(0);
  expect(found.usernames).toEqual({
    ...{ check: 'usernames', state: 'warning', detail },
    mend: 'see whose they are; authctl user set --username renames a user',
  });
  expect((await check(cli, '--quick')).found).not.toHaveProperty('usernames');
  expect((await cli.login('\u0430dmin')).exitCode).toBe(0);
});

test('people get a line each, with what to do behind an arrow', async () => {
  const cli = await scene();
  cli.sql(dropGuards);
  const { exitCode, stdout } = await cli.run('db check');
  expect(exitCode).toBe(withoutGuards.exitCode);
  expect(stdout).toMatch(/^STATE +CHECK +FOUND$/m);
  expect(stdout).toMatch(/^ok +schema +\d+ migrations, none is missing$/m);
  expect(stdout).toMatch(/^warning +guards +.* → .*create trigger audit_events_no/m);
});

test('a missing database is a finding, and is not made', async () => {
  const cli = await scene({ migrated: false });
  const { exitCode, found, error } = await check(cli);
  expect(exitCode).toBe(8);
  expect(found.reachable).toMatchObject({ state: 'failure', mend: 'authctl migrate up makes it' });
  expect(error).toMatchObject({ code: 'check-failed', message: '1 of 1 checks failed: reachable' });
  if (isSqlite) expect(existsSync(cli.database)).toBe(false);
});

test('pending migrations are a failure; the log is verified all the same', async () => {
  const cli = await scene({ migrated: false });
  await cli.json('migrate up --to 2');
  const { exitCode, found, bad } = await check(cli);
  expect({ exitCode, bad }).toEqual({ exitCode: 8, bad: { schema: 'failure' } });
  expect(found.schema).toMatchObject({
    detail: expect.stringMatching(/lacks \d+ migrations/),
    mend: 'authctl migrate up',
  });
  expect(found['audit-log']?.state).toBe('ok');
});

test('a database that is newer than the program is a failure', async () => {
  const cli = await scene();
  cli.sql((database) =>
    database.exec(`insert into schema_migrations values ('9998-future', '2030-01-01T00:00:00.000Z')`),
  );
  const { exitCode, found, bad } = await check(cli);
  expect({ exitCode, bad }).toEqual({ exitCode: 8, bad: { schema: 'failure' } });
  expect(found.schema?.detail).toContain('newer than this program (it has 9998-future)');
});

test('a changed event and missing guards are told; the log is damage, and what --quick does not see', async () => {
  const cli = await scene();
  await cli.add('alice');
  cli.sql((database) => {
    dropGuards(database);
    database.exec(`update audit_events set actor = 'mallory' where seq = 1`);
  });
  expect(await check(cli, '--quick')).toMatchObject(withoutGuards);
  const { exitCode, found, error } = await check(cli);
  expect(exitCode).toBe(9);
  expect(error).toMatchObject({ code: 'database-damaged' });
  expect(found['audit-log']).toMatchObject({ state: 'failure', detail: expect.stringContaining('event 1') });
});

test('the statements that are told bring the guards back', async () => {
  const cli = await scene();
  cli.sql(dropGuards);
  const { found } = await check(cli);
  const statements = found.guards?.mend?.split('then: ')[1]?.split(/; (?=create)/) ?? [];
  cli.sql((database) => {
    for (const text of statements) database.exec(text);
  });
  expect(await check(cli)).toMatchObject({ exitCode: 0, bad: {} });
});

test.skipIf(isSqlite)('a clock that is elsewhere is a warning', async () => {
  const cli = await scene();
  cli.pass(5000);
  const { exitCode, found } = await check(cli);
  expect(exitCode).toBe(0);
  expect(found.clock).toMatchObject({ state: 'warning', mend: 'set both by NTP' });
  expect(found.clock?.detail).toMatch(/^the server is [45]\.\d s behind this machine/);
});

test.skipIf(isSqlite)('a server that does not answer is a finding', async () => {
  const cli = await scene();
  const url = new URL(cli.database);
  url.port = '1';
  const { exitCode, found } = await check(cli, `--timeout 1s --database ${url.href}`);
  expect(exitCode).toBe(8);
  expect(found.reachable).toMatchObject({
    state: 'failure',
    detail: expect.stringContaining('cannot be reached'),
  });
});

test.runIf(databaseKind === 'mysql')('a table without transactions is a failure', async () => {
  const cli = await scene();
  cli.sql((database) => database.exec('alter table settings engine=MyISAM'));
  const { exitCode, found } = await check(cli);
  expect(exitCode).toBe(8);
  expect(found.engine).toMatchObject({ state: 'failure', mend: 'alter table settings engine=InnoDB' });
});

test.runIf(databaseKind === 'postgres')('a database that takes no writes is a failure', async () => {
  const cli = await scene();
  const name = new URL(cli.database).pathname.slice(1);
  cli.sql((database) => database.exec(`alter database ${name} set default_transaction_read_only = on`));
  expect(await check(cli)).toMatchObject({ exitCode: 8, bad: { writable: 'failure' } });
});

test.runIf(databaseKind === 'postgres')('an encoding that cannot hold every name is a failure', async () => {
  const cli = await scene({ migrated: false });
  const server = new URL(cli.database);
  const name = server.pathname.slice(1);
  const { openSql } = await import('../../../databases/database.ts');
  const { serverUrls } = await import('../../../databases/kinds.ts');
  const admin = openSql(serverUrls.postgres);
  admin.exec(`create database ${name} template template0 encoding 'LATIN1' locale 'C'`);
  admin.close();
  const { found } = await check(cli);
  expect(found.encoding).toMatchObject({ state: 'failure', detail: expect.stringContaining('LATIN1') });
});

test.runIf(isSqlite)(
  'files that others can read or write are warnings with the command that mends them',
  async () => {
    const cli = await scene();
    chmodSync(cli.database, 0o640);
    chmodSync(cli.folder, 0o770);
    const { exitCode, found, bad } = await check(cli);
    expect({ exitCode, bad }).toEqual({
      exitCode: 0,
      bad: { 'file-modes': 'warning', 'folder-mode': 'warning' },
    });
    expect(found['file-modes']?.mend).toBe(`chmod 600 ${cli.database}`);
    chmodSync(cli.database, 0o600);
    chmodSync(cli.folder, 0o700);
    expect(await check(cli)).toMatchObject({ bad: {} });
  },
);

test.runIf(isSqlite)('what a killed program has left beside the database is a warning', async () => {
  const cli = await scene();
  const [left, used] = [spawnSync('true').pid, process.pid].map((pid) =>
    createPart(cli.path("o'neill.csv")).replace(/-\d+-/, `-${pid}-`),
  );
  for (const path of [left, used]) writeFileSync(String(path), 'half');
  const { exitCode, found, bad } = await check(cli, '--quick');
  expect({ exitCode, bad }).toEqual({ exitCode: 0, bad: { 'left-behind': 'warning' } });
  expect(found['left-behind']).toMatchObject({ detail: expect.stringContaining(String(left)) });
  expect(found['left-behind']?.detail).not.toContain(String(used));
  execFileSync('sh', ['-c', String(found['left-behind']?.mend)]);
  expect(existsSync(String(left))).toBe(false);
  expect(await check(cli, '--quick')).toMatchObject({ bad: {} });
});

test.runIf(isSqlite)('what a link leads to is looked at', async () => {
  const cli = await scene();
  chmodSync(cli.database, 0o604);
  const link = join(cli.folder, 'link.db');
  symlinkSync(cli.database, link);
  expect(await check(cli, `--database ${link}`)).toMatchObject({ bad: { 'file-modes': 'warning' } });
});

test.runIf(isSqlite)('what is no database, or damaged, is a finding', async () => {
  const cli = await scene();
  await cli.add('alice');
  const text = cli.file('notes.txt', 'x'.repeat(5000));
  expect(await check(cli, `--database ${text}`)).toMatchObject({
    exitCode: 8,
    bad: { reachable: 'failure' },
  });
  expect(readFileSync(text, 'utf8')).toBe('x'.repeat(5000));
  expect(await check(cli, `--database ${cli.folder}`)).toMatchObject({
    exitCode: 8,
    bad: { reachable: 'failure' },
  });
  const empty = cli.file('empty.db', '');
  expect(await check(cli, `--database ${empty}`)).toMatchObject({ exitCode: 8, bad: { schema: 'failure' } });
  expect(await check(cli, '--database oracle://x')).toMatchObject({
    exitCode: 8,
    bad: { reachable: 'failure' },
  });
  expect(await check(cli, '--database sqlite://elsewhere/x.db')).toMatchObject({ exitCode: 8 });
  const bytes = readFileSync(cli.database);
  for (let page = 2; page * 4096 <= bytes.length; page += 1) {
    const broken = Buffer.from(bytes);
    broken.fill(0xff, (page - 1) * 4096, page * 4096);
    writeFileSync(cli.database, broken);
    const { exitCode, all, error } = await check(cli);
    expect({ exitCode, code: error?.code }, `page ${page}`).toEqual({
      exitCode: 9,
      code: 'database-damaged',
    });
    for (const { state, mend } of all) expect(state === 'ok' || mend !== null).toBe(true);
  }
  truncateSync(cli.database, 4097);
  expect(await check(cli)).toMatchObject({ exitCode: 9 });
});

test('a configuration that others can write, and a password that they can read, are warnings', async () => {
  const cli = await scene();
  const password = cli.file('password', 'not-the-root-1');
  mkdirSync(join(cli.folder, '.config', 'authctl'), { recursive: true });
  const config = join(cli.folder, '.config', 'authctl', 'config.json');
  writeFileSync(config, JSON.stringify({ databasePasswordFile: password }));
  chmodSync(config, 0o666);
  chmodSync(password, 0o640);
  const { bad } = await check(cli);
  expect(bad).toMatchObject({ 'config-file': 'warning', 'password-file': 'warning' });
  chmodSync(config, 0o644);
  chmodSync(password, 0o600);
  const { found } = await check(cli);
  expect([found['config-file']?.state, found['password-file']?.state]).toEqual(['ok', 'ok']);
});

test('users whom no event accounts for are told, with and without --quick', async () => {
  const cli = await scene();
  await cli.add('alice', 'bob', 'carol');
  await cli.json('user delete carol');
  await cli.json('user purge carol --yes');
  expect((await check(cli)).found.users).toMatchObject({ state: 'ok' });
  const { id: bob } = await cli.user('bob');
  const added = '01900000-0000-7000-8000-000000000001';

  // Renamed ids: one user is gone and another one is there, both without an event.
  cli.sql((database) => database.exec(`update users set id = '${added}' where id = '${bob}'`));

  for (const options of ['', '--quick'])
    expect((await check(cli, options)).found.users).toEqual({
      check: 'users',
      state: 'warning',
      detail:
        `users whom no event has added: 1 (${added}); ` +
        `users who are gone although no event has purged them: 1 (${bob})`,
      mend: 'find out who has changed the database beside authctl; compare it with a backup',
    });
});
