// Plaintext import at bcrypt cost 10, against all cores times what one core's native bcrypt does.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { authctl, median, newDatabase, report, scratch } from './measure.mjs';

const rows = 600;
const rounds = 3;
const cost = 10;

export function benchImportSpeed() {
  const folder = scratch();
  const dump = join(folder, 'users.csv');
  const lines = Array.from(
    { length: rows },
    (_, index) => `user${index},user${index}@example.org,Secret-${index}-pass`,
  );
  writeFileSync(dump, `username,email,password\n${lines.join('\n')}\n`, { mode: 0o600 });
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = oneCoreRate();
    const database = newDatabase(folder, `speed${round}.db`, cost);
    const begin = process.hrtime.bigint();
    authctl(database, ['user', 'import', dump]);
    const rate = rows / (Number(process.hrtime.bigint() - begin) / 1e9);
    const floor = ((before + oneCoreRate()) / 2) * availableParallelism();
    results.push({ rate, floor });
  }
  report(`plaintext import, cost ${cost}, ${availableParallelism()} cores`, {
    subject: median(results.map(({ rate }) => rate)),
    floor: median(results.map(({ floor }) => floor)),
    ratio: median(results.map(({ rate, floor }) => rate / floor)),
    unit: 'rows/s',
    target: 'at least 0.95',
  });
}

/** Hashes a second of native bcrypt in a process that does nothing else. */
function oneCoreRate() {
  const source = `const { hashSync } = require('@node-rs/bcrypt');
    hashSync('warm-up', ${cost});
    const begin = process.hrtime.bigint();
    let count = 0;
    while (process.hrtime.bigint() - begin < 3000000000n) { hashSync('Secret-' + count, ${cost}); count += 1; }
    console.log(count / (Number(process.hrtime.bigint() - begin) / 1e9));`;
  const { stdout } = spawnSync(process.execPath, ['-e', source], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  return Number(stdout);
}
