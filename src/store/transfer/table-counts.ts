import type { Kysely } from 'kysely';
import type { Schema } from '../schema/types.ts';
import { type TableName, tableNames } from './tables.ts';

/** How many rows each table has; goes through all of them. */
export async function countTables(db: Kysely<Schema>): Promise<Map<TableName, number>> {
  const counts = new Map<TableName, number>();
  for (const table of tableNames) {
    const { count } = await db
      .selectFrom(table)
      .select((row) => row.fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    counts.set(table, Number(count));
  }
  return counts;
}
