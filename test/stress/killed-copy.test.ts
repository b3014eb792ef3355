import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { allRows, marksIn } from '../cli/commands/db/copy/rows.ts';
import { answers, newDatabase, type ServerKind, serverSql } from '../cli/commands/db/copy/servers.ts';
import { testFolder } from '../cli.ts';
import { addMany } from './many-users.ts';
import { migratedProgram, type Program, randomNumbers } from './program.ts';

const minutes = 60_000;
const users = 30_000;
const kills = 6;
const counting = 'select count(*) as count from users';

function rowsOfFile(file: string): number {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return Number(database.prepare(counting).pluck().get());
  } finally {
    database.close();
  }
}

async function rowsOfServer(kind: ServerKind, url: string): Promise<number> {
  const [row] = (await serverSql(kind, [counting], url)) as { count: unknown }[];
  return Number(row?.count);
}

/** Copies again and again, and kills the program each time when some more users are there; then lets it end. */
async function copyUnderKills(target: string, rows: () => Promise<number>): Promise<Program> {
  const program = await migratedProgram();
  addMany(program, users);
  const random = randomNumbers(users);
  const copy = ['db', 'copy', target, '--yes', '--json'];
  const there = () => rows().catch(() => 0);
  for (let kill = 1; kill <= kills; kill += 1) {
    const before = await there();
    const running = program.start(copy);
    let ended = false;
    running.ended.then(() => (ended = true));
    // Whole batches, so at least one; and all kills come before the last user.
    while (!ended && (await there()) <= before + random(2500)) {}
    running.child.kill('SIGKILL');
    expect((await running.ended).signal).toBe('SIGKILL');

    expect(await there()).toBeGreaterThan(before);
    const list = ['user', 'list', '--limit', '1', '--json'];
    const { exitCode, stderr } = await program.run(list, { env: { AUTHCTL_DATABASE: target } });
    expect([exitCode, JSON.parse(stderr).error?.code]).toEqual([8, 'database-incomplete']);
  }
  const last = await program.run(copy);
  expect(last).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(last.stdout)).toMatchObject({ resumed: true });
  return program;
}

test(
  'a copy that is killed again and again is complete in the end, and is taken for incomplete before',
  async () => {
    const target = join(testFolder(), 'target.db');
    const { database } = await copyUnderKills(target, async () => rowsOfFile(target));
    expect(allRows(target)).toEqual(allRows(database));
    expect(marksIn(target)).toEqual([]);
  },
  3 * minutes,
);

describe.each(['postgres', 'mysql'] as const)('on %s', async (kind) => {
  test.skipIf(!(await answers(kind)))(
    'it is too',
    async () => {
      const target = newDatabase(kind);
      const program = await copyUnderKills(target, () => rowsOfServer(kind, target));
      const back = join(program.folder, 'back.db');
      const env = { AUTHCTL_DATABASE: target };
      expect(await program.run(['db', 'copy', back, '--yes'], { env })).toMatchObject({ exitCode: 0 });
      expect(allRows(back).users).toEqual(allRows(program.database).users);
    },
    3 * minutes,
  );
});
