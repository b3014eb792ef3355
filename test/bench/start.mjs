// How fast commands start: `user show` against bare Node with the same query, `--help` against bare Node.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { authctl, newDatabase, paired, program, report, scratch, wallMs } from './measure.mjs';

const runs = 40;

export function benchStart() {
  const folder = scratch();
  const database = newDatabase(folder, 'start.db', 4);
  authctl(database, ['user', 'add', 'alice', '--password-stdin'], { input: 'Correct-horse-1' });
  const env = { ...process.env, AUTHCTL_DATABASE: database };

  const query = join(folder, 'query.cjs');
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
  writeFileSync(
    query,
    `const db = new (require(${JSON.stringify(sqlite)}))(process.argv[2]);
console.log(JSON.stringify(db.prepare('select * from users where username_key = ?').get('alice')));`,
  );
  const empty = join(folder, 'empty.cjs');
  writeFileSync(empty, '');

  const show = paired(
    runs,
    () => wallMs(process.execPath, [program, 'user', 'show', 'alice', '--json'], env),
    () => wallMs(process.execPath, [query, database], env),
  );
  report('user show', { ...show, unit: 'ms', target: 'at most 1.25' });
  const help = paired(
    runs,
    () => wallMs(process.execPath, [program, '--help'], env),
    () => wallMs(process.execPath, [empty], env),
  );
  report('--help', { ...help, unit: 'ms', target: 'at most 1.15' });
}
