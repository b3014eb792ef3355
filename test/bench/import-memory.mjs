// Peak memory of a plaintext import must not grow with the dump: 10 thousand against many rows, at cost 4.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { newDatabase, peak, report, scratch } from './measure.mjs';

const few = 10_000;
const many = Number(process.env.BENCH_ROWS ?? 1_000_000);

export async function benchImportMemory() {
  const folder = scratch();
  const small = await measured(folder, few);
  const large = await measured(folder, many);
  console.log(`import of ${many} rows at cost 4: ${Math.round(many / large.seconds)} rows/s`);
  report(`peak memory of an import, ${many} rows against ${few}`, {
    subject: large.megabytes,
    floor: small.megabytes,
    ratio: large.megabytes / small.megabytes,
    unit: 'MB',
    target: 'at most 20 MB more',
  });
}

async function measured(folder, rows) {
  const dump = join(folder, `users${rows}.csv`);
  const file = createWriteStream(dump, { mode: 0o600 });
  file.write('username,email,password\n');
  for (let index = 0; index < rows; index += 1) {
    const more = file.write(`user${index},user${index}@example.org,Secret-${index}-pass\n`);
    if (!more) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  return peak(newDatabase(folder, `memory${rows}.db`, 4), ['user', 'import', dump]);
}
