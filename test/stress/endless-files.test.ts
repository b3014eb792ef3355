import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { hasScript, startOnTerminal } from './hostile.ts';
import { migratedProgram, type Program, type Running } from './program.ts';

const elsewhere = 'postgres://u@127.0.0.1:1/d';

/** Where a small file is named, and the exit code when the file never ends. */
const small: [line: string, exitCode: number][] = [
  ['user add alice --password-file FILE', 4],
  ['session verify --token-file FILE', 3],
  ['audit verify --checkpoint FILE', 8],
  ['user import DUMP --firebase-params FILE', 8],
  [`user list --database ${elsewhere} --database-password-file FILE --timeout 1s`, 8],
  [`db copy ${elsewhere} --yes --to-password-file FILE --timeout 1s`, 8],
];
const dumps = ['csv', 'ndjson', 'json', 'shadow', 'ldif', 'htpasswd'].map(
  (format) => `user import FILE --format ${format}`,
);

/** The program, and a command line of it with the files that it names. */
async function prepared(): Promise<{ program: Program; words(line: string, file: string): string[] }> {
  const program = await migratedProgram();
  const dump = join(program.folder, 'dump.csv');
  writeFileSync(dump, 'username,password\nzoe,Correct-horse-1\n', { mode: 0o600 });
  return { program, words: (line, file) => line.replace('FILE', file).replace('DUMP', dump).split(' ') };
}

test.each(small)('a file that never ends is refused: authctl %s', async (line, exitCode) => {
  const { program, words } = await prepared();
  const ended = await program.run(words(line, '/dev/zero'));
  expect(ended).toMatchObject({ exitCode, signal: null, stdout: '' });
  expect(ended.stderr).toMatch(/^error: /);
});

test.each(dumps.filter((line) => !line.endsWith(' json')))(
  'a dump that never ends is given up: authctl %s',
  async (line) => {
    const { program, words } = await prepared();
    const ended = await program.run(words(line, '/dev/zero'));
    expect(ended).toMatchObject({ exitCode: 4, signal: null, stdout: '' });
    expect(ended.stderr).toMatch(/^error: .*no record ends within 128 MiB/);
  },
);

/** Waits until somebody reads the pipe; gives a descriptor to write with. */
async function isRead(pipe: string, { ended }: Running): Promise<number> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  for (;;) {
    try {
      return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      if (isOver) throw new Error(`it ended without reading: ${JSON.stringify(await ended)}`);
      await passing(5);
    }
  }
}

function newPipe(program: Program): string {
  const pipe = join(program.folder, 'pipe');
  execFileSync('mkfifo', ['-m', '600', pipe]);
  return pipe;
}

test.each([...small.map(([line]) => line), ...dumps].map((line, index) => [line, index % 2 === 0] as const))(
  'a pipe in which nothing comes is left at the first signal: authctl %s',
  async (line, isInterrupt) => {
    const { program, words } = await prepared();
    const pipe = newPipe(program);
    const running = program.start(words(line, pipe));
    const writer = await isRead(pipe, running);
    onTestFinished(() => closeSync(writer));
    running.child.kill(isInterrupt ? 'SIGINT' : 'SIGTERM');
    const ended = await running.ended;
    expect(ended).toMatchObject({ exitCode: isInterrupt ? 130 : 143, signal: null, stdout: '' });
    expect(ended.stderr).toMatch(/^error: interrupted/m);
  },
);

test('what is written into a pipe late is read to its end', async () => {
  const { program, words } = await prepared();
  const pipe = newPipe(program);
  const running = program.start(words('user add alice --password-file FILE', pipe));
  const writer = await isRead(pipe, running);
  writeSync(writer, 'Correct-');
  writeSync(writer, 'horse-1\n');
  closeSync(writer);
  expect(await running.ended).toMatchObject({ exitCode: 0, stderr: '' });
  const login = ['user', 'login', 'alice', '--password-stdin'];
  expect(await program.run(login, { stdin: 'Correct-horse-1' })).toMatchObject({ exitCode: 0 });
});

test.skipIf(!hasScript).each([
  ['user add alice --password-file FILE', 'waiting for the password from "PIPE"'],
  ['audit verify --checkpoint FILE', 'waiting for the checkpoint from "PIPE"'],
  ['user import FILE', 'waiting for the dump from "PIPE"'],
  [small[4]?.[0] ?? '', 'waiting for the password of the database from its file'],
])('on a terminal a note says what is waited for: authctl %s', async (line, note) => {
  const { program, words } = await prepared();
  const pipe = newPipe(program);
  const running = startOnTerminal(program, words(line, pipe));
  const writer = await isRead(pipe, running);
  await waitsFor(running, note.replace('PIPE', pipe));
  closeSync(writer);
  expect((await running.ended).signal).toBeNull();
});

/** Resolves when the program has written a text. */
async function waitsFor({ child, ended }: Running, text: string): Promise<void> {
  let written = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      written += chunk;
      if (written.includes(text)) resolve();
    });
    void ended.then((end) => reject(new Error(`it has not written ${text}: ${JSON.stringify(end)}`)));
  });
}
