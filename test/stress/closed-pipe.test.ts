import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
