import type { Schema } from '../schema/types.ts';

/** A table that holds what the database is for; the ledger and its progress are about the database itself. */
export type TableName = Exclude<keyof Schema, `schema_migration${string}`>;

/** What is to be known of a table to go through it. */
export interface TableFacts<T extends TableName> {
  /** Columns of the primary key, in its order. */
  readonly key: readonly (keyof Schema[T] & string)[];
  /** Rows are many, so that a copy which was interrupted goes on behind the last one; others are soon copied anew. */
  readonly large: boolean;
}

/** All tables, in the order in which they are copied: the head of the log is the last, when all before it is there. */
export const tables: { readonly [T in TableName]: TableFacts<T> } = {
  users: { key: ['id'], large: true },
  audit_events: { key: ['seq'], large: true },
  settings: { key: ['name'], large: false },
  login_attempts: { key: ['id'], large: false },
  imports: { key: ['id'], large: false },
  password_history: { key: ['id'], large: true },
  sessions: { key: ['id'], large: true },
  one_time_tokens: { key: ['id'], large: true },
  audit_head: { key: ['id'], large: false },
};

// Nothing but their names gets lost in `Object.keys`.
export const tableNames = Object.keys(tables) as readonly TableName[];
