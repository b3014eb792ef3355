import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migratedProgram } from './program.ts';

const password = 'Correct-horse-1';
const callers = Array.from({ length: 24 }, (_, index) => index);
const minutes = 60_000;

test(
  'of 24 processes that change one password at once, each knowing the old one, exactly one does',
  async () => {
    const program = await migratedProgram();
    await program.json('policy', 'set', 'lockoutThreshold=0', 'passwordHistory=2');
    await program.run(['user', 'add', 'alice', '--password-stdin'], { stdin: password });
    const old = join(program.folder, 'old.txt');
    writeFileSync(old, password, { mode: 0o600 });
    const args = ['user', 'passwd', 'alice', '--old-password-file', old, '--password-stdin'];

    const ended = await Promise.all(
      callers.map((index) => program.run(args, { stdin: `New-horse-of-${index}-9` })),
    );

    const winners = callers.filter((index) => ended[index]?.exitCode === 0);
    expect(winners).toHaveLength(1);
    expect(new Set(ended.map(({ exitCode, stderr }) => `${exitCode} ${stderr}`))).toEqual(
      new Set(['0 ', '3 error: login refused\n']),
    );
    const login = async (stdin: string) =>
      (await program.run(['user', 'login', 'alice', '--password-stdin'], { stdin })).exitCode;
    expect(await login(`New-horse-of-${winners[0]}-9`)).toBe(0);
    expect(await login(password)).toBe(3);
    expect(await program.json('user', 'show', 'alice')).toMatchObject({ version: 2 });
    const events = await program.json<{ outcome: string; detail: { reason?: string } }[]>(
      ...['audit', 'show', '--action', 'user.passwd'],
    );
    expect(events.filter((event) => event.outcome === 'ok')).toHaveLength(1);
    expect(events).toHaveLength(callers.length);
    expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
  },
  2 * minutes,
);
