import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migratedProgram } from './program.ts';

const minutes = 60_000;

test(
  'of 64 processes that redeem one token at once, exactly one wins, and its password is the one that is set',
  async () => {
    const program = await migratedProgram();
    const { invitation } = await program.json<{ invitation: { token: string } }>(
      ...['user', 'add', 'alice', '--invite'],
    );
    const file = join(program.folder, 'token.txt');
    writeFileSync(file, invitation.token, { mode: 0o600 });
    const passwords = Array.from({ length: 64 }, (_, index) => `Correct-horse-${index + 100}`);

    const ended = await Promise.all(
      passwords.map((stdin) =>
        program.run(['reset', 'redeem', '--token-file', file, '--password-stdin'], { stdin }),
      ),
    );

    const winners = passwords.filter((_, index) => ended[index]?.exitCode === 0);
    expect(winners).toHaveLength(1);
    const losers = ended.filter(({ exitCode }) => exitCode !== 0);
    expect(new Set(losers.map(({ exitCode, stdout, stderr }) => `${exitCode} ${stdout}${stderr}`))).toEqual(
      new Set([
        '3 error: token refused\nhint: it is unknown, has expired or was used; authctl reset issue makes another\n',
      ]),
    );
    const login = ['user', 'login', 'alice', '--password-stdin'];
    expect(await program.run(login, { stdin: winners[0] ?? '' })).toMatchObject({ exitCode: 0 });
    const events = await program.json<{ outcome: string }[]>('audit', 'show', '--action', 'reset.redeem');
    expect(events.filter(({ outcome }) => outcome === 'ok')).toHaveLength(1);
    expect(events.filter(({ outcome }) => outcome === 'refused')).toHaveLength(63);
    expect(await program.json('reset', 'list')).toEqual([]);
    expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
  },
  3 * minutes,
);
