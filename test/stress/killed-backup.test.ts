import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { testFolder } from '../cli.ts';
import { addMany } from './many-users.ts';
import { migratedProgram, type Program, programOver, randomNumbers } from './program.ts';

const minutes = 120_000;

/** Fails unless the database is whole, and its log verifies; gives the number of its users. */
async function usersOf(program: Program): Promise<number> {
  const checked = await program.run(['db', 'check', '--json']);
  expect(checked, checked.stdout).toMatchObject({ exitCode: 0, stderr: '' });
  return (await program.json<{ count: number }>('user', 'list', '--count')).count;
}

test(
  'a backup that is made while processes add users verifies, and holds all that was acknowledged before it began',
  async () => {
    const program = await migratedProgram();
    const acknowledged: string[] = [];
    let going = true;
    const writer = async (who: number) => {
      for (let round = 0; going; round += 1) {
        const name = `writer_${who}_${round}`;
        const ended = await program.run(['user', 'add', name, '--no-password']);
        expect(ended).toMatchObject({ exitCode: 0 });
        acknowledged.push(name);
      }
    };
    const writers = [1, 2, 3].map(writer);
    while (acknowledged.length < 3) await passing(1);

    for (let round = 0; round < 5; round += 1) {
      const before = [...acknowledged];
      const backup = join(program.folder, `backup_${round}.db`);
      const report = await program.json<{ users: number; headHash: string }>('db', 'backup', backup);
      const copy = programOver(program.folder, backup);
      expect(await copy.usernames()).toEqual(expect.arrayContaining(before));
      expect(await usersOf(copy)).toBe(report.users);
      const { head } = await copy.json<{ head: { hash: string } }>('audit', 'verify');
      expect(head.hash).toBe(report.headHash);
    }
    going = false;
    await Promise.all(writers);
    expect(await usersOf(program)).toBe(acknowledged.length);
  },
  minutes,
);

test(
  'a backup that is killed leaves a whole backup or none, and the database as it was',
  async () => {
    const program = await migratedProgram();
    addMany(program, 60_000);
    const random = randomNumbers(11);
    const seen = { whole: 0, none: 0 };
    for (let round = 0; round < 10; round += 1) {
      const backup = join(program.folder, `backup_${round}.db`);
      const running = program.start(['db', 'backup', backup]);
      // A backup of as many takes about 600 ms here.
      await passing(80 + random(600));
      running.child.kill('SIGKILL');
      const { stdout } = await running.ended;
      if (stdout !== '') expect(existsSync(backup)).toBe(true);
      if (existsSync(backup)) {
        seen.whole += 1;
        expect(await usersOf(programOver(program.folder, backup))).toBe(60_000);
      } else seen.none += 1;
    }
    expect(seen.none).toBeGreaterThan(0);
    expect(await usersOf(program)).toBe(60_000);
    for (let round = 0; round < 10; round += 1) {
      await program.json('db', 'backup', join(program.folder, `backup_${round}.db`), '--force');
    }
    expect(readdirSync(program.folder).filter((name) => name.includes('.part'))).toEqual([]);
  },
  minutes,
);

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s ends a backup with %i, and leaves no file',
  async (signal, exitCode) => {
    const program = await migratedProgram();
    addMany(program, 60_000);
    const folder = testFolder();
    const running = program.start(['db', 'backup', join(folder, 'backup.db')]);
    while (!readdirSync(folder).some((name) => name.endsWith('.part'))) await passing(1);
    running.child.kill(signal);
    expect(await running.ended).toMatchObject({ exitCode, stdout: '' });
    expect(readdirSync(folder)).toEqual([]);
  },
  minutes,
);

test(
  'a restore that is killed leaves a whole database: the one from before, or the restored one',
  async () => {
    const source = await migratedProgram();
    addMany(source, 40_000);
    const backup = join(testFolder(), 'backup.db');
    await source.json('db', 'backup', backup);
    const random = randomNumbers(12);
    const seen = { before: 0, restored: 0 };
    const program = await migratedProgram();
    addMany(program, 20_000);
    const own = join(testFolder(), 'own.db');
    await program.json('db', 'backup', own);
    for (let round = 0; round < 12; round += 1) {
      const running = program.start(['db', 'restore', backup, '--yes']);
      // A restore of as many takes about 1200 ms here.
      await passing(100 + random(1300));
      running.child.kill('SIGKILL');
      const { stdout } = await running.ended;
      const users = await usersOf(program);
      expect([20_000, 40_000]).toContain(users);
      if (stdout !== '') expect(users).toBe(40_000);
      if (users === 20_000) {
        seen.before += 1;
        continue;
      }
      seen.restored += 1;
      await program.json('db', 'restore', own, '--yes');
      for (const name of readdirSync(program.folder)) {
        if (name.includes('.replaced-') || name.includes('.part')) rmSync(join(program.folder, name));
      }
    }
    expect(seen.before).toBeGreaterThan(0);
    await program.json('db', 'restore', backup, '--yes');
    expect(await usersOf(program)).toBe(40_000);
    expect(readdirSync(program.folder).filter((name) => name.includes('.part'))).toEqual([]);
  },
  minutes,
);

test(
  'processes that add users while backups are restored lose none without a trace',
  async () => {
    const program = await migratedProgram();
    await program.json('user', 'add', 'first', '--no-password');
    const backup = join(testFolder(), 'backup.db');
    await program.json('db', 'backup', backup);
    let going = true;
    const acknowledged: string[] = [];
    const writer = async (who: number) => {
      for (let round = 0; going; round += 1) {
        const name = `writer_${who}_${round}`;
        if ((await program.run(['user', 'add', name, '--no-password'])).exitCode === 0)
          acknowledged.push(name);
      }
    };
    const writers = [1, 2, 3].map(writer);
    const kept: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const from = acknowledged.length;
      while (acknowledged.length < from + 2) await passing(1);
      const report = await program.json<{ previous: string }>('db', 'restore', backup, '--yes');
      kept.push(report.previous);
    }
    going = false;
    await Promise.all(writers);

    // Each user that was acknowledged is in the database, or in one that was replaced and kept.
    const found = new Set(await program.usernames());
    await usersOf(program);
    for (const file of kept) {
      const old = programOver(program.folder, file);
      await usersOf(old);
      for (const name of await old.usernames()) found.add(name);
    }
    expect(acknowledged.filter((name) => !found.has(name))).toEqual([]);
  },
  minutes,
);
