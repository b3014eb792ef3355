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

/** Peak memory in MiB of an import of as many people, all of whom are users already. */
async function peakOf(program: Program, people: number): Promise<number> {
  const dump = join(program.folder, `${people}.csv`);
  const lines = Array.from({ length: people }, (_, index) => `person${index},Secret-word-${index}\n`);
  writeFileSync(dump, `username,password\n${lines.join('')}`, { mode: 0o600 });
  const args = ['user', 'import', dump, '--on-conflict', 'skip', '--json'];
  const { exitCode, stdout, stderr } = await startProcess(
    process.execPath,
    [...smallHeap, '-e', measuring, programFile, ...args],
    { env: { HOME: program.folder, AUTHCTL_DATABASE: program.database } },
  ).ended;
  expect(exitCode, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ rows: people, skipped: people });
  return Number(/^peak (\d+)$/m.exec(stderr)?.[1]) / 1024;
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
