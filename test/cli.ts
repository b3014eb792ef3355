import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { run } from '../src/cli/run.ts';
import type { Terminal } from '../src/cli/terminal.ts';
import { composeApp } from '../src/compose.ts';
import { newDatabase } from './databases/database.ts';
import { copyOf } from './databases/template.ts';
import { testFolder } from './folder.ts';

export { testFolder } from './folder.ts';

// The program in this process, for tests of commands: `const { run, json } = await testCli()`, then
// `await run('user add alice --password-stdin', { stdin })`. `scene()` in cli/scene.ts is the same and watches more.

/** What a caller sees of one run. */
export interface Seen {
  exitCode: number;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  stdin?: string | Uint8Array;
  env?: Record<string, string>;
  signal?: AbortSignal;
}

/** The real program in this process, over a database of its own with quick hashes. */
export interface TestCli {
  /** A folder that is removed after the test. */
  folder: string;
  database: string;
  /** Runs a command line; words in double quotes stay together. */
  run(line: string | readonly string[], options?: RunOptions): Promise<Seen>;
  /** Runs a command line with `--json`; fails unless it exits 0. */
  json<T = Record<string, unknown>>(line: string, options?: RunOptions): Promise<T>;
  /** Moves the clock forward, in milliseconds. */
  pass(ms: number): void;
}

/** A migrated database and the program to use it with; bcrypt runs at cost 4. */
export async function testCli(options: { migrated?: boolean } = {}): Promise<TestCli> {
  const folder = testFolder();
  const database = await (options.migrated === false ? newDatabase(folder) : copyOf('cli', folder, migrate));
  let shift = 0;
  const runLine: TestCli['run'] = (line, given = {}) => {
    const argv = typeof line === 'string' ? words(line) : line;
    return runOnce(
      argv,
      { ...given, env: { HOME: folder, AUTHCTL_DATABASE: database, ...given.env } },
      () => shift,
    );
  };
  const cli: TestCli = {
    folder,
    database,
    run: runLine,
    json: async (line, given) => {
      const seen = await runLine([...words(line), '--json'], given);
      if (seen.exitCode !== 0) throw new Error(`${line}: exit ${seen.exitCode}\n${seen.stderr}`);
      return JSON.parse(seen.stdout);
    },
    pass: (ms) => {
      shift += ms;
    },
  };
  return cli;
}

/** Migrates a new database, with quick hashes. */
async function migrate(location: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'authctl-test-'));
  try {
    const env = { HOME: folder, AUTHCTL_DATABASE: location };
    for (const line of ['migrate up', 'policy set bcryptCost=4']) {
      const seen = await runOnce(words(line), { env }, () => 0);
      if (seen.exitCode !== 0) throw new Error(`${line}: exit ${seen.exitCode}\n${seen.stderr}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

async function runOnce(argv: readonly string[], options: RunOptions, shift: () => number): Promise<Seen> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const text = { stdout: '', stderr: '' };
  stdout.on('data', (chunk) => (text.stdout += chunk));
  stderr.on('data', (chunk) => (text.stderr += chunk));
  const terminal: Terminal = {
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout,
    stderr,
    screen: stderr,
    stdinIsTTY: false,
    stdoutIsTTY: false,
    stderrIsTTY: false,
    columns: undefined,
  };
  const exitCode = await run(argv, terminal, {
    env: options.env ?? {},
    version: '0.0.0-test',
    defaultActor: 'tester',
    signal: options.signal ?? new AbortController().signal,
    services: async (settings, waiting) =>
      composeApp(settings, {
        osUser: 'tester',
        cores: 2,
        now: () => new Date(Date.now() + shift()),
        waiting,
      }),
  });
  return { exitCode, ...text };
}
