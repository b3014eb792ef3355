import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dumpRecords, importable, toCsv } from './dump.ts';
import { type Ended, migratedProgram, type Program } from './program.ts';

const password = 'Correct-horse-1';
const minutes = 60_000;

interface Step {
  args: string[];
  stdin?: string;
  /** The exit codes that it may have, whatever the others do meanwhile. */
  codes: number[];
}

/** What one of 32 callers does, a process each; all of them meet at the users `shared0` to `shared3`. */
function stepsOf(caller: number): Step[] {
  const shared = `shared${caller % 4}`;
  const add = (name: string, codes: number[]): Step => ({
    args: ['user', 'add', name, '--password-stdin'],
    stdin: password,
    codes,
  });
  const login = (stdin: string, codes: number[]): Step => ({
    args: ['user', 'login', shared, '--password-stdin'],
    stdin,
    codes,
  });
  const mixed: Step[] = [
    login(password, [0, 3]),
    login('Wrong-guess-1', [3]),
    { args: ['user', 'lock', shared, '--for', '1h'], codes: [0] },
    { args: ['user', 'unlock', shared], codes: [0] },
    { args: ['user', 'set', shared, '--email', `${shared}-${caller}@example.org`], codes: [0] },
    { args: ['user', 'passwd', shared, '--password-stdin'], stdin: password, codes: [0] },
    { args: ['user', 'list', '--json'], codes: [0] },
    { args: ['audit', 'show', '--output', 'ndjson'], codes: [0] },
    { args: ['audit', 'verify'], codes: [0] },
  ];
  const at = (offset: number) => mixed[(caller + offset) % mixed.length] ?? login(password, [0, 3]);
  // Two callers want each twin: one of them is told that it exists.
  return [add(`own_${caller}`, [0]), at(0), add(`twin_${caller >> 1}`, [0, 6]), at(4), at(7)];
}

async function act(program: Program, steps: readonly Step[]): Promise<{ step: Step; ended: Ended }[]> {
  const done: { step: Step; ended: Ended }[] = [];
  for (const step of steps) {
    const ended = await program.run(step.args, step.stdin === undefined ? {} : { stdin: step.stdin });
    done.push({ step, ended });
  }
  return done;
}

test(
  '32 callers of mixed commands lose nothing and never find the database locked',
  async () => {
    const program = await migratedProgram();
    const shared = ['shared0', 'shared1', 'shared2', 'shared3'];
    for (const name of shared) {
      await program.run(['user', 'add', name, '--password-stdin'], { stdin: password });
    }

    const callers = Array.from({ length: 32 }, (_, caller) => act(program, stepsOf(caller)));
    const done = (await Promise.all(callers)).flat();

    const unexpected = done.filter(({ step, ended }) => !step.codes.includes(ended.exitCode ?? -1));
    expect(unexpected).toEqual([]);
    const said = done.map(({ ended }) => ended.stderr).join('');
    expect(said).not.toMatch(/database is locked|is busy|SQLITE|bug/);
    const added = done
      .filter(({ step, ended }) => step.args[1] === 'add' && ended.exitCode === 0)
      .map(({ step }) => step.args[2]);
    expect(await program.usernames()).toEqual([...shared, ...added].sort());
    // 32 of their own, and each twin once.
    expect(added).toHaveLength(32 + 16);
    expect(await program.json('audit', 'show', '--action', 'user.add')).toHaveLength(shared.length + 48);
    expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
    const refused = done.filter(({ ended }) => ended.exitCode === 3).length;
    const logins = await program.json<{ outcome: string }[]>('audit', 'show', '--action', 'user.login');
    expect(logins.filter((event) => event.outcome === 'refused')).toHaveLength(refused);
  },
  3 * minutes,
);

test(
  'an import and callers who add people of its dump get each of them once',
  async () => {
    const program = await migratedProgram();
    const dump = join(program.folder, 'dump.csv');
    const records = dumpRecords(1200);
    writeFileSync(dump, toCsv(records), { mode: 0o600 });
    // From the dump's beginning to its end.
    const contested = importable(records).filter((_, index) => index % 45 === 1);

    const running = program.start(['user', 'import', dump, '--batch', '40', '--json']);
    const added: string[] = [];
    for (const name of contested) {
      const ended = await program.run(['user', 'add', name, '--password-stdin'], { stdin: password });
      expect([0, 6]).toContain(ended.exitCode);
      if (ended.exitCode === 0) added.push(name);
    }
    const imported = await running.ended;

    expect(imported.exitCode).toBe(10);
    const report: { created: number; rejected: number; rejects: { code: string; count: number }[] } =
      JSON.parse(imported.stdout);
    expect(report.created + report.rejected).toBe(1200);
    const existed = report.rejects.find((reject) => reject.code === 'user-exists')?.count ?? 0;
    const usernames = await program.usernames();
    expect(usernames).toHaveLength(report.created + added.length);
    expect(usernames).toEqual(expect.arrayContaining(contested));
    expect(existed).toBe(added.length);
    expect(await program.run(['audit', 'verify'])).toMatchObject({ exitCode: 0 });
  },
  3 * minutes,
);
