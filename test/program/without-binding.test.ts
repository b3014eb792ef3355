import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testFolder } from '../cli.ts';
import { programFile } from '../stress/program.ts';

const root = join(import.meta.dirname, '..', '..');

/** A copy of the built program that finds no library; gives what `user list` says on an existing database. */
function installedProgram(): { binding: string; userList(): { status: number | null; stderr: string } } {
  const folder = testFolder();
  for (const part of ['bin', 'dist']) cpSync(join(root, part), join(folder, part), { recursive: true });
  const env = { HOME: folder, AUTHCTL_DATABASE: join(folder, 'test.db') };
  expect(spawnSync(process.execPath, [programFile, 'migrate', 'up'], { env }).status).toBe(0);
  const program = join(folder, 'bin', 'authctl.js');
  return {
    binding: join(folder, 'node_modules', 'better-sqlite3', 'build', 'Release'),
    userList: () => {
      const { status, stderr } = spawnSync(process.execPath, [program, 'user', 'list'], {
        env,
        encoding: 'utf8',
      });
      return { status, stderr };
    },
  };
}

test('better-sqlite3 without its compiled part is named, with what to do', () => {
  const { userList } = installedProgram();

  expect(userList()).toEqual({
    status: 8,
    stderr:
      'error: SQLite cannot be loaded: better-sqlite3 was installed without its compiled part\n' +
      'hint: install authctl again with this Node, and let npm run the install script of better-sqlite3\n',
  });
});

test('a compiled part of better-sqlite3 that this Node cannot load is named, with what to do', () => {
  const { binding, userList } = installedProgram();
  mkdirSync(binding, { recursive: true });
  writeFileSync(join(binding, 'better_sqlite3.node'), 'of another system');

  expect(userList()).toEqual({
    status: 8,
    stderr:
      'error: SQLite cannot be loaded: the compiled part of better-sqlite3 is not for this Node and system\n' +
      'hint: install authctl again with this Node, and let npm run the install script of better-sqlite3\n',
  });
});
