import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type Seen, type TestCli, testCli } from '../cli.ts';
import { openSql, type TestSql, tablesText } from '../databases/database.ts';

// The program under watch, for tests of commands: `const { run, json, add, fails } = await scene()`. Every run is
// checked for the shape of its errors, and at the end no text that was given to `secret` may stand in an output or a file.

/** A password that the default policy accepts. */
export const goodPassword = 'Correct-horse-1';
export const minute = 60_000;

/** An error as `--json` tells it. */
export interface ShownError {
  code: string;
  message: string;
  hint?: string;
  line?: number;
  report?: Record<string, unknown>;
}

export interface ShownEvent {
  seq: number;
  at: string;
  requestId: string;
  part: number;
  actor: string;
  action: string;
  outcome: string;
  target: string | null;
  targetName: string | null;
  detail: Record<string, unknown>;
}

export interface ShownUser {
  id: string;
  username: string;
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  status: string;
  lockedUntil: string | null;
  lockReason: string | null;
  failedAttempts: number;
  mustChangePassword: boolean;
  passwordScheme: string | null;
  lastLoginAt: string | null;
  version: number;
}

/** The program over a database of its own. With every run it is checked that it keeps the contract and the secrets. */
export interface Scene extends TestCli {
  /** Declares a text secret: at the end of the test it must be in no output and no file of the program. */
  secret(text: string): string;
  /** Adds users with `goodPassword`. */
  add(...names: string[]): Promise<void>;
  login(name: string, password?: string): Promise<Seen>;
  user(name: string): Promise<ShownUser>;
  /** Runs a line with `--json` that must fail; gives the exit code and the error. */
  fails(
    line: string,
    options?: { stdin?: string | Uint8Array; env?: Record<string, string> },
  ): Promise<ShownError & { exitCode: number }>;
  events(line?: string): Promise<ShownEvent[]>;
  /** Works on the database without the program. */
  sql<T>(work: (database: TestSql) => T): T;
  /** Every row of every table, to compare with. */
  contents(): string;
  /** Writes a file that only its owner can read, as an operator would, and gives its path. */
  file(name: string, content: string | Uint8Array): string;
  path(name: string): string;
}

/** Sets a scene with a migrated database. */
export async function scene(options: { migrated?: boolean } = {}): Promise<Scene> {
  const cli = await testCli(options);
  const secrets = new Set<string>();
  const inputs = new Set<string>();
  const seen: Seen[] = [];
  const sql: Scene['sql'] = (work) => {
    const database = openSql(cli.database);
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  const run: TestCli['run'] = async (line, given) => {
    const result = await cli.run(line, given);
    seen.push(result);
    keepsContract(result, String(line));
    return result;
  };
  const json = async <T>(line: string, given?: Parameters<TestCli['run']>[1]): Promise<T> => {
    const result = await run(`${line} --json`, given);
    if (result.exitCode !== 0) throw new Error(`${line}: exit ${result.exitCode}\n${result.stderr}`);
    return JSON.parse(result.stdout);
  };
  onTestFinished(() => keepsSecrets(cli.folder, secrets, inputs, seen));
  return {
    ...cli,
    run,
    json,
    sql,
    secret: (text) => {
      if (text.length >= 6) secrets.add(text);
      return text;
    },
    add: async (...names) => {
      secrets.add(goodPassword);
      for (const name of names) await json(`user add ${name} --password-stdin`, { stdin: goodPassword });
    },
    login: (name, password = goodPassword) => {
      if (password.length >= 6) secrets.add(password);
      return run(['user', 'login', name, '--password-stdin'], { stdin: password });
    },
    user: (name) => json(`user show ${name}`),
    fails: async (line, given) => {
      const result = await run(`${line} --json`, given);
      expect(result.exitCode, `${line}: ${result.stdout}`).not.toBe(0);
      const last = result.stderr.trimEnd().split('\n').at(-1) ?? '';
      return { exitCode: result.exitCode, ...JSON.parse(last).error };
    },
    events: (line = '') => json(`audit show ${line}`),
    contents: () => sql(tablesText),
    file: (name, content) => {
      const path = join(cli.folder, name);
      writeFileSync(path, content, { mode: 0o600 });
      inputs.add(name);
      return path;
    },
    path: (name) => join(cli.folder, name),
  };
}

// What must be true of every run: after an error, standard output is empty and standard error says what happened, as
// JSON if JSON was asked for; there is no stack, and no character that a terminal would act upon.
function keepsContract({ exitCode, stdout, stderr }: Seen, line: string): void {
  const done = exitCode === 0 || exitCode === 10;
  // The findings of `db check` are its result, also if a check fails.
  if (!done && !/--rows|^db check/.test(line)) expect(stdout, line).toBe('');
  if (!done) expect(stderr, line).not.toBe('');
  expect(stderr, line).not.toMatch(/^\s+at /m);
  expect(`${stdout}${stderr}`.replaceAll('\n', ''), line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  if (exitCode === 1) throw new Error(`${line} met a bug: ${stderr}`);
  if (!/--json|(?:-o|--output[ =])\s*n?d?json/.test(line)) return;
  for (const text of stderr.split('\n').filter(Boolean)) {
    expect(Object.keys(JSON.parse(text)), line).toHaveLength(1);
  }
}

function keepsSecrets(
  folder: string,
  secrets: ReadonlySet<string>,
  inputs: ReadonlySet<string>,
  seen: readonly Seen[],
): void {
  const texts = seen.flatMap(({ stdout, stderr }, index) => [
    [`standard output of run ${index + 1}`, stdout] as const,
    [`standard error of run ${index + 1}`, stderr] as const,
  ]);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !inputs.has(name) && lstatSync(join(folder, name)).isFile())
    .map((name) => [name, readFileSync(join(folder, name)).toString('latin1')] as const);
  for (const secret of secrets) {
    for (const [where, text] of texts) {
      if (text.includes(secret)) throw new Error(`${where} holds the secret ${secret}:\n${text}`);
    }
    const bytes = Buffer.from(secret, 'utf8').toString('latin1');
    for (const [name, text] of files) {
      if (text.includes(bytes)) throw new Error(`the file ${name} holds the secret ${secret}`);
    }
  }
}
