import { expect, test } from 'vitest';
import { migratedProgram, type Program } from './program.ts';

const minutes = 60_000;
const password = 'Correct-horse-1';
const login = ['user', 'login', 'alice', '--session', '--password-stdin'];

async function withAlice(): Promise<Program> {
  const program = await migratedProgram();
  const added = await program.run(['user', 'add', 'alice', '--password-stdin'], { stdin: password });
  expect(added).toMatchObject({ exitCode: 0, stderr: '' });
  return program;
}

const verify = (program: Program, stdin: string) =>
  program.run(['session', 'verify', '--token-stdin'], { stdin });

test(
  'of logins at the same time as a new password, none leaves a session of the old one',
  async () => {
    const program = await withAlice();
    // One session more, so that there is one to be ended however the race goes.
    const before = await program.run(login, { stdin: password });

    const logins = Array.from({ length: 32 }, () => program.run(login, { stdin: password }));
    // Some logins are done by now, and others under way.
    await Promise.any(logins);
    const change = program.run(['user', 'passwd', 'alice', '--password-stdin'], { stdin: 'Another-horse-2' });
    const ended = await Promise.all(logins);

    expect(await change).toMatchObject({ exitCode: 0 });
    expect(ended.every(({ exitCode }) => exitCode === 0 || exitCode === 3)).toBe(true);
    const tokens = [before, ...ended].filter(({ exitCode }) => exitCode === 0).map(({ stdout }) => stdout);
    expect(tokens.length).toBeGreaterThan(1);
    for (const token of tokens) expect(await verify(program, token)).toMatchObject({ exitCode: 3 });
    expect(await program.json('session', 'list')).toEqual([]);
    expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
  },
  3 * minutes,
);

test(
  'a session can be verified by many processes at once, and stays ended once it was',
  async () => {
    const program = await withAlice();
    const { stdout: token } = await program.run(login, { stdin: password });
    const good = await Promise.all(Array.from({ length: 32 }, () => verify(program, token)));
    expect(good.map(({ exitCode }) => exitCode)).toEqual(good.map(() => 0));

    const [, ...late] = await Promise.all([
      program.run(['user', 'disable', 'alice']),
      ...Array.from({ length: 16 }, () => verify(program, token)),
    ]);

    expect(late.every(({ exitCode }) => exitCode === 0 || exitCode === 3)).toBe(true);
    expect(await verify(program, token)).toMatchObject({ exitCode: 3, stderr: 'error: session refused\n' });
    await program.json('user', 'enable', 'alice');
    expect(await verify(program, token)).toMatchObject({ exitCode: 3 });
  },
  3 * minutes,
);
