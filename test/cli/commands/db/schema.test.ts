import { expect, test } from 'vitest';
import { databaseKind } from '../../../databases/database.ts';
import { scene } from '../../scene.ts';

const onFiles = test.runIf(databaseKind === 'sqlite');

interface Shown {
  check: string;
  state: string;
  detail: string;
}

const evil = `create trigger users_guard after update on users begin
  update users set locked_at = null where id = new.id; end`;

const changes: readonly (readonly [statements: string, fault: string])[] = [
  [evil, 'trigger "users_guard" was added'],
  ['drop trigger audit_events_no_update', 'trigger "audit_events_no_update" is missing'],
  [
    `drop trigger audit_events_no_delete;
     create trigger audit_events_no_delete before delete on audit_events begin select 1; end`,
    'trigger "audit_events_no_delete" was changed',
  ],
  ['create view everybody as select * from users', 'view "everybody" was added'],
  ['create table notes (id integer)', 'table "notes" was added'],
  ['drop table imports', 'table "imports" is missing'],
  ['alter table users rename column first_name to given_name', 'table "users" was changed'],
  [`alter table users add column extra text not null default ''`, 'table "users" was changed'],
  ['drop index users_username_key', 'index "users_username_key" is missing'],
  [
    'drop index users_username_key; create index users_username_key on users (username_key)',
    'index "users_username_key" was changed',
  ],
  ['create unique index one_of on users (first_name)', 'index "one_of" was added'],
];

onFiles.each(changes)('%s: check, backup and copy exit 9, and name it', async (statements, fault) => {
  const cli = await scene();
  await cli.add('alice');
  cli.sql((database) => database.exec(statements));

  const { exitCode, stdout, stderr } = await cli.run('db check --quick --json');
  expect(stderr).not.toContain('bug');
  expect(exitCode).toBe(9);
  const found = (JSON.parse(stdout) as Shown[]).find(({ check }) => check === 'schema-text');
  expect(found).toMatchObject({ state: 'failure', detail: expect.stringContaining(fault) });

  for (const line of [`db backup ${cli.path('b.db')}`, `db copy ${cli.path('c.db')} --yes`]) {
    const error = await cli.fails(line);
    expect(error).toMatchObject({ exitCode: 9, code: 'database-damaged' });
    expect(error.message).toContain(fault);
  }
});

onFiles.each(changes)('a backup with %s is not restored', async (statements, fault) => {
  const cli = await scene();
  await cli.add('alice');
  const backup = cli.path('backup.db');
  await cli.json(`db backup ${backup}`);
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(backup);
  database.exec(statements);
  database.close();
  const before = cli.contents();

  const error = await cli.fails(`db restore ${backup} --yes`);
  expect(error).toMatchObject({ exitCode: 9, code: 'database-damaged' });
  expect(error.message).toContain(fault);
  expect(cli.contents()).toBe(before);
});

// Who has the file can write into SQLite's own table of the schema, and so take names that no statement may take.
onFiles.each([
  'sqlite_autoindex_users_1',
  'sqlite_autoindex_guard',
  'sqlite_stat1',
  'sqlite_stat9',
  'sqlite_sequence',
])('a trigger under the reserved name %s is found: check, backup, copy and restore exit 9', async (name) => {
  const cli = await scene();
  await cli.add('alice');
  const backup = cli.path('backup.db');
  await cli.json(`db backup ${backup}`);
  const { default: Database } = await import('better-sqlite3');
  for (const file of [cli.database, backup]) {
    const database = new Database(file, { fileMustExist: true });
    database.unsafeMode(true);
    database.pragma('writable_schema = on');
    database
      .prepare(
        `insert into sqlite_schema (type, name, tbl_name, rootpage, sql) values ('trigger', ?, 'users', 0, ?)`,
      )
      .run(
        name,
        `CREATE TRIGGER ${name} after update on users begin
           update users set locked_at = null where id = new.id; end`,
      );
    database.close();
  }
  const fault = `trigger "${name}" was added`;

  const { exitCode, stdout } = await cli.run('db check --quick --json');
  expect(exitCode).toBe(9);
  const found = (JSON.parse(stdout) as Shown[]).find(({ check }) => check === 'schema-text');
  expect(found).toMatchObject({ state: 'failure', detail: expect.stringContaining(fault) });

  for (const line of [
    `db backup ${cli.path('b.db')}`,
    `db copy ${cli.path('c.db')} --yes`,
    `db restore ${backup} --yes`,
  ]) {
    const error = await cli.fails(line);
    expect(error).toMatchObject({ exitCode: 9, code: 'database-damaged' });
    expect(error.message).toContain(fault);
  }
});

onFiles('what SQLite itself keeps about a schema is no change of it', async () => {
  const cli = await scene();
  await cli.add('alice');
  cli.sql((database) => database.exec('analyze'));
  const { stdout, exitCode } = await cli.run('db check --json');
  expect(exitCode).toBe(0);
  expect((JSON.parse(stdout) as Shown[]).find(({ check }) => check === 'schema-text')?.state).toBe('ok');
});

test('a schema that was migrated down and up again is as the migrations make it', async () => {
  const cli = await scene();
  await cli.json('migrate down --to 2 --yes');
  await cli.json('migrate up --to 6');
  await cli.json('migrate up');
  const { stdout, exitCode } = await cli.run('db check --json');
  expect(exitCode).toBe(0);
  expect((JSON.parse(stdout) as Shown[]).find(({ check }) => check === 'schema-text')?.state).toBe('ok');
});

const onServers: Record<string, readonly (readonly [string, string])[]> = {
  postgres: [
    ['alter table users rename column first_name to given_name', 'column "users.first_name" is missing'],
    [`alter table users add column extra text not null default ''`, 'column "users.extra" was added'],
    ['drop index users_username_key', 'index "users_username_key" is missing'],
    ['create unique index one_of on users (first_name)', 'unique index "one_of" was added'],
    [
      `create or replace function audit_events_append_only() returns trigger language plpgsql as
       $$ begin return null; end $$`,
      'trigger "audit_events_no_change" was changed',
    ],
    [
      `create trigger users_guard after update on users for each statement
       execute function audit_events_append_only()`,
      'trigger "users_guard" was added',
    ],
  ],
  mysql: [
    ['alter table users rename column first_name to given_name', 'column "users.first_name" is missing'],
    [`alter table users add column extra varchar(9) not null default ''`, 'column "users.extra" was added'],
    ['drop index users_username_key on users', 'index "users_username_key" is missing'],
    ['create unique index one_of on users (first_name)', 'unique index "one_of" was added'],
    [
      `create trigger users_guard before update on users for each row set new.locked_at = null`,
      'trigger "users_guard" was added',
    ],
  ],
};

test.runIf(databaseKind in onServers).each(onServers[databaseKind] ?? [['', '']])(
  '%s: db check exits 9, and names it',
  async (statement, fault) => {
    const cli = await scene();
    cli.sql((database) => database.exec(statement));
    const { exitCode, stdout } = await cli.run('db check --quick --json');
    expect(exitCode).toBe(9);
    const found = (JSON.parse(stdout) as Shown[]).find(({ check }) => check === 'schema-text');
    expect(found?.detail).toContain(fault);
  },
);
