import { type Kysely, sql } from 'kysely';
import { AuthctlError } from '../../domain/errors.ts';
import { quote } from '../../domain/text.ts';
import type { Connection } from '../dialects/index.ts';
import type { Schema } from '../schema/types.ts';
import { keyOf } from './table-reader.ts';
import type { TableName } from './tables.ts';

interface Limit {
  /** Code points of a text; `undefined` for a column of numbers. */
  longest: number | undefined;
  /** Largest number either way. */
  largest: number;
}

/** Name and value of a column, in words for people. */
type Problem = { code: 'value-too-long' | 'value-unfit'; text: string };

/**
 * What a server's columns take. SQLite holds any value in any column, so what was written to one past this program
 * may not fit, and servers do not say which row it was.
 */
export class ColumnLimits {
  readonly #limits: ReadonlyMap<string, Limit>;
  /** PostgreSQL ends texts at a NUL. */
  readonly #withoutNul: boolean;

  private constructor(limits: ReadonlyMap<string, Limit>, withoutNul: boolean) {
    this.#limits = limits;
    this.#withoutNul = withoutNul;
  }

  /** Asks a database for its limits; SQLite has none. */
  static async of({ db, dialect, attempt }: Connection): Promise<ColumnLimits> {
    const { database } = dialect.spelling;
    const limits = database === 'sqlite' ? new Map() : await attempt(() => readLimits(db, database));
    return new ColumnLimits(limits, database === 'postgres');
  }

  /** Throws `value-too-long` or `value-unfit` for the first value that does not fit; tells where it is, never what. */
  require<T extends TableName>(table: T, rows: readonly Schema[T][]): void {
    if (this.#limits.size === 0) return;
    for (const row of rows) {
      for (const [column, value] of Object.entries(row)) {
        const limit = this.#limits.get(`${table}.${column}`);
        const problem = limit && problemOf(value, limit, this.#withoutNul);
        if (problem) throw unfit(`${table}.${column}`, keyOf(table, row), problem);
      }
    }
  }
}

async function readLimits(db: Kysely<Schema>, database: 'postgres' | 'mysql'): Promise<Map<string, Limit>> {
  const schema = database === 'mysql' ? sql`database()` : sql`current_schema()`;
  // MySQL spells these names in capitals unless they are given others.
  const { rows } = await sql<{ name: string; type: string; longest: unknown }>`
    select concat(table_name, '.', column_name) as name, data_type as type,
      character_maximum_length as longest
    from information_schema.columns where table_schema = ${schema}`.execute(db);
  return new Map(rows.map(({ name, type, longest }) => [name, limitOf(type, longest)]));
}

function limitOf(type: string, longest: unknown): Limit {
  if (/int/.test(type)) {
    return { longest: undefined, largest: type === 'bigint' ? Number.MAX_SAFE_INTEGER : 2 ** 31 - 1 };
  }
  return { longest: longest === null ? Number.POSITIVE_INFINITY : Number(longest), largest: 0 };
}

function problemOf(value: unknown, { longest, largest }: Limit, withoutNul: boolean): Problem | undefined {
  if (value === null) return undefined;
  if (longest === undefined) {
    const fits = Number.isInteger(value) && Math.abs(Number(value)) <= largest;
    return fits ? undefined : { code: 'value-unfit', text: 'is no whole number that fits' };
  }
  if (typeof value !== 'string') return { code: 'value-unfit', text: 'is no text' };
  // A code point has two code units at most, so most texts need not be taken apart.
  if (value.length > longest && [...value].length > longest) {
    return { code: 'value-too-long', text: `is longer than ${longest} characters` };
  }
  const hasNul = withoutNul && value.includes('\0');
  return hasNul ? { code: 'value-unfit', text: 'holds a NUL character' } : undefined;
}

function unfit(column: string, key: object, { code, text }: Problem): AuthctlError {
  const where = Object.entries(key).map(([name, value]) => `${name} ${quote(String(value))}`);
  return new AuthctlError(code, `${column} ${text} in the row with ${where.join(', ')}`, {
    hint: 'the other database cannot hold it: change it in this one, then repeat the command',
    details: { column, key },
  });
}
