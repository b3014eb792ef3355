// What checking a session costs: `session verify` against bare Node with the query of `user show` (the floor of
// start.mjs), with ten sessions and with very many. BENCH_SESSIONS sets how many (1,000,000 if not set; ten million take
// 11 GB of disk and 12 minutes).
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { authctl, newDatabase, paired, program, report, scratch, wallMs } from './measure.mjs';

const runs = 40;
const many = Number(process.env.BENCH_SESSIONS ?? 1_000_000);
const filler = join(import.meta.dirname, 'fill-sessions.mjs');
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
    // In a process of its own: this one would stay large, and a large process takes longer to start others.
    execFileSync(process.execPath, [filler, database, String(present), String(count)], { stdio: 'inherit' });
    present = count;
    const measured = paired(
      runs,
      () => wallMs(process.execPath, [program, ...verify], env),
      () => wallMs(process.execPath, [query, database], env),
    );
    report(`session verify, ${count} sessions`, { ...measured, unit: 'ms', target: 'at most 1.3' });
  }
}
