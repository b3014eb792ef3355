import { expect, test } from 'vitest';
import { composeApp } from '../../src/compose.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { testCli } from '../cli.ts';
import { migratedProgram, type Program } from './program.ts';

const password = 'Correct-horse-1';
const attempts = Array.from({ length: 64 }, (_, index) => index);
const minutes = 60_000;

interface LoginEvent {
  outcome: string;
  detail: { reason?: string };
}

async function alice(program: Program): Promise<void> {
  const added = await program.run(['user', 'add', 'alice', '--password-stdin'], { stdin: password });
  expect(added).toMatchObject({ exitCode: 0, stderr: '' });
}

const loginEvents = (program: Program) =>
  program.json<LoginEvent[]>('audit', 'show', '--action', 'user.login');

function reasons(events: readonly LoginEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome, detail } of events) {
    const reason = detail.reason ?? outcome;
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

test(
  'of 64 processes that guess at once, as many are verified as the threshold allows',
  async () => {
    const program = await migratedProgram();
    await alice(program);

    const ended = await Promise.all(
      attempts.map((index) =>
        program.run(['user', 'login', 'alice', '--password-stdin'], { stdin: `Wrong-guess-${index}` }),
      ),
    );

    expect(new Set(ended.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ exitCode: 3, signal: null, stdout: '', stderr: 'error: login refused\n' })]),
    );
    expect(reasons(await loginEvents(program))).toEqual({ 'wrong-password': 5, locked: 59 });
    expect(await program.json('user', 'show', 'alice')).toMatchObject({
      status: 'locked',
      failedAttempts: 5,
    });
    expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
  },
  2 * minutes,
);

test(
  'of 64 processes that log in rightly at once, all succeed',
  async () => {
    const program = await migratedProgram();
    await alice(program);

    const ended = await Promise.all(
      attempts.map(() => program.run(['user', 'login', 'alice', '--password-stdin'], { stdin: password })),
    );

    expect(new Set(ended.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ exitCode: 0, signal: null, stdout: 'login of "alice" ok\n', stderr: '' })]),
    );
    expect(reasons(await loginEvents(program))).toEqual({ ok: 64 });
    expect(await program.json('user', 'show', 'alice')).toMatchObject({
      status: 'active',
      failedAttempts: 0,
    });
  },
  2 * minutes,
);

/** Logs in 64 times at once over one store; the reason of each refusal, or `ok`. */
async function inOneProcess(wordOf: (index: number) => string): Promise<string[]> {
  const cli = await testCli();
  await cli.json('user add alice --password-stdin', { stdin: password });
  const settings = await readSettings({ database: cli.database }, { HOME: cli.folder }, 'tester');
  const services = composeApp(settings, { osUser: 'tester', cores: 2, now: () => new Date() });
  try {
    const logins = await services.logins();
    const outcomes = await Promise.all(attempts.map((index) => logins.login('alice', wordOf(index))));
    return outcomes.map((login) => (login.outcome === 'ok' ? 'ok' : login.reason)).sort();
  } finally {
    await services.close();
  }
}

test(
  'of 64 guesses at once in one process, as many are verified as the threshold allows',
  async () => {
    expect(await inOneProcess((index) => `Wrong-guess-${index}`)).toEqual([
      ...Array.from({ length: 59 }, () => 'locked'),
      ...Array.from({ length: 5 }, () => 'wrong-password'),
    ]);
  },
  2 * minutes,
);

test(
  'of 64 right logins at once in one process, all succeed',
  async () => {
    expect(await inOneProcess(() => password)).toEqual(attempts.map(() => 'ok'));
  },
  2 * minutes,
);

test(
  'one right login among wrong ones neither opens a guess more nor is refused before the lock',
  async () => {
    const program = await migratedProgram();
    await alice(program);
    const words = attempts.map((index) => (index % 8 === 7 ? password : `Wrong-guess-${index}`));

    await Promise.all(
      words.map((stdin) => program.run(['user', 'login', 'alice', '--password-stdin'], { stdin })),
    );

    // Between two right logins, and behind the last, no more guesses are verified than the threshold.
    let run = 0;
    for (const { outcome, detail } of await loginEvents(program)) {
      if (outcome === 'ok') run = 0;
      else if (detail.reason === 'wrong-password') run += 1;
      expect(run).toBeLessThanOrEqual(5);
    }
    expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
  },
  2 * minutes,
);
