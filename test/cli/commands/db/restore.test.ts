import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { Call } from '../../../../src/domain/call.ts';
import { RestoreService } from '../../../../src/services/database/backup/restores.ts';
import { databaseKind } from '../../../databases/database.ts';
import { goodPassword, type Scene, scene } from '../../scene.ts';
import { interruptedAt } from './copy/signals.ts';

const onFiles = test.runIf(databaseKind === 'sqlite');

interface Report {
  database: string;
  users: number;
  events: number;
  headHash: string;
  schema: string;
  previous: string | null;
}

interface Backup {
  events: number;
  headHash: string;
}

const caller = new Call({ actor: 'tester', osUser: 'tester', host: 'here' });
const userLines = 'user list --json';

/** A database with three users, and a backup from when there were two. */
async function withBackup(): Promise<
  Scene & { backup: string; made: Backup; names(at?: string): Promise<string[]> }
> {
  const cli = await scene();
  await cli.add('alice', 'bob');
  mkdirSync(cli.path('backups'));
  const backup = cli.path(join('backups', 'two.db'));
  const made = await cli.json<Backup>(`db backup ${backup}`);
  await cli.add('carol');
  const names = async (at = cli.database) => {
    const users = JSON.parse((await cli.run(`${userLines} --database ${at}`)).stdout) as {
      username: string;
    }[];
    return users.map(({ username }) => username);
  };
  return { ...cli, backup, made, names };
}

/** Files of the folder that are neither the database nor kept ones. */
const leftovers = (folder: string) =>
  readdirSync(folder).filter((name) => /\.part|-wal|-shm|-journal/.test(name));

onFiles('a restore replaces everything, keeps what was there beside, and says so in the log', async () => {
  const { json, backup, made, names, events, folder, database } = await withBackup();
  const { head } = await json<{ head: { seq: number; hash: string } }>('audit verify');
  const before = readFileSync(backup);

  const report = await json<Report>(`db restore ${backup} --yes`);

  expect(report).toMatchObject({ database, users: 2, events: made.events + 1 });
  expect(await names()).toEqual(['alice', 'bob']);
  const last = (await events()).at(-1);
  expect(last).toMatchObject({
    seq: made.events + 1,
    action: 'db.restore',
    detail: { replacedUsers: 3, replacedEvents: head.seq, replacedHead: head.hash },
  });
  expect((await json<{ head: object }>('audit verify')).head).toEqual({
    seq: report.events,
    hash: report.headHash,
  });
  expect(report.previous).toMatch(/test\.db\.replaced-\d{8}T\d{9}Z$/);
  expect(await names(String(report.previous))).toEqual(['alice', 'bob', 'carol']);
  expect(statSync(String(report.previous)).mode & 0o777).toBe(0o600);
  expect(readFileSync(backup).equals(before)).toBe(true);
  expect(leftovers(folder)).toEqual([]);
});

onFiles('the kept database can be restored in turn', async () => {
  const { json, backup, names } = await withBackup();
  const { previous } = await json<Report>(`db restore ${backup} --yes`);
  rmSync(`${previous}-wal`, { force: true });
  await json(`db restore ${previous} --yes`);
  expect(await names()).toEqual(['alice', 'bob', 'carol']);
});

onFiles('without --yes nothing is replaced, and what would be is told', async () => {
  const { fails, backup, made, contents, json, folder } = await withBackup();
  const { head } = await json<{ head: { hash: string } }>('audit verify');
  const before = contents();
  const error = await fails(`db restore ${backup}`);
  expect(error).toMatchObject({ exitCode: 2, code: 'confirmation-needed' });
  expect(error.message).toContain(`3 users, 5 audit events (head ${head.hash})`);
  expect(error.message).toContain(
    `2 users, ${made.events} audit events (head ${made.headHash.slice(0, 12)}…)`,
  );
  expect(contents()).toBe(before);
  expect(readdirSync(folder).filter((name) => /\.part|replaced/.test(name))).toEqual([]);
});

