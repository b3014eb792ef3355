// What checking a session costs: `session verify` against bare Node with the query of `user show` (the floor of
// start.mjs), with ten sessions and with very many. BENCH_SESSIONS sets how many (1,000,000 if not set; ten million take
// 8 GB of disk).
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { authctl, newDatabase, paired, program, report, scratch, wallMs } from './measure.mjs';

const runs = 40;
const many = Number(process.env.BENCH_SESSIONS ?? 1_000_000);
const password = 'Correct-horse-1';

export function benchSession() {
  const folder = scratch();
  const database = newDatabase(folder, 'session.db', 4);
  authctl(database, ['user', 'add', 'alice', '--password-stdin'], { input: password });
  const env = { ...process.env, AUTHCTL_DATABASE: database };
  const token = join(folder, 'token.txt');
  const login = ['user', 'login', 'alice', '--session', '--password-stdin'];
  writeFileSync(token, authctl(database, login, { input: password }), { mode: 0o600 });

  const query = join(folder, 'query.cjs');
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
  writeFileSync(
    query,
    `const db = new (require(${JSON.stringify(sqlite)}))(process.argv[2]);
console.log(JSON.stringify(db.prepare('select * from users where username_key = ?').get('alice')));`,
  );
  const verify = ['session', 'verify', '--token-file', token, '--json'];
  let present = 1;
  for (const count of [10, many]) {
    fill(database, present, count);
    present = count;
    const measured = paired(
      runs,
      () => wallMs(process.execPath, [program, ...verify], env),
      () => wallMs(process.execPath, [query, database], env),
    );
    report(`session verify, ${count} sessions`, { ...measured, unit: 'ms', target: 'at most 1.3' });
  }
}

/** Writes sessions as the program would, each of another user, until there are `count`. */
function fill(database, present, count) {
  const db = new (createRequire(import.meta.url)('better-sqlite3'))(database);
  const columns = db.prepare('select * from users limit 1').get();
  const names = Object.keys(columns);
  const user = db.prepare(
    `insert into users (${names.join(', ')}) values (${names.map((name) => `@${name}`).join(', ')})`,
  );
  const session = db.prepare('insert into sessions values (?, ?, ?, ?, ?, ?, ?)');
  const now = new Date().toISOString();
  const limit = new Date(Date.now() + 12 * 3_600_000).toISOString();
  const insert = db.transaction((start, end) => {
    for (let index = start; index < end; index += 1) {
      const id = `01900000-0000-7000-8000-${String(index).padStart(12, '0')}`;
      user.run({ ...columns, id, username: `user_${index}`, username_key: `user_${index}` });
      session.run(id, id, createHash('sha256').update(id).digest('hex'), now, now, limit, limit);
    }
  });
  // Nothing is lost here that matters: what takes hours with a journal and the program's small cache takes minutes.
  const journal = db.pragma('journal_mode', { simple: true });
  for (const setting of ['journal_mode = off', 'synchronous = off', 'cache_size = -8000000'])
    db.pragma(setting);
  for (let start = present; start < count; start += 100_000) insert(start, Math.min(start + 100_000, count));
  db.pragma(`journal_mode = ${journal}`);
  db.close();
}
