import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { addMany } from '../../../../stress/many-users.ts';
import { goodPassword, type Scene, scene } from '../../../scene.ts';
import { addOddRows, allRows, marksIn, type ShownCopy } from './rows.ts';
import { interruptedAt, watched } from './signals.ts';

const copyTo = (cli: Scene, name: string) => cli.json<ShownCopy>(`db copy ${cli.path(name)} --yes`);
const on = (cli: Scene, name: string) => ({ env: { AUTHCTL_DATABASE: cli.path(name) } });

function behind<T>(cli: Scene, name: string, work: (database: Database.Database) => T): T {
  const database = new Database(cli.path(name));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** Interrupts a copy in the middle; gives what it said. */
const interrupted = (cli: Scene, name: string, looks: number) =>
  cli.run(`db copy ${cli.path(name)} --yes --json`, { signal: interruptedAt(looks) });

test('a copy holds every row as it was, and works', async () => {
  const cli = await scene();
  await cli.add('alice', 'bob');
  await cli.login('bob', 'Wrong-password-1');
  await cli.json('user lock bob --for 2h');
  addOddRows(cli.database);

  const copy = await copyTo(cli, 'copy.db');

  expect(allRows(cli.path('copy.db'))).toEqual(allRows(cli.database));
  expect(marksIn(cli.path('copy.db'))).toEqual([]);
  expect(statSync(cli.path('copy.db')).mode & 0o777).toBe(0o600);
  const rows = Object.entries(allRows(cli.database));
  expect(copy.tables.map(({ table, rows: count }) => [table, count])).toEqual(
    rows.map(([table, { length }]) => [table, length]),
  );
  for (const { sha256 } of copy.tables) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(copy).toMatchObject({ target: cli.path('copy.db'), resumed: false });
  const verified = await cli.json('audit verify', on(cli, 'copy.db'));
  expect(verified).toEqual(await cli.json('audit verify'));
  expect(verified).toMatchObject({ events: copy.events, head: copy.head });
  const login = { ...on(cli, 'copy.db'), stdin: goodPassword };
  expect((await cli.run('user login alice --password-stdin', login)).exitCode).toBe(0);
  expect((await cli.run('user login bob --password-stdin', login)).exitCode).toBe(3);
});

test('a copy is an event of both, which names the target', async () => {
  const cli = await scene();
  await copyTo(cli, 'copy.db');
  const here = await cli.events('--action db.copy');
  expect(here).toMatchObject([{ action: 'db.copy', outcome: 'ok', detail: { to: cli.path('copy.db') } }]);
  expect(await cli.json('audit show --action db.copy', on(cli, 'copy.db'))).toEqual(here);
});

test('people are shown a line for each table', async () => {
  const cli = await scene();
  await cli.add('alice');
  const seen = await cli.run(`db copy ${cli.path('copy.db')} --yes`);
  expect(seen).toMatchObject({ exitCode: 0, stderr: '' });
  expect(seen.stdout).toMatch(/^users +1 row, the same on both sides \(SHA-256 [0-9a-f]{12}…\)$/m);
  expect(seen.stdout).toMatch(/^Audit log +3 events, each as it was written; head [0-9a-f]{64}$/m);
});

test('without a terminal a copy needs --yes, and says what it would do', async () => {
  const cli = await scene();
  await cli.add('alice');
  const before = cli.contents();
  const missing = await cli.fails(`db copy ${cli.path('copy.db')}`);
  expect(missing).toMatchObject({ exitCode: 2, code: 'confirmation-needed', hint: 'repeat it with --yes' });
  expect(missing.message).toContain(
    `copies 1 users and 2 audit events to ${cli.path('copy.db')}, which is not`,
  );
  expect(existsSync(cli.path('copy.db'))).toBe(false);
  await cli.json('migrate up', on(cli, 'empty.db'));
  const empty = await cli.fails(`db copy ${cli.path('empty.db')}`);
  expect(empty).toMatchObject({ exitCode: 2, code: 'confirmation-needed' });
  expect(empty.message).toContain('which holds nothing yet');
  expect(cli.contents()).toBe(before);
});

test('a target that holds nothing is taken, whatever its schema', async () => {
  const cli = await scene();
  await cli.add('alice');
  for (const count of ['0', '1', '3', '99']) {
    const name = `target-${count}.db`;
    await cli.json(`migrate up --to ${count}`, on(cli, name));
    await copyTo(cli, name);
    expect(allRows(cli.path(name))).toEqual(allRows(cli.database));
  }
});

test.each([
  ['users', (cli: Scene) => cli.json('user add bob --no-password', on(cli, 'target.db'))],
  ['audit_events', (cli: Scene) => cli.json('policy set bcryptCost=5', on(cli, 'target.db'))],
])('a target with rows in %s is refused and left as it is', async (table, fill) => {
  const cli = await scene();
  await cli.json('migrate up', on(cli, 'target.db'));
  await fill(cli);
  const [source, target] = [cli.contents(), allRows(cli.path('target.db'))];
  const error = await cli.fails(`db copy ${cli.path('target.db')} --yes`);
  expect(error).toMatchObject({ exitCode: 6, code: 'target-not-empty', table });
  expect(cli.contents()).toBe(source);
  expect(allRows(cli.path('target.db'))).toEqual(target);
});

test('a finished copy is no target', async () => {
  const cli = await scene();
  await copyTo(cli, 'copy.db');
  expect(await cli.fails(`db copy ${cli.path('copy.db')} --yes`)).toMatchObject({ exitCode: 6 });
});

test('a database is not copied into itself, however it is spelt', async () => {
  const cli = await scene();
  for (const same of [cli.database, `sqlite:${cli.database}`, `sqlite://${cli.folder}/./test.db`]) {
    expect(await cli.fails(`db copy ${same} --yes`)).toMatchObject({ exitCode: 2, code: 'usage' });
  }
  const servers = ['postgres://a@127.0.0.1/x', 'postgresql://b@localhost:5432/x?sslmode=disable'] as const;
  const given = { env: { AUTHCTL_DATABASE: servers[0] } };
  expect(await cli.fails(`db copy ${servers[1]} --yes`, given)).toMatchObject({ exitCode: 2, code: 'usage' });
});

test('a password in the URL is refused, and one in a file that is not there is told', async () => {
  const cli = await scene();
  const password = cli.secret('swordfish-1');
  const error = await cli.fails(`db copy postgres://me:${password}@127.0.0.1/x --yes`);
  expect(error).toMatchObject({ exitCode: 2, code: 'usage', hint: 'give it by --to-password-file' });
  const file = cli.path('no-such-file');
  const missing = await cli.fails(`db copy postgres://me@127.0.0.1/x --to-password-file ${file} --yes`);
  expect(missing).toMatchObject({ exitCode: 8, code: 'file-unusable' });
});

test.each([
  ['a folder', (cli: Scene) => `${cli.folder}`, 'database-unusable'],
  ['a place that is not there', (cli: Scene) => cli.path('no/such/folder.db'), 'database-unusable'],
  ['something else', (cli: Scene) => cli.file('text', 'no database'.repeat(100)), 'database-unusable'],
  ['no known scheme', () => 'oracle://db/x', 'settings-invalid'],
])('%s is no target', async (_what, target, code) => {
  const cli = await scene();
  const before = cli.contents();
  expect(await cli.fails(`db copy ${target(cli)} --yes`)).toMatchObject({ exitCode: 8, code });
  expect(cli.contents()).toBe(before);
});

test('tables of another program are left as they are', async () => {
  const cli = await scene();
  behind(cli, 'other.db', (database) =>
    database.exec('create table users (x); insert into users values (1)'),
  );
  const before = cli.contents();
  expect((await cli.fails(`db copy ${cli.path('other.db')} --yes`)).exitCode).toBe(6);
  expect(behind(cli, 'other.db', (database) => database.prepare('select * from users').all())).toEqual([
    { x: 1 },
  ]);
  expect(cli.contents()).toBe(before);
});

test('a damaged log is not copied', async () => {
  const cli = await scene();
  await cli.add('alice');
  cli.sql((database) => {
    database.exec('drop trigger audit_events_no_update');
    database.prepare(`update audit_events set payload = payload || ' ' where seq = 2`).run();
  });
  expect(await cli.fails(`db copy ${cli.path('copy.db')} --yes`)).toMatchObject({
    exitCode: 9,
    code: 'audit-damaged',
  });
  expect(await cli.fails('user list', on(cli, 'copy.db'))).toMatchObject({ exitCode: 8 });
});

// 3500 users are four batches, and four more are compared.
test.each([1, 2, 4, 5, 8, 12, 16])(
  'interrupted at step %d, a copy goes on when it is repeated',
  async (step) => {
    const cli = await scene();
    addMany(cli, 3500);

    const seen = await interrupted(cli, 'copy.db', step);

    expect(seen).toMatchObject({ exitCode: 130, stdout: '' });
    expect(JSON.parse(seen.stderr).error).toMatchObject({
      code: 'interrupted',
      hint: 'repeat the command: it goes on where it was',
    });
    expect(marksIn(cli.path('copy.db'))).toHaveLength(1);
    for (const line of [
      'user list',
      'user add bob --no-password',
      'migrate status',
      'migrate up',
      'audit verify',
    ]) {
      expect(await cli.fails(line, on(cli, 'copy.db')), line).toMatchObject({
        exitCode: 8,
        code: 'database-incomplete',
      });
    }
    expect(await cli.fails(`db copy ${cli.path('other.db')} --yes`, on(cli, 'copy.db'))).toMatchObject({
      exitCode: 8,
      code: 'database-incomplete',
    });
    // The copy that goes on needs no --yes, and is no second event.
    const copy = await cli.json<ShownCopy>(`db copy ${cli.path('copy.db')}`);
    expect(copy.resumed).toBe(true);
    expect(allRows(cli.path('copy.db'))).toEqual(allRows(cli.database));
    expect(marksIn(cli.path('copy.db'))).toEqual([]);
    expect(await cli.events('--action db.copy')).toHaveLength(1);
  },
);

test('a copy whose source has changed since it was interrupted begins anew, and says so', async () => {
  const cli = await scene();
  addMany(cli, 3500);
  await interrupted(cli, 'copy.db', 3);
  await cli.json('user lock person7 --for 2h');

  const seen = await cli.run(`db copy ${cli.path('copy.db')} --json`);

  expect(seen.exitCode).toBe(0);
  expect(JSON.parse(seen.stderr).note).toContain('begins anew');
  expect(JSON.parse(seen.stdout).resumed).toBe(false);
  expect(allRows(cli.path('copy.db'))).toEqual(allRows(cli.database));
  expect(await cli.events('--action db.copy')).toHaveLength(2);
});

test('what has changed without an event since a copy was interrupted is found', async () => {
  const cli = await scene();
  addMany(cli, 3500);
  await interrupted(cli, 'copy.db', 3);
  cli.sql((database) => database.exec(`update users set failed_attempts = 3 where username = 'person7'`));

  const seen = await cli.run(`db copy ${cli.path('copy.db')} --json`);

  expect(seen.exitCode).toBe(0);
  expect(JSON.parse(seen.stderr).note).toContain('begins anew');
  expect(allRows(cli.path('copy.db'))).toEqual(allRows(cli.database));
});

test('an unfinished copy is not taken over by that of another database', async () => {
  const cli = await scene();
  addMany(cli, 3500);
  await interrupted(cli, 'copy.db', 3);
  const before = allRows(cli.path('copy.db'));
  await cli.json('migrate up', on(cli, 'other.db'));
  await cli.json('user add bob --no-password', on(cli, 'other.db'));
  const error = await cli.fails(`db copy ${cli.path('copy.db')} --yes`, on(cli, 'other.db'));
  expect(error).toMatchObject({ exitCode: 6, code: 'target-not-empty' });
  expect(allRows(cli.path('copy.db'))).toEqual(before);
});

test('what the target does not keep as it was is found, and the next copy begins anew', async () => {
  const cli = await scene();
  await cli.add('alice');
  await cli.json('migrate up', on(cli, 'copy.db'));
  // Asked for between two batches.
  const spoiling = watched(() =>
    behind(cli, 'copy.db', (database) => database.exec('update users set version = 99')),
  );

  const seen = await cli.run(`db copy ${cli.path('copy.db')} --yes --json`, { signal: spoiling });

  expect(seen.exitCode).toBe(9);
  expect(JSON.parse(seen.stderr).error).toMatchObject({
    code: 'copy-differs',
    message: expect.stringContaining('in users'),
  });
  expect(await cli.fails('user list', on(cli, 'copy.db'))).toMatchObject({ code: 'database-incomplete' });
  // Its table is dropped, and what is in it.
  expect((await copyTo(cli, 'copy.db')).resumed).toBe(false);
  expect(allRows(cli.path('copy.db'))).toEqual(allRows(cli.database));
});

test('a target with a trigger of somebody else is refused before anything is copied', async () => {
  const cli = await scene();
  await cli.add('alice');
  await cli.json('migrate up', on(cli, 'copy.db'));
  behind(cli, 'copy.db', (database) =>
    database.exec(`create trigger spoil after insert on users
      begin update users set version = version + 1 where id = new.id; end`),
  );
  const error = await cli.fails(`db copy ${cli.path('copy.db')} --yes`);
  expect(error).toMatchObject({ exitCode: 9, code: 'database-damaged' });
  expect(error.message).toContain('trigger "spoil" was added');
  expect(await cli.json('user list', on(cli, 'copy.db'))).toEqual([]);
});

test('nobody can write to the source while it is copied', async () => {
  const cli = await scene();
  addMany(cli, 3500);
  const seen: number[] = [];
  // Asked for between two batches.
  const looking = watched(() => seen.push(tryToWrite(cli)));
  const { exitCode } = await cli.run(`db copy ${cli.path('copy.db')} --yes --json`, { signal: looking });
  expect(exitCode).toBe(0);
  expect(seen.length).toBeGreaterThan(8);
  expect(new Set(seen)).toEqual(new Set([0]));
  expect(allRows(cli.path('copy.db'))).toEqual(allRows(cli.database));
});

/** Gives how many rows another program could change. */
function tryToWrite(cli: Scene): number {
  const database = new Database(cli.database, { timeout: 1 });
  try {
    return database.prepare(`update users set version = version + 1`).run().changes;
  } catch (error) {
    expect(error).toMatchObject({ code: 'SQLITE_BUSY' });
    return 0;
  } finally {
    database.close();
  }
}