onFiles('where there is no database, or an empty one, nobody is asked and none is kept', async () => {
  const { json, backup, names, database } = await withBackup();
  rmSync(database);
  expect(await json(`db restore ${backup}`)).toMatchObject({ users: 2, previous: null });
  expect(await names()).toEqual(['alice', 'bob']);
  expect(statSync(database).mode & 0o777).toBe(0o600);
  writeFileSync(database, '');
  expect(await json(`db restore ${backup}`)).toMatchObject({ users: 2, previous: null });
  expect(await names()).toEqual(['alice', 'bob']);
});

onFiles('a database that cannot be read is kept as it is, and replaced', async () => {
  const { json, fails, backup, names, database } = await withBackup();
  for (const spoil of [() => truncateSync(database, 5000), () => writeFileSync(database, 'x'.repeat(9000))]) {
    spoil();
    chmodSync(database, 0o644);
    const spoilt = readFileSync(database);
    const error = await fails(`db restore ${backup}`);
    expect(error).toMatchObject({ exitCode: 2, code: 'confirmation-needed' });
    expect(error.message).toContain('cannot be read');
    expect(readFileSync(database).equals(spoilt)).toBe(true);
    const { previous } = await json<Report>(`db restore ${backup} --yes`);
    expect(readFileSync(String(previous)).equals(spoilt)).toBe(true);
    expect(statSync(String(previous)).mode & 0o777).toBe(0o600);
    expect(await names()).toEqual(['alice', 'bob']);
  }
});

onFiles('a database with a damaged log, or of an older schema, is replaced and kept', async () => {
  const { json, sql, backup, names } = await withBackup();
  sql((database) => database.exec('delete from audit_head'));
  const { previous } = await json<Report>(`db restore ${backup} --yes`);
  expect(await names()).toEqual(['alice', 'bob']);
  expect(existsSync(String(previous))).toBe(true);
  await json('migrate down --to 1 --yes');
  await json(`db restore ${backup} --yes`);
  expect(await names()).toEqual(['alice', 'bob']);
});

onFiles('a backup of an older schema is restored, and migrating it is asked for', async () => {
  const { json, run, backup, names } = await withBackup();
  await json(`migrate down --to 3 --yes --database ${backup}`);
  const seen = await run(`db restore ${backup} --yes`);
  expect(seen.exitCode).toBe(0);
  expect(seen.stderr).toContain('authctl migrate up');
  await json('migrate up');
  expect(await names()).toEqual(['alice', 'bob']);
  expect((await run('audit verify')).exitCode).toBe(0);
});

onFiles('what is no backup, damaged, newer or changed is refused, and nothing happens', async () => {
  const { fails, backup, contents, database, folder, file, path } = await withBackup();
  const before = contents();
  const bytes = readFileSync(backup);
  const spoilt = (name: string, work: (db: Database.Database) => void) => {
    const copy = path(name);
    copyFileSync(backup, copy);
    const db = new Database(copy);
    work(db);
    db.close();
    return copy;
  };
  const torn = Buffer.from(bytes);
  torn.fill(0xff, 8192, 12_288);
  const cases: [string, number, string][] = [
    [path('none.db'), 8, 'file-unusable'],
    [folder, 8, 'file-unusable'],
    [database, 8, 'file-unusable'],
    [file('notes.txt', 'x'.repeat(5000)), 8, 'database-unusable'],
    [file('empty.db', ''), 8, 'file-unusable'],
    [file('half.db', bytes.subarray(0, 9000)), 9, 'database-damaged'],
    [file('torn.db', torn), 9, 'database-damaged'],
    [
      spoilt('newer.db', (db) => db.exec(`insert into schema_migrations values ('9998-future', 'x')`)),
      8,
      'database-newer',
    ],
    [
      spoilt('forged.db', (db) => {
        db.exec('drop trigger audit_events_no_update');
        db.exec(`update audit_events set actor = 'mallory' where seq = 2`);
      }),
      9,
      'audit-damaged',
    ],
    [
      spoilt('unindexed.db', (db) => {
        db.unsafeMode(true);
        db.pragma('writable_schema = on');
        db.exec(`delete from sqlite_schema where name = 'users_username_key'`);
      }),
      9,
      'database-damaged',
    ],
  ];
  for (const [path, exitCode, code] of cases) {
    expect(await fails(`db restore ${path} --yes`), path).toMatchObject({ exitCode, code });
    expect(contents(), path).toBe(before);
  }
  writeFileSync(`${backup}-wal`, 'something');
  expect((await fails(`db restore ${backup} --yes`)).message).toContain('it is in use');
  expect(readdirSync(folder).filter((name) => /\.part|replaced/.test(name))).toEqual([]);
});

