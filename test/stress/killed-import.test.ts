import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as passing } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { dumpRecords, importable, toCsv, Witness } from './dump.ts';
import { type Ended, migratedProgram, type Program, type Running, randomNumbers } from './program.ts';

const minutes = 60_000;
const records = dumpRecords(2500);
const dumps = {
  csv: toCsv(records),
  json: JSON.stringify(records, null, 1),
  ndjson: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
};
type Format = keyof typeof dumps;

interface Import {
  program: Program;
  witness: Witness;
  rejects: string;
  start(...more: string[]): Running;
}

async function prepared(format: Format): Promise<Import> {
  const program = await migratedProgram();
  const file = join(program.folder, 'dump');
  writeFileSync(file, dumps[format], { mode: 0o600 });
  const rejects = join(program.folder, 'rejects');
  const witness = new Witness(program);
  onTestFinished(() => witness.close());
  const args = ['user', 'import', file, '--rejects', rejects, '--batch', '50', '--json'];
  return { program, witness, rejects, start: (...more) => program.start([...args, ...more]) };
}

/** Resolves when as many rows are committed, or when the process has ended. */
async function committed(witness: Witness, rows: number, running: Running): Promise<void> {
  let ended = false;
  running.ended.then(() => (ended = true));
  while (!ended && witness.rows() < rows) await passing(1);
}

/** What stays the same however often an import was interrupted. */
function outcome({ witness, rejects }: Import, { exitCode, stdout, stderr }: Ended) {
  const { created, rejected, rejectsLength, ...rest } = witness.committed();
  return {
    exitCode,
    stderr,
    report: JSON.parse(stdout),
    rejects: readFileSync(rejects, 'utf8'),
    people: witness.people(),
    committed: { created, rejected, rejectsLength, ...rest },
  };
}

async function uninterrupted(format: Format) {
  const whole = await prepared(format);
  return outcome(whole, await whole.start().ended);
}

test.each([
  ['csv', 15, 20],
  ['json', 6, 21],
  ['ndjson', 4, 22],
] as const)(
  'an import of %s that is killed %i times ends as one that was never killed',
  async (format, kills, seed) => {
    const expected = await uninterrupted(format);
    const created = importable(records).length;
    expect(expected).toMatchObject({ exitCode: 10, report: { created, rejected: records.length - created } });
    const killed = await prepared(format);
    const { program, witness, rejects } = killed;
    const random = randomNumbers(seed);

    let inWork = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const before = witness.committed();
      const running = killed.start(...(kill === 0 ? [] : ['--resume']));
      // Every other one dies while it starts or reads over what is done, the others while they write.
      if (kill % 2 === 0) await passing(random(250));
      else await committed(witness, before.rows + 1 + random(200), running).then(() => passing(random(20)));
      const acknowledged = witness.committed();
      running.child.kill('SIGKILL');
      const { signal } = await running.ended;
      const after = witness.committed();
      if (signal === 'SIGKILL' && after.rows > before.rows) inWork += 1;

      expect(after.integrity).toBe('ok');
      expect(after.rows).toBeGreaterThanOrEqual(acknowledged.rows);
      expect(after.created + after.rejected).toBe(after.rows);
      expect(after).toMatchObject({ users: after.created, userEvents: after.created });
      const left = existsSync(rejects) ? readFileSync(rejects, 'utf8') : '';
      expect(left.slice(0, after.rejectsLength)).toBe(expected.rejects.slice(0, after.rejectsLength));
      expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
    }
    const last = await killed.start('--resume').ended;

    // Fewer where the machine is so quick that the import ends before the kills do.
    expect(inWork).toBeGreaterThanOrEqual(Math.floor(kills / 3));
    const { stderr, ...rest } = outcome(killed, last);
    expect(rest).toEqual({ ...expected, stderr: undefined });
    expect(stderr).toBe('');
    const login = ['user', 'login', 'person4', '--password-stdin'];
    expect(await program.run(login, { stdin: 'Secret-word-4' })).toMatchObject({ exitCode: 0 });
  },
  3 * minutes,
);
