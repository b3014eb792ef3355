import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dumpRecords, importable, toCsv } from './dump.ts';
import { migratedProgram } from './program.ts';

/** Preloaded, it ends two of the threads that hash, each when it has made its third hash. */
const killer = `
  let killed = 0;
  process.on('worker', (worker) => {
    let hashes = 0;
    worker.on('message', ({ hash }) => {
      if (hash === undefined) return;
      hashes += 1;
      if (hashes !== 3 || killed === 2) return;
      killed += 1;
      process.stderr.write('killed ' + killed + '\\n');
      worker.terminate();
    });
  });`;

test('an import loses no row when threads that hash are killed in its middle', async () => {
  const program = await migratedProgram();
  const records = dumpRecords(400);
  const [dump, preload] = [join(program.folder, 'dump.csv'), join(program.folder, 'killer.cjs')];
  writeFileSync(dump, toCsv(records), { mode: 0o600 });
  writeFileSync(preload, killer);

  const ended = await program.run(['user', 'import', dump, '--json'], {
    env: { NODE_OPTIONS: `--require ${preload}` },
  });

  expect(ended.stderr).toContain('killed 2');
  const wanted = importable(records);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    created: wanted.length,
    rejected: records.length - wanted.length,
  });
  expect(await program.usernames()).toHaveLength(wanted.length);
  for (const username of [wanted.at(0), wanted.at(-1)]) {
    const number = username?.replace('person', '');
    const login = await program.run(['user', 'login', `${username}`, '--password-stdin'], {
      stdin: `Secret-word-${number}\n`,
    });
    expect([username, login.exitCode]).toEqual([username, 0]);
  }
});