onFiles('a database of another program, or a log without its database, is not replaced', async () => {
  const { fails, backup, path, database } = await withBackup();
  const other = new Database(path('other.db'));
  other.exec('create table notes (id integer)');
  other.close();
  const error = await fails(`db restore ${backup} --yes --database ${path('other.db')}`);
  expect(error).toMatchObject({ exitCode: 8, code: 'database-unusable' });
  rmSync(database);
  writeFileSync(`${database}-wal`, 'what was not folded in');
  expect(await fails(`db restore ${backup} --yes`)).toMatchObject({ exitCode: 8, code: 'file-unusable' });
  expect(readFileSync(`${database}-wal`, 'utf8')).toBe('what was not folded in');
});

onFiles('who has the database open goes on with what was restored', async () => {
  const { json, backup, database } = await withBackup();
  const other = new Database(database);
  try {
    const count = other.prepare('select count(*) from users').pluck();
    expect(count.get()).toBe(3);
    await json(`db restore ${backup} --yes`);
    expect(count.get()).toBe(2);
  } finally {
    other.close();
  }
});

onFiles('a writer in the middle of a transaction keeps it from being replaced', async () => {
  const { fails, backup, names, folder, database } = await withBackup();
  const other = new Database(database);
  try {
    other.exec('begin immediate');
    const error = await fails(`db restore ${backup} --yes --timeout 1s`);
    expect(error).toMatchObject({ exitCode: 7, code: 'database-busy' });
    other.exec('rollback');
  } finally {
    other.close();
  }
  expect(await names()).toEqual(['alice', 'bob', 'carol']);
  expect(readdirSync(folder).filter((name) => /\.part|replaced/.test(name))).toEqual([]);
});

onFiles('an interrupted restore changes nothing', async () => {
  const { run, backup, contents, folder } = await withBackup();
  const before = contents();
  expect(await run(`db restore ${backup} --yes`, { signal: AbortSignal.abort() })).toMatchObject({
    exitCode: 130,
  });
  expect(contents()).toBe(before);
  expect(readdirSync(folder).filter((name) => /\.part|replaced/.test(name))).toEqual([]);
});

onFiles('what was agreed to is what is replaced: a change while somebody is asked ends it', async () => {
  const { backup, database, add, names, folder } = await withBackup();
  const restores = new RestoreService(database, { caller, timeoutMs: 1000, now: () => new Date() });
  const { signal } = new AbortController();
  const agree = () => add('dave');
  await expect(restores.restore(backup, { signal, agree })).rejects.toMatchObject({
    code: 'changed-meanwhile',
  });
  expect(await names()).toEqual(['alice', 'bob', 'carol', 'dave']);
  expect(readdirSync(folder).filter((name) => /\.part|replaced/.test(name))).toEqual([]);
});

onFiles('every file of a restore is for its owner alone, whoever may read the backup', async () => {
  const { backup, database, folder } = await withBackup();
  chmodSync(backup, 0o644);
  const restores = new RestoreService(database, { caller, timeoutMs: 1000, now: () => new Date() });
  const modes = new Map<string, number>();
  const look = async () => {
    for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((one) => one.isFile())) {
      modes.set(name.replace(/\d{8}T.*|[0-9a-f]{8}-.*/, ''), statSync(join(folder, name)).mode & 0o777);
    }
  };
  const run = { signal: new AbortController().signal, agree: look, onProgress: look };
  await restores.restore(backup, run);
  expect([...modes.keys()]).toEqual(expect.arrayContaining(['test.db', 'test.db.', 'test.db.replaced-']));
  expect([...new Set(modes.values())]).toEqual([0o600]);
});

