import Database from 'better-sqlite3';
import type { Program } from './program.ts';

// A dump of people of whom some cannot come in, and a second reader of the database that they come into.

/**
 * A dump of `count` people, of whom some cannot come in: a name twice, a name that is none, an address that is
 * none, no password, a password that looks like a hash. All others have a last name.
 */
export function dumpRecords(count: number): Record<string, string>[] {
  return Array.from({ length: count }, (_, index) => {
    const [username, email, password] = [
      `person${index}`,
      `person${index}@example.org`,
      `Secret-word-${index}`,
    ];
    if (index % 97 === 50) return { username: 'person0', email: '', last_name: '', password };
    if (index % 89 === 40) return { username: `no one ${index}`, email, last_name: '', password };
    if (index % 83 === 30) return { username, email: 'nowhere', last_name: '', password };
    if (index % 79 === 20) return { username, email, last_name: '', password: '' };
    if (index % 73 === 10)
      return { username, email, last_name: '', password: '5f4dcc3b5aa765d61d8327deb882cf99' };
    return { username, email, last_name: `Person, ${index}`, password: index % 7 === 3 ? 'weak' : password };
  });
}

/** Users that come in from such a dump. */
export const importable = (records: readonly Record<string, string>[]): string[] =>
  records.filter((record) => record.last_name !== '').map((record) => record.username ?? '');

/** Records as CSV with line ends as RFC 4180 has them. */
export function toCsv(records: readonly Record<string, string>[]): string {
  const lines = records.map((record) => Object.values(record).map((value) => `"${value}"`));
  return [Object.keys(records[0] ?? {}), ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

/** What an import has committed, read from the file without the program. */
export interface Committed {
  /** Records of the dump that are done; 0 when no batch has been committed. */
  rows: number;
  created: number;
  rejected: number;
  rejectsLength: number;
  finished: boolean;
  users: number;
  userEvents: number;
  integrity: unknown;
}

/** A second reader of a program's database. */
export class Witness {
  readonly #database: Database.Database;

  constructor({ database }: Program) {
    this.#database = new Database(database, { readonly: true });
  }

  /** Records that the last import has committed so far. */
  rows(): number {
    const query = 'select row_count from imports order by started_at desc, id desc limit 1';
    return Number(this.#database.prepare(query).pluck().get() ?? 0);
  }

  committed(): Committed {
    const read = this.#database.transaction(() => {
      const row = this.#row('select * from imports order by started_at desc, id desc limit 1');
      const report = row ? JSON.parse(String(row.report)) : { created: 0, rejected: 0 };
      return {
        rows: Number(row?.row_count ?? 0),
        created: report.created,
        rejected: report.rejected,
        rejectsLength: Number(row?.rejects_length ?? 0),
        finished: row !== undefined && row.finished_at !== null,
        users: Number(this.#row('select count(*) as n from users')?.n),
        userEvents: Number(this.#row("select count(*) as n from audit_events where action = 'user.add'")?.n),
        integrity: this.#database.pragma('integrity_check', { simple: true }),
      };
    });
    return read();
  }

  /** Everything of the users that the same dump must always give, and whether they have a password. */
  people(): unknown[] {
    return this.#database
      .prepare(
        `select username, email, first_name, last_name, must_change_password, disabled_at is null as enabled,
         password_hash is not null as has_password, version from users order by username`,
      )
      .all();
  }

  close(): void {
    this.#database.close();
  }

  #row(query: string): Record<string, unknown> | undefined {
    const row: unknown = this.#database.prepare(query).get();
    return typeof row === 'object' && row !== null ? { ...row } : undefined;
  }
}
