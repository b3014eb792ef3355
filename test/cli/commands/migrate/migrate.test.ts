import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrations } from '../../../../migrations/index.ts';
import { type Scene, scene } from '../../scene.ts';

const names = migrations.map((migration) => migration.name);

interface Moved {
  changed: string[];
  migrations: { name: string; appliedAt: string | null }[];
}

const schemaOf = (cli: Scene) =>
  cli.sql((database) =>
    database.prepare('select type, name, tbl_name, sql from sqlite_master order by type, name').all(),
  );

const appliedOf = (moved: Moved) =>
  moved.migrations.filter((one) => one.appliedAt !== null).map((one) => one.name);

test('migrate up makes the database for its owner alone and applies all migrations', async () => {
  const cli = await scene({ migrated: false });
  expect(existsSync(cli.database)).toBe(false);
  const moved = await cli.json<Moved>('migrate up');
  expect(moved.changed).toEqual(names);
  expect(appliedOf(moved)).toEqual(names);
  expect(statSync(cli.database).mode & 0o777).toBe(0o600);
  expect((await cli.run('migrate up')).stdout).toBe('nothing to apply\n');
  expect(await cli.json('migrate status')).toEqual(moved.migrations);
});

test('--to is the number of migrations that are applied afterwards', async () => {
  const cli = await scene({ migrated: false });
  expect((await cli.run('migrate up --to 2')).stdout).toBe('applied 0001-users, 0002-audit\n');
  expect((await cli.json<Moved>('migrate up --to 1')).changed).toEqual([]);
  expect((await cli.json<Moved>('migrate up --to 3')).changed).toEqual(names.slice(2, 3));
  expect((await cli.json<Moved>('migrate down --to 4 --yes')).changed).toEqual([]);
  expect((await cli.json<Moved>('migrate down --to 1 --yes')).changed).toEqual(names.slice(1, 3).reverse());
  expect(appliedOf(await cli.json<Moved>('migrate up'))).toEqual(names);
  expect((await cli.json<Moved>('migrate down --yes')).changed).toEqual(names.slice(-1));
  expect((await cli.json<Moved>('migrate up --to 99')).changed).toEqual(names.slice(-1));
});

test('down to nothing and up again gives the same schema, byte for byte', async () => {
  const cli = await scene();
  const before = schemaOf(cli);
  const moved = await cli.json<Moved>('migrate down --to 0 --yes');
  expect(moved.changed).toEqual([...names].reverse());
  expect(
    cli.sql((database) =>
      database.prepare(`select name from sqlite_master where type = 'table'`).pluck().all(),
    ),
  ).toEqual(['schema_migrations']);
  expect((await cli.run('migrate down --yes')).stdout).toBe('nothing to take back\n');
  await cli.json('migrate up');
  expect(schemaOf(cli)).toEqual(before);
  expect(before.length).toBeGreaterThan(10);
});

test.each(names.map((_, index) => index))('from %d migrations up gives the same schema', async (count) => {
  const cli = await scene();
  const before = schemaOf(cli);
  await cli.json(`migrate down --to ${count} --yes`);
  await cli.json('migrate up');
  expect(schemaOf(cli)).toEqual(before);
});

test('without a terminal migrate down needs --yes, and says what would be lost', async () => {
  const cli = await scene();
  await cli.add('alice', 'bob');
  const before = cli.contents();
  const { head } = await cli.json<{ head: { hash: string } }>('audit verify');
  const error = await cli.fails('migrate down --to 0');
  expect(error).toMatchObject({ exitCode: 2, code: 'confirmation-needed', hint: 'repeat it with --yes' });
  expect(error.message).toBe(
    `this takes back ${names.length} of ${names.length} migrations; lost for ever: 2 users, 3 audit events (head of the log ${head.hash})`,
  );
  expect((await cli.fails('migrate down')).message).toBe(
    `this takes back 1 of ${names.length} migrations; lost for ever: nothing`,
  );
  expect((await cli.fails('migrate down --to 1')).message).toContain('lost for ever: 3 audit events');
  expect(cli.contents()).toBe(before);
});

