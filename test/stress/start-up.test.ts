import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../cli.ts';
import { programFile, startProcess } from './program.ts';

const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
// Neither the database nor anything that asks, draws, hashes or checks shapes.
const heavy =
  /better_sqlite3|bcrypt|argon2|inquirer|migrator-|cli-table3|zod|\.node$|hash-worker|sqlite-|\.db(-wal|-shm)?$/;

/** Files that a run of the program opens, without those that are not there. */
async function filesOpened(
  folder: string,
  args: readonly string[],
): Promise<{ exitCode: number | null; files: string[] }> {
  const trace = join(folder, 'trace');
  const { exitCode } = await startProcess(
    'strace',
    ['-f', '-e', 'trace=open,openat', '-o', trace, process.execPath, programFile, ...args],
    { env: { HOME: folder, AUTHCTL_DATABASE: join(folder, 'test.db') } },
  ).ended;
  const opened = readFileSync(trace, 'utf8').matchAll(/open(?:at)?\([^"\n]*"([^"]+)"[^\n]* = \d+$/gm);
  return { exitCode, files: [...opened].map(([, file = '']) => file) };
}

test.skipIf(!hasStrace).each([
  ['--help', 0],
  ['--version', 0],
  ['user --help', 0],
  ['user add --help', 0],
  ['user import --help', 0],
  ['migrate up --help', 0],
  ['', 2],
  ['user', 2],
  ['nonsense', 2],
  ['user nonsense', 2],
  ['user add', 2],
  ['user list --nonsense', 2],
  ['user list --limit none', 2],
  ['user list --output none', 2],
] as const)('authctl %s opens neither database nor heavy library (needs strace)', async (line, exitCode) => {
  const folder = testFolder();
  const seen = await filesOpened(
    folder,
    line.split(' ').filter((word) => word !== ''),
  );

  expect(seen.exitCode).toBe(exitCode);
  expect(seen.files).toContain(programFile);
  expect(seen.files.filter((file) => heavy.test(file))).toEqual([]);
  expect(readdirSync(folder)).toEqual(['trace']);
});
