import { type RawBuilder, sql } from 'kysely';

/** Columns of a key with their values. */
export type Key = Readonly<Record<string, unknown>>;

/** The condition that a row stands behind the one with a key, in the order of its columns. */
export function behind(columns: readonly string[], key: Key): RawBuilder<unknown> {
  // Not `(a, b) > (x, y)`, for which MySQL uses no index.
  const alternatives = columns.map((column, index) => {
    const same = columns.slice(0, index).map((before) => sql`${sql.ref(before)} = ${key[before]}`);
    return sql`(${sql.join([...same, sql`${sql.ref(column)} > ${key[column]}`], sql` and `)})`;
  });
  return sql.join(alternatives, sql` or `);
}

/** What follows `order by`. */
export function order(columns: readonly string[], direction: 'asc' | 'desc'): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql`${sql.ref(column)} ${sql.raw(direction)}`));
}
