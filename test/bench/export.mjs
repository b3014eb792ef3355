// How fast users leave: `user export` against what `sqlite3 -json` takes to print the same rows.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { newDatabase, paired, peak, program, report, scratch } from './measure.mjs';

const rows = Number(process.env.BENCH_EXPORT_ROWS ?? 200_000);
const runs = 7;

export async function benchExport() {
  const folder = scratch();
  const database = filled(folder, 'export.db', rows);
  const out = join(folder, 'out');
  const floor = () => msToFile(out, 'sqlite3', ['-json', database, 'select * from users']);
  for (const format of ['json', 'ndjson', 'csv']) {
    const words = [program, 'user', 'export', '--format', format, '--with-hashes'];
    const {
      subject,
      floor: limit,
      ratio,
    } = paired(runs, () => msToFile(out, process.execPath, words, database), floor);
    report(`user export --format ${format}, ${rows} users, speed against sqlite3 -json`, {
      ...{ subject, floor: limit, ratio: 1 / ratio, unit: 'ms', target: 'at least 0.5' },
    });
  }
  const words = ['user', 'export', '--format', 'json', '--with-hashes'];
  const small = await peak(filled(folder, 'few.db', rows / 4), words);
  const large = await peak(database, words);
  report(`peak memory of an export, ${rows} users against ${rows / 4}`, {
    ...{ subject: large.megabytes, floor: small.megabytes, ratio: large.megabytes / small.megabytes },
    ...{ unit: 'MB', target: 'at most 20 MB more' },
  });
}

/** A database of users with values in the columns that most users have values in. */
function filled(folder, name, count) {
  const database = newDatabase(folder, name, 4);
  const Database = createRequire(import.meta.url)('better-sqlite3');
  const opened = new Database(database);
  opened.pragma('synchronous = OFF');
  opened.exec(`with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n < ${count - 1}),
      times(n, at) as (select n, strftime('%Y-%m-%dT%H:%M:%S.000Z', 1700000000 + n, 'unixepoch') from numbers)
    insert into users (id, username, username_key, email, email_key, first_name, last_name, password_hash,
      password_changed_at, last_login_at, created_at, created_by, updated_at, updated_by, version)
    select printf('01900000-0000-7000-8000-%012x', n), 'user' || n, 'user' || n, 'user' || n || '@example.org',
      'user' || n || '@example.org', 'Jürgen', 'Müller ' || n, printf('$2b$12$abcdefghijklmnopqrstuv%031d', n),
      at, at, at, 'root', at, 'root', 1 from times`);
  opened.close();
  return database;
}

/** Wall-clock milliseconds of a command whose output goes to a file. */
function msToFile(path, command, args, database = '') {
  const descriptor = openSync(path, 'w');
  const begin = process.hrtime.bigint();
  const env = { ...process.env, AUTHCTL_DATABASE: database };
  const { status, stderr } = spawnSync(command, args, { env, stdio: ['ignore', descriptor, 'pipe'] });
  const ms = Number(process.hrtime.bigint() - begin) / 1e6;
  closeSync(descriptor);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${status}\n${stderr}`);
  return ms;
}
