import { insertRows } from '../databases/database.ts';
import type { Scene } from './scene.ts';

// Users in every state, put into the database past the program: `addCrowd(await scene())`.

export const bcrypt = '$2b$04$abcdefghijklmnopqrstuuktlzWFaVd/9H4BOUr5bN66kU21BDrmW';
export const argon2 =
  '$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$1Q8aOH0ZFi6TjVDdUj8ddQbM4QCrXEIbBhnQcHGOi2M';
export const werkzeug = `pbkdf2:sha256:1000$c2FsdHNhbHQ$${'0f'.repeat(32)}`;

/** A row of `users` as it is stored; what is not given is the default of the table. */
type Columns = Record<string, string | number | null>;

const [past, future] = ['2026-01-31T08:15:30.123Z', '2999-12-31T23:59:59.999Z'];
const formula = `=cmd|' /C calc'!A0`;

/** Users in every state, with values in every column, and texts that are difficult for formats. */
export const crowd: readonly Columns[] = [
  {
    username: 'alice',
    email: 'Alice@Example.org',
    email_verified_at: past,
    first_name: 'Alice',
    last_name: 'Müller',
    password_hash: bcrypt,
  },
  {
    username: 'bob',
    password_hash: argon2,
    locked_at: past,
    locked_until: future,
    lock_reason: 'lost laptop',
    lock_kind: 'administrator',
  },
  {
    username: 'carol',
    password_hash: bcrypt,
    locked_at: past,
    lock_reason: '=HYPERLINK("http://x","y"), "z"; w',
    lock_kind: 'administrator',
  },
  { username: 'dave', password_hash: bcrypt, disabled_at: past, failed_attempts: 3, consecutive_failures: 7 },
  { username: 'erin', password_hash: bcrypt, expires_at: past },
  {
    username: 'frank',
    email: 'frank@example.org',
    password_hash: bcrypt,
    deleted_at: past,
    deleted_by: '+root',
  },
  { username: 'grace', first_name: formula, last_name: "'quoted", email: '+1@example.org' },
  { username: 'heidi', password_hash: bcrypt, must_change_password: 1, expires_at: future, version: 12 },
  { username: 'ivan@example.org', email: 'ivan@example.org', password_hash: bcrypt, last_login_at: past },
  { username: 'jürgen_名前', first_name: '@SUM(1)', last_name: '-2+3', password_hash: werkzeug },
  {
    ...{ username: 'kim', locked_at: past, locked_until: '2026-02-01T00:00:00.000Z', failed_attempts: 5 },
    ...{ lock_kind: 'automatic' },
  },
  {
    ...{ username: 'lea', password_hash: bcrypt, disabled_at: past, locked_at: past, expires_at: past },
    ...{ lock_kind: 'administrator' },
    ...{ deleted_at: past, deleted_by: 'root', created_by: '=1+1', updated_by: 'O\'Hara, "Bob"' },
  },
];

/** Inserts the users into the database without the program. */
export function addCrowd(cli: Scene, users: readonly Columns[] = crowd): void {
  cli.sql((database) => {
    const rows: Record<string, unknown>[] = [];
    for (const [index, user] of users.entries()) {
      const at = `2025-05-${String((index % 20) + 10)}T10:00:00.00${index % 10}Z`;
      const key = (text: unknown) => (typeof text === 'string' ? text.normalize('NFC').toLowerCase() : null);
      const row = {
        id: `01900000-0000-7000-8000-${String(index).padStart(12, '0')}`,
        ...{ username_key: key(user.username), email_key: key(user.email ?? null) },
        ...{ created_at: at, created_by: 'root', updated_at: at, updated_by: 'ops' },
        ...(user.password_hash ? { password_changed_at: at } : {}),
        ...user,
      };
      rows.push(row);
    }
    insertRows(database, 'users', rows);
  });
}

/** All users as they are stored. */
export const storedUsers = (cli: Scene): Record<string, unknown>[] =>
  cli.sql((database) => database.prepare<Record<string, unknown>>('select * from users order by id').all());
