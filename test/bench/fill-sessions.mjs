// fill-sessions.mjs DATABASE PRESENT COUNT: writes sessions as the program would, each of another user, where PRESENT
// are there, until there are COUNT.
import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';

const [database, ...numbers] = process.argv.slice(2);
const [present, count] = numbers.map(Number);
const db = new Database(database);
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
// Nothing is lost here that matters: with the program's small cache and a write to the disk each, it would take hours.
for (const setting of ['synchronous = off', 'cache_size = -8000000']) db.pragma(setting);
for (let start = present; start < count; start += 100_000) insert(start, Math.min(start + 100_000, count));
db.close();
