import { type Kysely, sql } from 'kysely';
import type { Schema } from './types.ts';

/** Tables whose rows belong to a user. */
export const ownedTables = ['login_attempts', 'password_history', 'sessions', 'one_time_tokens'] as const;

/** How many rows of a table belong to a user who does not exist, and the id of the first of them. */
export async function rowsWithoutOwner(
  db: Kysely<Schema>,
  table: (typeof ownedTables)[number],
): Promise<{ count: number; first: string | null }> {
  // Attempts at names that open no account belong to the name's tag.
  const { rows } = await sql<{ count: unknown; first: string | null }>`
    select count(*) as count, min(id) as first from ${sql.table(table)} as owned
    where owned.user_id not like 'hmac:%' and not exists (select 1 from users where users.id = owned.user_id)`.execute(
    db,
  );
  return { count: Number(rows[0]?.count), first: rows[0]?.first ?? null };
}
