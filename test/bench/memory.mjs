// Peak memory of an import over users who are there already, and of a copy, must not grow with what they read. In a
// small heap the peak is what the program keeps, and not what nobody has collected yet.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { newDatabase, peak, report, scratch } from './measure.mjs';

const few = 5000;
const many = 200_000;
/** MB that the many may take more than the few. */
const most = 40;
const smallHeap = ['--max-old-space-size=64', '--max-semi-space-size=2'];

export async function benchMemory() {
  const folder = scratch();
  const database = newDatabase(folder, 'memory.db', 4);
  addUsers(database, many);
  await compared(`an import, ${many} known users against ${few}`, async (people) => {
    const dump = join(folder, `${people}.csv`);
    const lines = Array.from({ length: people }, (_, index) => `person${index},Secret-word-${index}\n`);
    writeFileSync(dump, `username,password\n${lines.join('')}`, { mode: 0o600 });
    const words = ['user', 'import', dump, '--on-conflict', 'skip', '--json'];
    const { stdout, megabytes } = await peak(database, words, [0], smallHeap);
    if (JSON.parse(stdout).skipped !== people)
      throw new Error(`not all of ${people} were skipped: ${stdout}`);
    return megabytes;
  });
  await compared(`a copy, ${many} users against ${few}`, async (people) => {
    const source = newDatabase(folder, `copied${people}.db`, 4);
    addUsers(source, people);
    const words = ['db', 'copy', join(folder, `copy${people}.db`), '--yes', '--json'];
    const { stdout, megabytes } = await peak(source, words, [0], smallHeap);
    const copied = JSON.parse(stdout).tables.find(({ table }) => table === 'users')?.rows;
    if (copied !== people) throw new Error(`${copied} of ${people} users were copied`);
    return megabytes;
  });
}

async function compared(what, measure) {
  const floor = await measure(few);
  const subject = await measure(many);
  report(`peak memory of ${what}`, {
    ...{ subject, floor, ratio: subject / floor, unit: 'MB', target: `at most ${most} MB more` },
  });
  if (floor < 30) throw new Error(`${floor} MB is less than the program itself takes`);
  if (subject - floor >= most) throw new Error(`the memory of ${what} grows`);
}

/** Adds users `person0` and on, without passwords, past the program. */
function addUsers(file, count) {
  const database = new Database(file);
  const at = '2026-01-01T00:00:00.000Z';
  database
    .prepare(
      `with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n < ? - 1)
       insert into users (id, username, username_key, must_change_password, failed_attempts,
         consecutive_failures, created_at, created_by, updated_at, updated_by, version)
       select printf('00000000-0000-7000-8000-%012d', n), 'person' || n, 'person' || n, 0, 0,
         0, @at, 'bench', @at, 'bench', 1 from numbers`,
    )
    .run(count, { at });
  database.close();
}
