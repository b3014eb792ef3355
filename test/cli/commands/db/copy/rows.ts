import Database from 'better-sqlite3';
import { identityKey } from '../../../../../src/domain/username.ts';
import { tableNames, tables } from '../../../../../src/store/transfer/tables.ts';

export type Rows = Record<string, unknown>[];

/** What a copy says with `--json`. */
export interface ShownCopy {
  target: string;
  tables: { table: string; rows: number; sha256: string }[];
  events: number;
  head: { seq: number; hash: string };
  resumed: boolean;
}

/** Every row of every table that is copied, read past the program. */
export function allRows(file: string): Record<string, Rows> {
  const database = new Database(file, { readonly: true });
  try {
    return Object.fromEntries(
      tableNames.map((table) => [
        table,
        database.prepare<[], Rows[number]>(`select * from ${table} order by ${tables[table].key}`).all(),
      ]),
    );
  } finally {
    database.close();
  }
}

/** Names in a database's ledger that are no migrations. */
export function marksIn(file: string): string[] {
  const database = new Database(file, { readonly: true });
  try {
    return database
      .prepare<[], string>(`select name from schema_migrations where name like '9999%'`)
      .pluck()
      .all();
  } finally {
    database.close();
  }
}

const at = '2026-01-01T00:00:00.000Z';
const odd = [
  ['quotes', `O'Reilly "x" \\ \\' %_ \`;--`],
  ['astral', '😀\u{1f468}\u200d\u{1f469}'],
  ['combining', 'Z\u0351\u036b e\u0301 é'],
  ['controls', 'a\tb\nc\r\u0001\u007f\u0085'],
  ['bidi', '\u202eabc\u2066'],
  ['blank end', 'x  '],
  ['empty', ''],
  ['highest', '\uffff\u{10ffff}'],
  ['replacement', '\ufffd'],
  ['longest', '€'.repeat(255)],
  ['longest astral', '😀'.repeat(255)],
] as const;

/** Puts rows into a database that hold what is hardest to carry over. */
export function addOddRows(file: string): void {
  const database = new Database(file);
  const user = database.prepare(
    `insert into users (id, username, username_key, email, email_key, first_name, last_name, password_hash,
       must_change_password, failed_attempts, lock_reason, created_at, created_by, updated_at, updated_by, version)
     values (@id, @name, @key, @email, @emailKey, @text, null, @hash, 0, @number, @text, @at, @text, @at, 'x', @version)`,
  );
  const setting = database.prepare('insert into settings (name, value) values (?, ?)');
  for (const [index, [what, text]] of odd.entries()) {
    const name = `${what} ${text}`.slice(0, 120);
    user.run({
      id: `ffffffff-0000-7000-8000-${String(index).padStart(12, '0')}`,
      name,
      key: identityKey(name),
      email: index % 2 === 0 ? name : null,
      emailKey: index % 2 === 0 ? identityKey(name) : null,
      text,
      hash: '$'.repeat(index % 2 === 0 ? 2048 : 1),
      number: index % 2 === 0 ? 2 ** 31 - 1 : 0,
      version: index % 2 === 0 ? 2 ** 31 - 1 : 1,
      at,
    });
    setting.run(`${text.slice(0, 40)}`, JSON.stringify(text));
  }
  // Told apart, and brought into an order, by bytes alone.
  for (const name of ['a', 'A', 'a ', 'ä', 'a\u0308', '\uffff!', '\u{10000}'])
    setting.run(name, `"${'€'.repeat(100_000)}"`);
  database
    .prepare(`insert into imports values ('i', ?, '{}', @at, @at, null, @most, @most, '', 0, '{}')`)
    .run('x'.repeat(1024), { at, most: Number.MAX_SAFE_INTEGER });
  database.prepare(`insert into login_attempts (id, user_id, started_at) values ('l', 'nobody', ?)`).run(at);
  database.close();
}
