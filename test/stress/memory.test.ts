import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addMany } from './many-users.ts';
import { migratedProgram, type Program, programFile, startProcess } from './program.ts';

const minutes = 60_000;
const many = 200_000;

// In a small heap the peak is what the program keeps, and not what nobody has collected yet.
const smallHeap = ['--max-old-space-size=64', '--max-semi-space-size=2'];
// Runs the program in its process, then tells the most memory that it ever held (`getrusage` gives KiB).
const measuring =
  "process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS)); require(process.argv[1]);";

/** What a command with `--json` prints, and the most memory in MiB that it ever held. */
async function measured({ folder, database }: Program, args: string[]) {
  const { exitCode, stdout, stderr } = await startProcess(
    process.execPath,
    [...smallHeap, '-e', measuring, programFile, ...args, '--json'],
    { env: { HOME: folder, AUTHCTL_DATABASE: database } },
  ).ended;
  expect(exitCode, stderr).toBe(0);
  return { shown: JSON.parse(stdout), peak: Number(/^peak (\d+)$/m.exec(stderr)?.[1]) / 1024 };
}

/** Peak memory in MiB of an import of as many people, all of whom are users already. */
async function peakOf(program: Program, people: number): Promise<number> {
  const dump = join(program.folder, `${people}.csv`);
  const lines = Array.from({ length: people }, (_, index) => `person${index},Secret-word-${index}\n`);
  writeFileSync(dump, `username,password\n${lines.join('')}`, { mode: 0o600 });
  const { shown, peak } = await measured(program, ['user', 'import', dump, '--on-conflict', 'skip']);
  expect(shown).toMatchObject({ rows: people, skipped: people });
  return peak;
}

/** Peak memory in MiB of copying as many users. */
async function peakOfCopy(users: number): Promise<number> {
  const program = await migratedProgram();
  addMany(program, users);
  const { shown, peak } = await measured(program, ['db', 'copy', join(program.folder, 'copy.db'), '--yes']);
  expect(shown.tables).toContainEqual(expect.objectContaining({ table: 'users', rows: users }));
  return peak;
}

test(
  'the memory of an import does not grow with the dump',
  async () => {
    const program = await migratedProgram();
    addMany(program, many);

    const [few, all] = [await peakOf(program, 5000), await peakOf(program, many)];

    expect(few).toBeGreaterThan(30);
    expect(all - few).toBeLessThan(40);
  },
  3 * minutes,
);

test(
  'the memory of a copy does not grow with the database',
  async () => {
    const [few, all] = [await peakOfCopy(5000), await peakOfCopy(many)];

    expect(few).toBeGreaterThan(30);
    expect(all - few).toBeLessThan(40);
  },
  3 * minutes,
);
