import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema/types.ts';
import { behind, type Key, order } from './key-order.ts';
import { type TableName, tables } from './tables.ts';

/** Reads whole tables, page by page in the order of their primary keys, which is the same in all databases. */
export class TableReader {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** At most `limit` rows, those behind `after` or the first. */
  async page<T extends TableName>(table: T, after: Key | undefined, limit: number): Promise<Schema[T][]> {
    const where = after ? sql`where ${behind(tables[table].key, after)}` : sql``;
    const { rows } = await sql<Schema[T]>`
      select * from ${sql.table(table)} ${where} order by ${order(tables[table].key, 'asc')} limit ${limit}`.execute(
      this.#db,
    );
    return rows;
  }

  /** The key of the last row; `undefined` where there is none. */
  async lastKey(table: TableName): Promise<Key | undefined> {
    const columns = sql.join(tables[table].key.map((column) => sql.ref(column)));
    const { rows } = await sql<Key>`
      select ${columns} from ${sql.table(table)} order by ${order(tables[table].key, 'desc')} limit 1`.execute(
      this.#db,
    );
    return rows[0];
  }

  async isEmpty(table: TableName): Promise<boolean> {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(this.#db);
    return rows.length === 0;
  }

  async count(table: TableName): Promise<number> {
    const { rows } = await sql<{ count: unknown }>`
      select count(*) as count from ${sql.table(table)}`.execute(this.#db);
    return Number(rows[0]?.count);
  }
}

/** The key of a row, in the order of its columns. */
export function keyOf<T extends TableName>(table: T, row: Schema[T]): Key {
  return Object.fromEntries(tables[table].key.map((column) => [column, row[column]]));
}
