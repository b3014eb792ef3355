import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { testFolder } from '../cli.ts';
import { programIn } from './program.ts';
import { expectRefused, reading, withUser, writing } from './refusal.ts';

const password = 'Correct-horse-1';
const minutes = 60_000;

test(
  'a truncated database is damaged, wherever it was cut',
  async () => {
    const whole = await withUser();
    const { size } = statSync(whole.database);
    expect(size).toBeGreaterThan(60_000);
    const cuts = [50, 100, 1000, 4095, 4096, 4097, 8192, Math.floor(size / 2), size - 4096, size - 5000];
    for (const cut of cuts) {
      const program = programIn(testFolder());
      writeFileSync(program.database, readFileSync(whole.database).subarray(0, cut));
      await expectRefused(
        program,
        [
          ['user', 'list'],
          ['user', 'lock', 'alice'],
          ['migrate', 'up'],
        ],
        9,
        'database-damaged',
      );
    }
  },
  minutes,
);

test(
  'a database with pages overwritten is damaged',
  async () => {
    const whole = await withUser();
    const bytes = readFileSync(whole.database);
    // The tables' own pages: the catalogue, then what the first command reads of it.
    for (const page of [1, 2, 3]) {
      const program = programIn(testFolder());
      const broken = Buffer.from(bytes);
      broken.fill(0xff, (page - 1) * 4096 + (page === 1 ? 100 : 0), page * 4096);
      writeFileSync(program.database, broken);
      const ended = await Promise.all([...reading, ...writing].map((command) => program.run(command)));
      for (const one of ended) expect(one.stderr).not.toMatch(/bug|SQLITE| at /);
      const codes = ended.map(({ exitCode }) => exitCode);
      expect(codes).toContain(9);
      expect(codes.filter((code) => code !== 9 && code !== 0)).toEqual([]);
    }
  },
  minutes,
);

test(
  'a database whose write-ahead log is cut off keeps what was committed before',
  async () => {
    const program = await withUser();
    const copy = programIn(testFolder());
    // An open reader keeps the log from being folded into the file.
    const reader = new Database(program.database, { readonly: true });
    try {
      reader.prepare('select count(*) from users').get();
      await program.run(['user', 'add', 'bob', '--password-stdin'], { stdin: password });
      await program.run(['user', 'add', 'carol', '--password-stdin'], { stdin: password });
      cpSync(program.database, copy.database);
      const log = readFileSync(`${program.database}-wal`);
      writeFileSync(`${copy.database}-wal`, log.subarray(0, log.length - 1000));
    } finally {
      reader.close();
    }
    expect(await copy.usernames()).toEqual(['alice', 'bob']);
    expect(await copy.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
  },
  minutes,
);
