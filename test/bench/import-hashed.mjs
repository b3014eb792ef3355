// Import of rows that come with bcrypt hashes, against sqlite3's own .import of the resulting rows of users and audit
// events into the same schema; and the peak memory of few rows against many.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createWriteStream, openSync } from 'node:fs';
import { join } from 'node:path';
import { authctl, median, newDatabase, peak, report, scratch } from './measure.mjs';

const few = 10_000;
const many = Number(process.env.BENCH_ROWS ?? 1_000_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);

export async function benchImportHashed() {
  const folder = scratch();
  const small = await measured(folder, few, 'small');
  const dump = await writeDump(folder, many);
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const database = newDatabase(folder, `hashed${round}.db`, 12);
    const subject = await peak(database, ['user', 'import', dump]);
    results.push({ ...subject, floor: bulkLoadSeconds(folder, database, round) });
  }
  report(`import of ${many} bcrypt hashes against sqlite3 .import`, {
    subject: many / median(results.map(({ seconds }) => seconds)),
    floor: many / median(results.map(({ floor }) => floor)),
    ratio: median(results.map(({ seconds, floor }) => floor / seconds)),
    unit: 'rows/s',
    target: 'at least 0.7',
  });
  const megabytes = median(results.map((result) => result.megabytes));
  report(`peak memory of it, against ${few} rows`, {
    subject: megabytes,
    floor: small.megabytes,
    ratio: megabytes / small.megabytes,
    unit: 'MB',
    target: 'flat',
  });
}

async function measured(folder, rows, name) {
  return peak(newDatabase(folder, `${name}.db`, 12), ['user', 'import', await writeDump(folder, rows)]);
}

/** A dump of users in no order, each with a hash of its own shape. */
export async function writeDump(folder, rows) {
  const dump = join(folder, `hashed${rows}.csv`);
  const file = createWriteStream(dump, { mode: 0o600 });
  file.write('username,email,first_name,last_name,password_hash\n');
  const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  let state = 12345;
  // A linear congruential generator: the same dump in each run.
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >>> 8;
  };
  const letters = (count) => Array.from({ length: count }, () => alphabet[next() % 64]).join('');
  const name = () => Array.from({ length: 5 }, () => String.fromCharCode(97 + (next() % 26))).join('');
  for (let index = 0; index < rows; index += 1) {
    const start = name();
    const hash = `$2b$12$${letters(21)}.${letters(30)}.`;
    const more = file.write(
      `${start}${index},${start}.${index}@example.org,First${index},Last${index},${hash}\n`,
    );
    if (!more) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
  return dump;
}

/** Seconds that sqlite3 needs for the rows that an import has made, as durable as ours. */
function bulkLoadSeconds(folder, source, round) {
  const tables = ['users', 'audit_events'];
  for (const table of tables) {
    // Straight into the file: a child of a large process would be counted as large itself.
    const file = openSync(join(folder, `${table}.csv`), 'w');
    const { status } = spawnSync('sqlite3', [source, '-csv', `select * from ${table}`], {
      stdio: ['ignore', file, 'inherit'],
    });
    closeSync(file);
    if (status !== 0) throw new Error('sqlite3 is needed for this benchmark');
  }
  const target = join(folder, `floor${round}.db`);
  authctl(target, ['migrate', 'up']);
  const commands = [
    'pragma synchronous=full',
    '.mode csv',
    ...tables.map((table) => `.import ${join(folder, table)}.csv ${table}`),
  ];
  const begin = process.hrtime.bigint();
  const { status, stderr } = spawnSync('sqlite3', [target, ...commands], { encoding: 'utf8' });
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  if (status !== 0) throw new Error(`sqlite3: ${stderr}`);
  const count = spawnSync('sqlite3', [target, 'select count(*) from users'], {
    encoding: 'utf8',
  }).stdout.trim();
  if (Number(count) !== many) throw new Error(`sqlite3 loaded ${count} users of ${many}`);
  return seconds;
}
