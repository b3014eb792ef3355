import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { dumpRecords, toCsv, Witness } from './dump.ts';
import { migratedProgram } from './program.ts';

const minutes = 60_000;
const dump = toCsv(dumpRecords(900));

async function prepared(text = dump) {
  const program = await migratedProgram();
  const file = join(program.folder, 'dump.csv');
  const rejects = join(program.folder, 'rejects.csv');
  writeFileSync(file, text, { mode: 0o600 });
  const witness = new Witness(program);
  onTestFinished(() => witness.close());
  const args = ['user', 'import', file, '--rejects', rejects, '--batch', '50'];
  return { program, witness, rejects, args };
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s ends an import with one line and %i, and --resume completes it',
  async (signal, exitCode) => {
    const whole = await prepared();
    expect(await whole.program.run(whole.args)).toMatchObject({ exitCode: 10 });
    const { program, witness, rejects, args } = await prepared();

    const running = program.start(args);
    while (witness.rows() === 0) await passing(1);
    running.child.kill(signal);
    const interrupted = await running.ended;

    expect(interrupted).toMatchObject({ exitCode, signal: null, stdout: '' });
    expect(interrupted.stderr).toMatch(/^error: [^\n]+\n(hint: [^\n]+\n)?$/);
    const committed = witness.committed();
    expect(committed).toMatchObject({ finished: false, users: committed.created, integrity: 'ok' });
    expect(committed.rows).toBeLessThan(900);
    expect(await program.run([...args, '--resume'])).toMatchObject({ exitCode: 10, stderr: '' });
    expect(witness.people()).toEqual(whole.witness.people());
    expect(readFileSync(rejects, 'utf8')).toBe(readFileSync(whole.rejects, 'utf8'));
    expect(witness.committed()).toEqual(whole.witness.committed());
    expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
  },
  minutes,
);

test(
  'an import that another run has completed meanwhile leaves it alone',
  async () => {
    const text = toCsv(dumpRecords(2000));
    const whole = await prepared(text);
    expect(await whole.program.run(whole.args)).toMatchObject({ exitCode: 10 });
    const { program, witness, rejects } = await prepared();
    const args = ['user', 'import', '-', '--format', 'csv', '--rejects', rejects, '--batch', '50'];
    // More than its first look at the dump waits for.
    const slow = program.start(args, { stdin: text.slice(0, 80_000), stdinStaysOpen: true });
    // Waits until all the input that was sent is processed, however busy the machine is.
    for (let seen = -1; seen <= 0 || seen !== witness.rows(); await passing(2000)) seen = witness.rows();

    expect(await program.run([...args, '--resume'], { stdin: text })).toMatchObject({ exitCode: 10 });
    slow.child.stdin?.end(text.slice(80_000));

    const { exitCode, stderr } = await slow.ended;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 6,
      stderr: expect.stringMatching(/^error: another run of this import[^\n]+\nhint: [^\n]+\n$/),
    });
    expect(witness.people()).toEqual(whole.witness.people());
    expect(readFileSync(rejects, 'utf8')).toBe(readFileSync(whole.rejects, 'utf8'));
  },
  minutes,
);

test(
  'SIGINT twice ends an import at once',
  async () => {
    const { program, witness, args } = await prepared();

    const running = program.start([...args, '--json']);
    while (witness.rows() === 0) await passing(1);
    running.child.kill('SIGINT');
    running.child.kill('SIGINT');

    expect((await running.ended).exitCode).toBe(130);
    expect(witness.committed()).toMatchObject({ finished: false, integrity: 'ok' });
    expect(await program.run([...args, '--resume'])).toMatchObject({ exitCode: 10 });
    expect(witness.committed()).toMatchObject({ rows: 900, finished: true });
  },
  minutes,
);

test(
  'SIGTERM while the dump is slow to come ends an import from standard input',
  async () => {
    const { program, witness } = await prepared();
    const running = program.start(['user', 'import', '-', '--format', 'csv', '--json'], {
      stdin: toCsv(dumpRecords(4000)).slice(0, 150_000),
      stdinStaysOpen: true,
    });
    while (witness.rows() === 0) await passing(1);
    running.child.kill('SIGTERM');

    const { exitCode, stderr } = await running.ended;
    expect(exitCode).toBe(143);
    expect(JSON.parse(stderr).error.code).toBe('interrupted');
  },
  minutes,
);
