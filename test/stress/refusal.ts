import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { testFolder } from '../cli.ts';
import { type Ended, migratedProgram, type Program } from './program.ts';

// Commands that must all be refused and leave the database as it was: `await expectRefused(program, commands, 8, code)`.

const password = 'Correct-horse-1';

/** Commands that only read, and commands that write. */
export const reading = [
  ['user', 'list'],
  ['user', 'show', 'alice'],
  ['audit', 'verify'],
  ['migrate', 'status'],
];
export const writing = [
  ['user', 'lock', 'alice'],
  ['user', 'add', 'bob', '--no-password'],
  ['migrate', 'up'],
];

/** An error and its hint, a line each, and no result. */
export function expectRefusal(ended: Ended, exitCode: number, what: string): void {
  expect({ ...ended, stderr: '' }, what).toEqual({ exitCode, signal: null, stdout: '', stderr: '' });
  expect(ended.stderr, what).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
}

/** Runs commands that must all be refused, each also with JSON, and leave the file as it was. */
export async function expectRefused(
  program: Program,
  commands: string[][],
  exitCode: number,
  code: string,
): Promise<void> {
  const before = readFileSync(program.database);
  for (const command of commands) {
    const what = `${program.database} ${command.join(' ')}`;
    expectRefusal(await program.run(command), exitCode, what);
    const json = await program.run([...command, '--json']);
    expect(json, what).toMatchObject({ exitCode, stdout: '' });
    expect(JSON.parse(json.stderr).error.code, what).toBe(code);
    expect(readFileSync(program.database).equals(before), what).toBe(true);
  }
}

/** The program over a database with the user `alice`. */
export async function withUser(folder = testFolder()): Promise<Program> {
  const program = await migratedProgram(folder);
  const added = await program.run(['user', 'add', 'alice', '--password-stdin'], { stdin: password });
  expect(added.exitCode).toBe(0);
  return program;
}