test('what hangs on users is counted among what would be lost', async () => {
  const cli = await scene();
  await cli.json('policy set passwordHistory=3');
  await cli.add('alice');
  await cli.json('user set alice --email alice@example.org');
  await cli.json('user passwd alice --password-stdin', { stdin: cli.secret('Another-horse-2') });
  await cli.run('user login alice --session --password-stdin', { stdin: 'Another-horse-2' });
  const issued = await cli.json<{ token: string }>('email issue alice');
  await cli.json('email verify --token-stdin', { stdin: issued.token });
  await cli.json('reset issue alice');
  expect((await cli.fails('migrate down --to 2')).message).toMatch(
    /lost for ever: 1 former password, 1 session, 1 token, 1 verified e-mail address$/,
  );
});

test('what other migrations hold is not lost', async () => {
  const cli = await scene();
  await cli.add('alice');
  await cli.json('migrate down --to 3 --yes');
  expect(await cli.fails('user list')).toMatchObject({ exitCode: 8, code: 'database-unmigrated' });
  await cli.json('migrate up');
  expect(await cli.json('user list')).toMatchObject([{ username: 'alice' }]);
  expect((await cli.login('alice')).exitCode).toBe(0);
  expect(await cli.json('audit verify')).toMatchObject({ ok: true });
});

test('locks that stand are told apart when their kind is introduced', async () => {
  const cli = await scene();
  await cli.json('policy set lockoutThreshold=1');
  await cli.add('alice', 'bob', 'carol', 'dave');
  await cli.login('alice', 'Wrong-password-9');
  await cli.json('user lock bob --reason "lost laptop"');
  await cli.json('user lock carol');
  await cli.json('migrate down --to 10 --yes');
  await cli.json('migrate up');

  const kinds = cli.sql((database) =>
    database.prepare('select username, lock_kind from users order by username').all(),
  );
  expect(kinds).toEqual([
    { username: 'alice', lock_kind: 'automatic' },
    { username: 'bob', lock_kind: 'administrator' },
    { username: 'carol', lock_kind: 'administrator' },
    { username: 'dave', lock_kind: null },
  ]);
});

test('a step that fails leaves no trace of itself', async () => {
  const cli = await scene({ migrated: false });
  await cli.json('migrate up --to 2');
  // Something of somebody else's is in the way of the fourth.
  cli.sql((database) => database.exec('create table login_attempts (x)'));
  expect((await cli.fails('migrate up')).exitCode).toBe(8);
  expect(appliedOf({ changed: [], migrations: await cli.json('migrate status') })).toEqual(names.slice(0, 3));
  cli.sql((database) => database.exec('drop table login_attempts'));
  expect((await cli.json<Moved>('migrate up')).changed).toEqual(names.slice(3));
});

test('a database that is newer than the program is refused by everything', async () => {
  const cli = await scene();
  cli.sql((database) =>
    database.exec(`insert into schema_migrations values ('9999-future', '2099-01-01T00:00:00.000Z')`),
  );
  const before = cli.contents();
  for (const line of [
    'user list',
    'user add alice --no-password',
    'audit show',
    'policy show',
    'migrate status',
    'migrate up',
    'migrate down --yes',
    'migrate down --to 0 --yes',
  ]) {
    const error = await cli.fails(line);
    expect(error, line).toMatchObject({ exitCode: 8, code: 'database-newer' });
    expect(error.message).toContain('9999-future');
  }
  expect(cli.contents()).toBe(before);
});

test('a database of another program is not taken for one of ours', async () => {
  const cli = await scene({ migrated: false });
  const other = new Database(cli.database);
  other.exec('create table customers (id integer)');
  other.close();
  expect(await cli.fails('user list')).toMatchObject({ exitCode: 8, code: 'database-unmigrated' });
  expect(await cli.json<unknown[]>('migrate status')).toHaveLength(names.length);
  expect(cli.sql((database) => database.prepare('select count(*) from sqlite_master').pluck().get())).toBe(1);
});
