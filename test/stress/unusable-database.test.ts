import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { testFolder } from '../cli.ts';
import { programIn } from './program.ts';
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
