import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Ended, migratedProgram, type Program, programFile, startProcess } from './program.ts';

const long = 'h'.repeat(300);

/** Runs a line of the shell in which `authctl` is the program, with this environment and no other. */
function shell(line: string, env: Record<string, string>): Promise<Ended> {
  return startProcess(
    '/bin/sh',
    ['-c', `authctl() { '${process.execPath}' '${programFile}' "$@"; }\n${line}`],
    {
      env,
    },
  ).ended;
}

/** One line and a hint, and never the word of a bug. */
function expectRefusal({ stderr, stdout, exitCode }: Ended, code: number, said: RegExp): void {
  expect(stderr).toMatch(said);
  expect(stderr).toMatch(/^error: [^\n]+\n(hint: [^\n]+\n)?$/);
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
}

const environments = (program: Program): [string, Record<string, string>, RegExp][] => {
  const file = join(program.folder, 'file');
  writeFileSync(file, '');
  return [
    ['XDG_DATA_HOME below a file', { HOME: program.folder, XDG_DATA_HOME: join(file, 'data') }, /ENOTDIR/],
    ['no such home', { HOME: join(program.folder, 'nobody') }, /home folder does not exist/],
  ];
};

test('where the default database cannot be made, it is said, and no home is made', async () => {
  const program = await migratedProgram();
  for (const [what, env, said] of environments(program)) {
    const ended = await shell('authctl migrate up', env);
    expect(ended.exitCode, what).toBe(8);
    expectRefusal(ended, 8, said);
  }
  expect(existsSync(join(program.folder, 'nobody'))).toBe(false);
});

test.runIf(process.getuid?.() === 0)('a user whom the system does not know needs no home', async () => {
  const unknown = `exec setpriv --reuid 54321 --clear-groups env -i '${process.execPath}' '${programFile}'`;
  expectRefusal(
    await shell(`${unknown} user list`, {}),
    8,
    /there is no home folder to look for a database in/,
  );
  const shown = await shell(`${unknown} config show --database /nowhere.db --json`, {});
  expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
});

test.each(['h\u0081', 'h\u200d', 'h\u3164', long])('the host %j is refused as none', async (host) => {
  const program = await migratedProgram();
  for (const scheme of ['postgres', 'mysql']) {
    const ended = await program.run(['user', 'list', '--database', `${scheme}://u@${host}/x`]);
    expectRefusal(ended, 2, /the database URL names no host/);
  }
});

test('paths that the system refuses are named', async () => {
  const program = await migratedProgram();
  const at = (name: string) => join(program.folder, name);
  symlinkSync('two', at('one'));
  symlinkSync('one', at('two'));
  writeFileSync(at('backup'), '');
  for (const path of [at('one'), at(long)]) {
    for (const args of [
      ['user', 'list', '--database', path],
      ['migrate', 'up', '--database', path],
      ['db', 'restore', at('backup'), '--database', path],
      ['db', 'restore', path],
    ]) {
      expectRefusal(await program.run(args), 8, /ELOOP|ENAMETOOLONG/);
    }
  }
});

test('a limit of open files is named', async () => {
  const program = await migratedProgram();
  const env = { HOME: program.folder, AUTHCTL_DATABASE: program.database };
  const dump = join(program.folder, 'dump.csv');
  writeFileSync(dump, 'username,password\nzoe,Correct-horse-1\n', { mode: 0o600 });
  const seen = new Set<number | null>();
  // How many files Node itself needs differs from one to the other.
  for (let limit = 19; limit <= 30; limit += 1) {
    const ended = await shell(`ulimit -n ${limit} && authctl user import '${dump}' --on-conflict skip`, env);
    seen.add(ended.exitCode);
    expect(ended.stderr, `${limit}`).not.toContain('bug');
    if (ended.exitCode !== 0)
      expect(ended.stderr, `${limit}`).toMatch(
        /too many open files|cannot be written or opened|threads ended/,
      );
  }
  expect([...seen].every((code) => code === 0 || code === 8)).toBe(true);
  expect(seen).toContain(0);
});

test('a file that may not grow is told, and the program is not ended by a signal', async () => {
  const program = await migratedProgram();
  mkdirSync(join(program.folder, 'out'));
  const env = { HOME: program.folder, AUTHCTL_DATABASE: program.database };
  const ended = await shell(`ulimit -f 0; authctl config show > '${join(program.folder, 'out', 'a')}'`, env);
  expectRefusal(ended, 8, /standard output cannot be written \(EFBIG\)/);
});

const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

test.skipIf(!hasStrace)(
  'a disk that fails during a commit leaves the outcome open, and that is said',
  async () => {
    const program = await migratedProgram();
    await program.json('user', 'add', 'alice', '--no-password');
    const fault = ['-f', '-o', '/dev/null', '-e', 'inject=fsync,fdatasync:error=EIO'];
    const ended = await startProcess(
      'strace',
      [...fault, process.execPath, programFile, 'user', 'lock', 'alice'],
      { env: { HOME: program.folder, AUTHCTL_DATABASE: program.database } },
    ).ended;
    expectRefusal(ended, 7, /failed during a commit.*\n.*audit show/);
    expect((await program.run(['audit', 'verify'])).exitCode).toBe(0);
  },
);
