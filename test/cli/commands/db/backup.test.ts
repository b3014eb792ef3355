import {
  chmodSync,
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
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { databaseKind } from '../../../databases/database.ts';
import { goodPassword, type Scene, scene } from '../../scene.ts';

const onFiles = test.runIf(databaseKind === 'sqlite');

interface Report {
  file: string;
  bytes: number;
  users: number;
  events: number;
  headHash: string;
  schema: string;
}

/** A scene with users, and a folder for backups. */
async function withUsers(): Promise<Scene & { target: string }> {
  const cli = await scene();
  await cli.add('alice', 'bob');
  mkdirSync(cli.path('backups'));
  return { ...cli, target: cli.path(join('backups', 'one.db')) };
}

onFiles('a backup is one file for its owner alone, and a database like the one it is of', async () => {
  const { json, run, target, folder, database } = await withUsers();
  const report = await json<Report>(`db backup ${target}`);
  expect(report).toEqual({
    file: target,
    bytes: statSync(target).size,
    users: 2,
    events: 4,
    headHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    schema: expect.stringMatching(/^\d{4}-/),
  });
  expect(statSync(target).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'backups'))).toEqual(['one.db']);
  expect(await json(`user list --database ${target}`)).toEqual(await json('user list'));
  const login = await run(['user', 'login', 'bob', '--password-stdin', '--database', target], {
    stdin: goodPassword,
  });
  expect(login.exitCode).toBe(0);
  expect(existsSync(database)).toBe(true);
});

onFiles('the event of a backup is in it, and in the database', async () => {
  const { json, target, events } = await withUsers();
  const { events: count, headHash } = await json<Report>(`db backup ${target}`);
  const verdict = await json<{ head: { seq: number; hash: string } }>(`audit verify --database ${target}`);
  expect(verdict.head).toEqual({ seq: count, hash: headHash });
  expect((await json<{ head: object }>('audit verify')).head).toEqual(verdict.head);
  expect((await events()).at(-1)).toMatchObject({ seq: count, action: 'db.backup', detail: {} });
});

onFiles('a backup needs no file beside it: its journal is folded in', async () => {
  const { json, target } = await withUsers();
  await json(`db backup ${target}`);
  chmodSync(join(target, '..'), 0o500);
  const copy = new Database(target, { readonly: true });
  try {
    expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
    expect(copy.prepare('select count(*) from users').pluck().get()).toBe(2);
  } finally {
    copy.close();
    chmodSync(join(target, '..'), 0o700);
  }
  expect(readdirSync(join(target, '..'))).toEqual(['one.db']);
});

onFiles('what is there stays, unless --force says that it is replaced', async () => {
  const { json, fails, add, target } = await withUsers();
  await json(`db backup ${target}`);
  const before = readFileSync(target);
  await add('carol');
  expect(await fails(`db backup ${target}`)).toMatchObject({ exitCode: 6, code: 'file-exists' });
  expect(readFileSync(target).equals(before)).toBe(true);
  expect(await json(`db backup ${target} --force`)).toMatchObject({ users: 3 });
  expect(await json(`user list --database ${target}`)).toHaveLength(3);
  expect(readdirSync(join(target, '..'))).toEqual(['one.db']);
});

onFiles('links are not followed, and neither the database nor one in use is replaced', async () => {
  const { fails, database, target, folder, file } = await withUsers();
  const link = join(folder, 'link.db');
  symlinkSync(target, link);
  const lines = [
    [link, 'it is a symbolic link'],
    [database, 'it is the database itself'],
    [folder, 'it is no file'],
    [join(folder, 'no', 'folder.db'), 'its folder does not exist'],
    ['/dev/null', 'it is no file'],
    ['', 'its name begins or ends with a blank'],
  ] as const;
  for (const [path, why] of lines) {
    const error = await fails(`db backup "${path}" --force`);
    expect(error, path).toMatchObject({ exitCode: 8, code: 'file-unusable' });
    expect(error.message).toContain(why);
  }
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(existsSync(target)).toBe(false);
  file('left.db-wal', 'of another database');
  expect((await fails(`db backup ${join(folder, 'left.db')}`)).message).toContain('it is in use');
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});

onFiles('a hard link of the database is the database', async () => {
  const { fails, database, path } = await withUsers();
  const { linkSync } = await import('node:fs');
  linkSync(database, path('same.db'));
  expect((await fails(`db backup ${path('same.db')} --force`)).message).toContain(
    'it is the database itself',
  );
});

onFiles('a damaged database makes no backup', async () => {
  const { fails, run, sql, database, target } = await withUsers();
  sql((db) => {
    db.exec('drop trigger audit_events_no_update');
    db.exec(`update audit_events set actor = 'mallory' where seq = 2`);
  });
  const error = await fails(`db backup ${target}`);
  expect(error).toMatchObject({ exitCode: 9, code: 'audit-damaged' });
  expect(error.message).toMatch(/^no backup was made: the audit log is damaged: .*event 2/);
  expect(readdirSync(join(target, '..'))).toEqual([]);
  const bytes = readFileSync(database);
  const index = bytes.length / 4096 - 1;
  bytes.fill(0xff, index * 4096, (index + 1) * 4096);
  writeFileSync(database, bytes);
  expect((await run(`db backup ${target}`)).exitCode).toBe(9);
  expect(readdirSync(join(target, '..'))).toEqual([]);
});

onFiles('an interrupted backup leaves nothing', async () => {
  const { run, target } = await withUsers();
  const seen = await run(`db backup ${target}`, { signal: AbortSignal.abort() });
  expect(seen).toMatchObject({ exitCode: 130, stdout: '' });
  expect(readdirSync(join(target, '..'))).toEqual([]);
});

onFiles('a missing or unmigrated database makes no backup', async () => {
  const { fails, json, path } = await scene({ migrated: false });
  expect(await fails(`db backup ${path('b.db')}`)).toMatchObject({ exitCode: 8, code: 'database-missing' });
  await json('migrate up --to 2');
  expect(await fails(`db backup ${path('b.db')}`)).toMatchObject({
    exitCode: 8,
    code: 'database-unmigrated',
  });
  expect(existsSync(path('b.db'))).toBe(false);
});

test.each([
  [
    'postgres://bob:hidden-one@db.example.org:5433/my%20db',
    `pg_dump --format=custom --host=db.example.org --port=5433 --username=bob --file='a b.db' 'my db'`,
  ],
  [
    'mysql://bob:hidden-one@db.example.org/app',
    `mariadb-dump --single-transaction --routines --triggers --host=db.example.org --user=bob --password --result-file='a b.db' app`,
  ],
  [
    `mariadb://o'neil@localhost/app?socketPath=/run/mysqld/mysqld.sock`,
    `mariadb-dump --single-transaction --routines --triggers --socket=/run/mysqld/mysqld.sock --user='o'\\''neil' --password --result-file='a b.db' app`,
  ],
])('%s: its own tools are told, without a password', async (url, dump) => {
  const { fails, secret } = await scene({ migrated: false });
  secret('hidden-one');
  const env = { AUTHCTL_DATABASE: url };
  expect(await fails('db backup "a b.db"', { env })).toMatchObject({
    exitCode: 2,
    code: 'usage',
    hint: dump,
  });
});

test('a database in memory is not backed up', async () => {
  const { fails } = await scene({ migrated: false });
  expect(await fails('db backup b.db --database memory:')).toMatchObject({ exitCode: 2, code: 'usage' });
});
