import { setTimeout as passing } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { addMany } from './many-users.ts';
import { migratedProgram, type Program } from './program.ts';

const users = 25_000;
const minutes = 60_000;

interface Count {
  count: number;
}

const disabled = async (program: Program) =>
  (await program.json<Count>('user', 'list', '--status', 'disabled', '--count')).count;

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s ends a change of many users between two batches, with %i and how many were changed',
  async (signal, exitCode) => {
    const program = await migratedProgram();
    addMany(program, users);
    const args = ['user', 'disable', '--where', 'status=active', '--yes'];

    const running = program.start([...args, '--json']);
    while ((await disabled(program)) === 0) await passing(1);
    running.child.kill(signal);
    const interrupted = await running.ended;

    expect(interrupted).toMatchObject({ exitCode, signal: null, stdout: '' });
    const { error } = JSON.parse(interrupted.stderr);
    const done = await disabled(program);
    expect(error).toMatchObject({
      code: 'interrupted',
      message: `interrupted after ${done} users were changed`,
      report: { matched: done, changed: done },
    });
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(users);

    const rest = await program.run(args);
    expect(rest).toMatchObject({ exitCode: 0, stdout: `${users - done} users disabled\n`, stderr: '' });
    expect(await disabled(program)).toBe(users);
    const audit = await program.run(['audit', 'verify', '--json']);
    expect(audit.exitCode).toBe(0);
  },
  3 * minutes,
);

test(
  'a killed change of many users leaves whole batches, each user with its event',
  async () => {
    const program = await migratedProgram();
    addMany(program, users);

    const running = program.start(['user', 'disable', '--where', 'status=active', '--yes']);
    while ((await disabled(program)) === 0) await passing(1);
    running.child.kill('SIGKILL');
    expect(await running.ended).toMatchObject({ signal: 'SIGKILL', stdout: '' });

    const done = await disabled(program);
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(users);
    const events = await program.run(['audit', 'show', '--action', 'user.disable', '--output', 'ndjson']);
    const targets = events.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).target);
    expect(targets).toHaveLength(done);
    expect(new Set(targets).size).toBe(done);
    expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
  },
  3 * minutes,
);
