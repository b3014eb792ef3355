import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../cli.ts';
import { type Program, programFile, programIn, startProcess } from './program.ts';
import { expectRefusal, expectRefused, reading, withUser, writing } from './refusal.ts';
import { canMount, smallDisk } from './small-disk.ts';

const minutes = 60_000;

test.each([
  ['text', 'The quick brown fox jumps over the lazy dog.\n'.repeat(200)],
  ['a short text', 'hello\n'],
  ['bytes of no sense', Buffer.from(Array.from({ length: 9000 }, (_, index) => (index * 7919) % 251))],
])(
  'a file with %s is no database',
  async (_what, content) => {
    const program = programIn(testFolder());
    writeFileSync(program.database, content);
    await expectRefused(program, [...reading, ...writing], 8, 'database-unusable');
  },
  minutes,
);

test(
  'an empty file has no tables, and stays empty until it is migrated',
  async () => {
    const program = programIn(testFolder());
    writeFileSync(program.database, '');
    await expectRefused(
      program,
      [
        ['user', 'list'],
        ['user', 'lock', 'alice'],
      ],
      8,
      'database-unmigrated',
    );
    expect(await program.run(['migrate', 'status'])).toMatchObject({ exitCode: 0 });
    expect(statSync(program.database).size).toBe(0);
    expect(await program.run(['migrate', 'up'])).toMatchObject({ exitCode: 0 });
  },
  minutes,
);

test(
  'a database of another program is left as it is, and its tables are not mixed up',
  async () => {
    const program = programIn(testFolder());
    const other = new Database(program.database);
    other.exec("create table users (name text); insert into users values ('alice')");
    other.close();
    await expectRefused(
      program,
      [
        ['user', 'list'],
        ['user', 'lock', 'alice'],
      ],
      8,
      'database-unmigrated',
    );
    await expectRefused(program, [['migrate', 'up']], 8, 'database-unusable');
  },
  minutes,
);

test(
  'a folder is no database',
  async () => {
    const program = programIn(testFolder());
    mkdirSync(program.database);
    for (const command of [...reading, ...writing]) {
      expectRefusal(await program.run(command), 8, command.join(' '));
    }
    expect(readdirSync(program.database)).toEqual([]);
  },
  minutes,
);

test(
  'in a missing folder no database is found or made',
  async () => {
    const folder = testFolder();
    const program = programIn(folder, join('missing', 'test.db'));
    for (const command of [...reading, ...writing]) {
      expectRefusal(await program.run(command), 8, command.join(' '));
    }
    const below = programIn(folder, join('file', 'test.db'));
    writeFileSync(join(folder, 'file'), 'not a folder');
    for (const command of [
      ['user', 'list'],
      ['migrate', 'up'],
    ]) {
      expectRefusal(await below.run(command), 8, command.join(' '));
    }
    expect(readdirSync(folder)).toEqual(['file']);
  },
  minutes,
);

test.each(['sqlite://elsewhere/test.db', 'sqlite:///%00', `/tmp/${'x'.repeat(300)}`, 'oracle://db', ''])(
  'the database %j is refused',
  async (database) => {
    const program = programIn(testFolder());
    for (const command of [
      ['user', 'list'],
      ['migrate', 'up'],
    ]) {
      expectRefusal(await program.run([...command, `--database=${database}`]), 8, command.join(' '));
    }
    expect(readdirSync(program.folder)).toEqual([]);
  },
  minutes,
);

describe.skipIf(!canMount)('a disk that cannot be written (needs the right to mount)', () => {
  test(
    'refuses every command, and keeps the database as it was',
    async () => {
      const disk = smallDisk(4096);
      const program = await withUser(disk.folder);
      disk.makeReadOnly();
      await expectRefused(program, [...reading, ...writing], 8, 'database-unusable');
      const missing = programIn(disk.folder, 'new.db');
      expectRefusal(await missing.run(['migrate', 'up']), 8, 'migrate up');
      expect(readdirSync(disk.folder)).toEqual(['test.db']);
    },
    minutes,
  );
});

const hasSetpriv = spawnSync('setpriv', ['--version']).status === 0;

describe.skipIf(process.getuid?.() !== 0 || !hasSetpriv)('another user (needs root and setpriv)', () => {
  const [owner, reader] = [54_321, 54_322];
  const runAs = (uid: number, { folder, database }: Program, args: string[]) =>
    startProcess(
      'setpriv',
      [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', process.execPath, programFile, ...args],
      { env: { HOME: folder, AUTHCTL_DATABASE: database } },
    ).ended;

  /** A database that `owner` has and others may read, in a folder into which everybody may write. */
  async function shared(): Promise<Program> {
    const program = await withUser();
    chmodSync(program.folder, 0o777);
    chmodSync(program.database, 0o644);
    chownSync(program.database, owner, owner);
    return program;
  }

  test(
    'who may read the database and not write it leaves no log beside it',
    async () => {
      const program = await shared();
      const before = readdirSync(program.folder);
      for (const args of [
        ['user', 'list'],
        ['audit', 'verify'],
        ['user', 'lock', 'alice'],
      ]) {
        expectRefusal(await runAs(reader, program, args), 8, args.join(' '));
      }
      expect(readdirSync(program.folder)).toEqual(before);
      expect(await runAs(owner, program, ['user', 'lock', 'alice'])).toMatchObject({ exitCode: 0 });
    },
    minutes,
  );

  test(
    'a log of another user is named where it shuts the owner out, and found by db check',
    async () => {
      const program = await shared();
      const logs = [`${program.database}-wal`, `${program.database}-shm`];
      for (const log of logs) {
        writeFileSync(log, '', { mode: 0o644 });
        chownSync(log, reader, reader);
      }
      const refused = await runAs(owner, program, ['user', 'lock', 'alice']);
      expectRefusal(refused, 8, 'user lock');
      expect(refused.stderr).toContain(`chown --reference=${program.database} ${logs.join(' ')}`);
      const checked = await runAs(owner, program, ['db', 'check', '--json']);
      expect(JSON.parse(checked.stdout)).toContainEqual(
        expect.objectContaining({ check: 'log-owner', state: 'failure' }),
      );
      for (const log of logs) chownSync(log, owner, owner);
      expect(await runAs(owner, program, ['user', 'lock', 'alice'])).toMatchObject({ exitCode: 0 });
    },
    minutes,
  );
});

describe.skipIf(process.getuid?.() === 0)('a folder without the right to write (not for root)', () => {
  test(
    'refuses every command, and keeps the database as it was',
    async () => {
      const program = await withUser();
      chmodSync(program.folder, 0o500);
      try {
        await expectRefused(program, [...reading, ...writing], 8, 'database-unusable');
      } finally {
        chmodSync(program.folder, 0o700);
      }
    },
    minutes,
  );
});
