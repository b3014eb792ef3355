import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import type { Seen } from '../cli.ts';
import { type Ended, type Program, programFile, type Running, startProcess } from './program.ts';

// Texts that a terminal would obey, and what may never come out of the program: `expectHarmless(await run(…), what)`.

/** Text that a terminal would obey, hide or turn around, and text that a program might stumble over. */
export const hostileTexts = [
  '\u001b[2J\u001b[1;1Hgone',
  '\u001b]0;title\u0007',
  '\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\',
  '\u009b31mred',
  '\u0090q#0\u009c',
  'back\b\b\b\bspace',
  'return\rover',
  'feed\u000c\u000bvertical',
  'del\u007fete',
  'user\u202egnp.exe',
  'iso\u2066late\u2069',
  'mark\u200f\u200e\u061c',
  'line\u2028para\u2029graph',
  'zero\u200b\ufeffwidth',
  '\uffff\u{10ffff}',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '../../etc/passwd',
  "'; drop table users; --",
  '%s%n%x',
  '=cmd|calc!A1',
  'a'.repeat(100_000),
  'é'.normalize('NFD').repeat(1000),
];

// Everything of C0 but tab and line feed, DEL and C1, and Unicode's Bidi_Control characters (UAX #9).
const raw =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come out
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** The program has neither met a bug nor let through what a terminal would obey. */
export function expectHarmless({ exitCode, stdout, stderr, ...ended }: Seen | Ended, what: string): void {
  if ('signal' in ended) expect(ended.signal, what).toBeNull();
  expect(exitCode, `${what}\n${stderr.slice(0, 500)}`).not.toBe(1);
  expect(stderr, what).not.toMatch(/this is a bug|\n {4}at /);
  expect(raw.exec(stdout)?.[0], `${what}: standard output`).toBeUndefined();
  expect(raw.exec(stderr)?.[0], `${what}: standard error`).toBeUndefined();
}

/** Whether util-linux's `script` is there, which gives a program a terminal. */
export const hasScript =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true;

/** Starts the program on a terminal, which is its `stdout`. */
export function startOnTerminal({ folder, database }: Program, args: readonly string[]): Running {
  const quoted = [process.execPath, programFile, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return startProcess('script', ['-qec', quoted.join(' '), '/dev/null'], {
    env: { HOME: folder, AUTHCTL_DATABASE: database, TERM: 'xterm', SHELL: '/bin/sh' },
  });
}

/** Runs the program on a terminal; what it writes is in `stdout`, with its own colours and line ends taken out. */
export async function onTerminal(program: Program, args: readonly string[]): Promise<Ended> {
  const ended = await startOnTerminal(program, args).ended;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that chalk writes
  const own = /\u001b\[(?:1|2|22|3[1-3]|39)m/g;
  return { ...ended, stdout: ended.stdout.replaceAll('\r\n', '\n').replace(own, '') };
}
