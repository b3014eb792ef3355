import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseKind, newDatabase } from '../databases/database.ts';
import { testFolder } from '../folder.ts';

// The built program as processes: `const program = await migratedProgram()`, then `await program.run(['user', 'list'])`, or
// `program.start(…)` to kill it on its way.

/** The program as it is installed; `npm test` builds it first. */
export const programFile = join(import.meta.dirname, '..', '..', 'bin', 'authctl.js');

/** How a process ended, and everything it wrote. */
export interface Ended {
  /** `null` when a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A process under way. */
export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
}

interface StartOptions {
  stdin?: string | Uint8Array;
  /** More is written to standard input later. */
  stdinStaysOpen?: boolean;
  env?: Record<string, string>;
  /** A descriptor that standard output goes to; `stdout` is then empty. */
  stdout?: number;
  /** A descriptor that standard error goes to; `stderr` is then empty. */
  stderr?: number;
}

/** The real program as processes, over a database of its own. */
export interface Program {
  /** A folder that is removed after the test. */
  folder: string;
  database: string;
  start(args: readonly string[], options?: StartOptions): Running;
  /** Starts the program and waits for its end. */
  run(args: readonly string[], options?: StartOptions): Promise<Ended>;
  /** Runs a command with `--json`; fails unless it exits 0. */
  json<T = Record<string, unknown>>(...args: string[]): Promise<T>;
  /** Names of all users, in order. */
  usernames(): Promise<string[]>;
}

/** The program over a database of its own, which is not there yet; its files are in `folder`. */
export const programIn = (folder: string, name?: string): Program =>
  programOver(folder, name === undefined ? newDatabase(folder) : join(folder, name));

/** The program over the database at a location. */
export function programOver(folder: string, database: string): Program {
  const start: Program['start'] = (args, options = {}) =>
    startProcess(process.execPath, [programFile, ...args], {
      ...options,
      env: { HOME: folder, AUTHCTL_DATABASE: database, ...options.env },
    });
  const run: Program['run'] = (args, options) => start(args, options).ended;
  const json: Program['json'] = async (...args) => {
    const ended = await run([...args, '--json']);
    if (ended.exitCode !== 0) throw new Error(`${args.join(' ')}: exit ${ended.exitCode}\n${ended.stderr}`);
    return JSON.parse(ended.stdout);
  };
  const usernames = async () =>
    (await json<{ username: string }[]>('user', 'list')).map((user) => user.username);
  return { folder, database, start, run, json, usernames };
}

async function migrate(program: Program): Promise<void> {
  await program.json('migrate', 'up');
  await program.json('policy', 'set', 'bcryptCost=4');
}

/** A migrated database without users, at bcrypt's cost 4; made once, and copied for each test. */
let template: Promise<Uint8Array> | undefined;

async function makeTemplate(): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'authctl-test-'));
  try {
    const program = programIn(folder, 'test.db');
    await migrate(program);
    return readFileSync(program.database);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The program over a migrated database in a folder of its own; bcrypt runs at cost 4. */
export async function migratedProgram(folder = testFolder()): Promise<Program> {
  const program = programIn(folder);
  if (databaseKind === 'sqlite') {
    template ??= makeTemplate();
    writeFileSync(program.database, await template, { mode: 0o600 });
  } else await migrate(program);
  return program;
}

/** Starts any process and gathers what it writes. */
export function startProcess(
  file: string,
  args: readonly string[],
  { stdin = '', stdinStaysOpen = false, env = {}, stdout, stderr }: StartOptions,
): Running {
  const child = spawn(file, args, {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['pipe', stdout ?? 'pipe', stderr ?? 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk) => (text.stdout += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk) => (text.stderr += chunk));
  // A program that ends without reading its input closes the pipe.
  child.stdin?.on('error', () => {});
  child.stdin?.write(stdin);
  if (!stdinStaysOpen) child.stdin?.end();
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, ...text }));
  });
  return { child, ended };
}

/** Whole numbers below `limit` from a seed, the same in every run (mulberry32). */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