onFiles('sessions, tokens and attempts of a backup are ended, and that is said', async () => {
  const { run, fails, json, events, add, path, sql } = await scene();
  await add('alice');
  await json('user set alice --email a@example.org');
  const session = await json<{ token: string }>('user login alice --session --password-stdin', {
    stdin: goodPassword,
  });
  const reset = await json<{ token: string }>('reset issue alice');
  const email = await json<{ token: string }>('email issue alice');
  sql((database) =>
    database.exec(
      `insert into login_attempts (id, user_id, started_at) select '${crypto.randomUUID()}', id, created_at from users`,
    ),
  );
  const backup = path('with.db');
  await json(`db backup ${backup}`);
  await run('user passwd alice --password-stdin', { stdin: 'Another-horse-2' });

  const restored = await run(`db restore ${backup} --yes`);
  expect(restored.stdout).toMatch(/Ended +1 session, 2 tokens of the backup/);
  expect(await json(`db restore ${backup} --yes`)).toMatchObject({ endedSessions: 1, endedTokens: 2 });
  expect((await events()).at(-1)).toMatchObject({
    action: 'db.restore',
    detail: { endedSessions: 1, endedTokens: 2 },
  });
  const refused = [
    ['session verify --token-stdin', session.token],
    ['reset redeem --token-stdin --password-file p', reset.token],
    ['email verify --token-stdin', email.token],
  ] as const;
  writeFileSync(path('p'), 'Third-horse-33', { mode: 0o600 });
  for (const [line, token] of refused) {
    expect(await fails(line.replace(' p', ` ${path('p')}`), { stdin: token })).toMatchObject({ exitCode: 3 });
  }
  sql((database) => expect(database.prepare('select count(*) from login_attempts').pluck().get()).toBe(0));
});

onFiles('an interrupted restore where there was no database leaves none', async () => {
  const { backup, folder, path } = await withBackup();
  const before = readdirSync(folder).sort();
  const restores = new RestoreService(path('new.db'), { caller, timeoutMs: 1000, now: () => new Date() });
  let looks = 0;
  // Interrupted at each of its looks at the signal in turn, until there is none left.
  for (let isDone = false; !isDone; looks += 1) {
    const interrupted = restores.restore(backup, { signal: interruptedAt(looks + 1) });
    isDone = await interrupted.then(
      () => true,
      () => false,
    );
    if (!isDone) expect(readdirSync(folder).sort()).toEqual(before);
  }
  expect(looks).toBeGreaterThan(3);
});

onFiles('what a link leads to is replaced, and the link stays', async () => {
  const { json, backup, path, database, names } = await withBackup();
  symlinkSync(database, path('link.db'));
  expect(await json(`db restore ${backup} --yes --database ${path('link.db')}`)).toMatchObject({ database });
  expect(await names()).toEqual(['alice', 'bob']);
});

onFiles('a backup is read where it may not be written', async () => {
  const { json, backup, path, names } = await withBackup();
  chmodSync(backup, 0o400);
  chmodSync(path('backups'), 0o500);
  try {
    await json(`db restore ${backup} --yes`);
    expect(await names()).toEqual(['alice', 'bob']);
  } finally {
    chmodSync(path('backups'), 0o700);
  }
});

test.each([
  [
    'postgres://bob:hidden-one@db.example.org:5433/my%20db',
    `pg_restore --clean --if-exists --single-transaction --host=db.example.org --port=5433 --username=bob --dbname='my db' 'a b.db'`,
  ],
  [
    'mysql://bob:hidden-one@db.example.org/app',
    `mariadb --host=db.example.org --user=bob --password app < 'a b.db'`,
  ],
])('%s: its own tools are told, without a password', async (url, hint) => {
  const { fails, secret } = await scene({ migrated: false });
  secret('hidden-one');
  const env = { AUTHCTL_DATABASE: url };
  expect(await fails('db restore "a b.db" --yes', { env })).toMatchObject({
    exitCode: 2,
    code: 'usage',
    hint,
  });
});
