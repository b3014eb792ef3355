import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema } from './schema.ts';
import { type TableName, tables } from './tables.ts';

/** Columns of a table's primary key with their values. */
export type Key = Readonly<Record<string, unknown>>;

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
      select * from ${sql.table(table)} ${where} order by ${order(table, sql`asc`)} limit ${limit}`.execute(
      this.#db,
    );
    return rows;
  }

  /** The key of the last row; `undefined` where there is none. */
  async lastKey(table: TableName): Promise<Key | undefined> {
    const columns = sql.join(tables[table].key.map((column) => sql.ref(column)));
    const { rows } = await sql<Key>`
      select ${columns} from ${sql.table(table)} order by ${order(table, sql`desc`)} limit 1`.execute(
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

function order(table: TableName, direction: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql.join(tables[table].key.map((column) => sql`${sql.ref(column)} ${direction}`));
}

// Not `(a, b) > (x, y)`, for which MySQL uses no index.
function behind(columns: readonly string[], after: Key): RawBuilder<unknown> {
  const alternatives = columns.map((column, index) => {
    const same = columns.slice(0, index).map((before) => sql`${sql.ref(before)} = ${after[before]}`);
    return sql`(${sql.join([...same, sql`${sql.ref(column)} > ${after[column]}`], sql` and `)})`;
  });
  return sql.join(alternatives, sql` or `);
}
