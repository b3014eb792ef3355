import { setTimeout as passing } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { testFolder } from '../cli.ts';
import { Witness } from './dump.ts';
import { migratedProgram, type Program, programIn, randomNumbers } from './program.ts';

const password = 'Correct-horse-1';
const minutes = 60_000;

function schemaOf({ database: file }: Program): unknown[] {
  const database = new Database(file, { readonly: true });
  try {
    return database
      .prepare('select sql from sqlite_schema where sql is not null order by name')
      .pluck()
      .all();
  } finally {
    database.close();
  }
}

test(
  'whatever said it was done before a kill -9 is there, and nothing is there by half',
  async () => {
    const program = await migratedProgram();
    const witness = new Witness(program);
    onTestFinished(() => witness.close());
    const random = randomNumbers(7);

    const done: string[] = [];
    let killed = 0;
    for (let round = 0; round < 24; round += 1) {
      const names = [`round_${round}_a`, `round_${round}_b`, `round_${round}_c`];
      const running = names.map((name) => ({
        name,
        ...program.start(['user', 'add', name, '--email', `${name}@example.org`, '--password-stdin'], {
          stdin: password,
        }),
      }));
      // A start takes 100 to 300 ms here, so that kills fall before, into and behind the writing.
      await passing(60 + random(240));
      for (const { child } of running) child.kill('SIGKILL');
      for (const { name, ended } of running) {
        const { exitCode, signal, stdout } = await ended;
        if (signal === 'SIGKILL') killed += 1;
        // What was acknowledged in writing is acknowledged, though the process was killed before it could exit.
        if (exitCode === 0 || stdout !== '') done.push(name);
      }
    }

    expect(killed).toBeGreaterThan(0);
    const usernames = await program.usernames();
    expect(usernames).toEqual(expect.arrayContaining(done));
    expect(witness.committed()).toMatchObject({
      users: usernames.length,
      userEvents: usernames.length,
      integrity: 'ok',
    });
    expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
    for (const name of usernames.slice(-3)) {
      const login = await program.run(['user', 'login', name, '--password-stdin'], { stdin: password });
      expect(login).toMatchObject({ exitCode: 0 });
    }
  },
  minutes,
);

test(
  'a migration that is killed is applied wholly or not at all',
  async () => {
    const reference = programIn(testFolder());
    await reference.json('migrate', 'up');
    const random = randomNumbers(8);
    for (let round = 0; round < 10; round += 1) {
      const program = programIn(testFolder());
      const running = program.start(['migrate', 'up']);
      await passing(60 + random(120));
      running.child.kill('SIGKILL');
      const { stdout } = await running.ended;

      const status = await program.run(['migrate', 'status']);
      // Killed before it had made the file.
      if (status.exitCode !== 8) expect(status).toMatchObject({ exitCode: 0, stderr: '' });
      if (stdout !== '')
        expect(await program.run(['user', 'list', '--count'])).toMatchObject({ exitCode: 0 });
      expect(await program.run(['migrate', 'up'])).toMatchObject({ exitCode: 0, stderr: '' });
      expect(schemaOf(program)).toEqual(schemaOf(reference));
    }
  },
  minutes,
);
