import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dropGuards, openSql } from '../databases/database.ts';
import { addMany } from './many-users.ts';
import { type Ended, migratedProgram, type Program, programFile, startProcess } from './program.ts';

const minutes = 60_000;

/** Runs a line of the shell in which `authctl` is the program. */
function shell({ folder, database }: Program, line: string): Promise<Ended> {
  const quoted = [process.execPath, programFile]
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(' ');
  return startProcess('/bin/sh', ['-c', `authctl() { ${quoted} "$@"; }\n${line}`], {
    env: { HOME: folder, AUTHCTL_DATABASE: database },
  }).ended;
}

test(
  'a reader who has seen enough ends a listing quietly',
  async () => {
    const program = await migratedProgram();
    // Far more than a pipe holds.
    addMany(program, 20_000);
    for (const output of ['table', 'json', 'ndjson', 'csv', 'ids']) {
      const seen = await shell(
        program,
        `{ authctl user list --output ${output}; echo "exit $?" >&2; } | head -n 1`,
      );
      expect(seen.stdout.split('\n'), output).toHaveLength(2);
      expect(seen, output).toMatchObject({ exitCode: 0, stderr: 'exit 0\n' });
    }
  },
  minutes,
);

test(
  'a reader who has gone before anything was written is no error either',
  async () => {
    const program = await migratedProgram();
    await program.json('user', 'add', 'alice', '--no-password');
    for (const line of ['--help', 'user list', 'user show alice --json', 'audit show', 'policy show']) {
      const running = program.start(line.split(' '));
      running.child.stdout?.destroy();
      expect(await running.ended, line).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    }
  },
  minutes,
);

test(
  'nobody at standard error changes neither work nor exit code',
  async () => {
    const program = await migratedProgram();
    const dump = join(program.folder, 'dump.csv');
    writeFileSync(dump, 'username,password\nzoe,Correct-horse-1\n');
    // Anybody can read the dump, so that there is a warning before the work.
    chmodSync(dump, 0o644);

    const imported = program.start(['user', 'import', dump, '--json']);
    imported.child.stderr?.destroy();
    const refused = program.start(['user', 'show', 'nobody']);
    refused.child.stderr?.destroy();

    expect(await imported.ended).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('"created": 1'),
    });
    expect(await refused.ended).toMatchObject({ exitCode: 5, stdout: '' });
    expect(await program.usernames()).toEqual(['zoe']);
  },
  minutes,
);

test(
  'a result keeps its exit code when its reader has gone',
  async () => {
    const program = await migratedProgram();
    const dump = join(program.folder, 'dump.csv');
    writeFileSync(dump, 'username,password\nzoe,Correct-horse-1\n!,Correct-horse-1\n', { mode: 0o600 });
    for (const [line, exitCode] of [
      [`user import ${dump} --dry-run --rows`, 10],
      [`user import ${dump} --json`, 10],
    ] as const) {
      const running = program.start(line.split(' '));
      running.child.stdout?.destroy();
      expect(await running.ended, line).toMatchObject({ exitCode, stdout: '' });
    }
    expect(await program.usernames()).toEqual(['zoe']);
  },
  minutes,
);

test(
  'a check of a damaged database exits 9 though nobody reads what it finds',
  async () => {
    const program = await migratedProgram();
    await program.json('user', 'add', 'alice', '--no-password');
    const database = openSql(program.database);
    dropGuards(database);
    database.prepare('update audit_events set actor = ?').run('mallory');
    database.close();
    const running = program.start(['db', 'check', '--json']);
    running.child.stdout?.destroy();
    expect(await running.ended).toMatchObject({ exitCode: 9 });
  },
  minutes,
);

const secretLines = [
  [
    'user add bob --generate',
    /user "bob" added.* nobody got .*\(EPIPE\)\nhint: authctl user passwd bob --generate/,
  ],
  ['user add bob --generate --json', /nobody got/],
  ['user add bob --invite', /nobody got .*\nhint: authctl reset issue bob/],
  ['user passwd alice --generate', /nobody got .*\nhint: authctl user passwd alice --generate/],
  ['reset issue alice', /nobody got .*\nhint: authctl reset issue/],
  ['email issue alice', /nobody got .*\nhint: authctl email issue/],
] as const;

/** A program with alice, and her events. */
async function withAlice() {
  const program = await migratedProgram();
  await program.json('user', 'add', 'alice', '--no-password', '--email', 'alice@example.org');
  return { program, before: await program.json('audit', 'show') };
}

test.each(secretLines)(
  'a secret that nobody reads is told as lost, with what to do: %s',
  async (line, said) => {
    const { program } = await withAlice();
    const pipe = join(program.folder, 'pipe');
    // The pipe has a reader while it is opened for writing, and none afterwards.
    const ended = await shell(
      program,
      `mkfifo '${pipe}'; exec 3<>'${pipe}'; exec 4>'${pipe}'; exec 3<&-; authctl ${line} >&4`,
    );
    expect(ended).toMatchObject({ exitCode: 8, stdout: '' });
    expect(ended.stderr).toMatch(said);
  },
  minutes,
);

test.each(secretLines)(
  'a secret is not made where nobody can get it: %s',
  async (line) => {
    const { program, before } = await withAlice();
    const refused = async (ended: Ended, where: string) => {
      expect(ended, where).toMatchObject({ exitCode: 8, stdout: '' });
      expect(ended.stderr, where).toMatch(/nobody would get the (password|token)/);
      expect(await program.json('audit', 'show')).toEqual(before);
    };
    for (const output of ['>&-', '> /dev/null']) {
      await refused(await shell(program, `authctl ${line} ${output}`), output);
    }
    // A socket tells before anything is written that its reader has gone.
    const running = program.start(line.split(' '));
    running.child.stdout?.destroy();
    await refused(await running.ended, 'socket');
  },
  minutes,
);
