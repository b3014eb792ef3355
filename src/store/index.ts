import { type Connection, type OpenOptions, opener } from './dialects/index.ts';
import { requireCurrentSchema } from './schema/ledger.ts';
import { Store } from './store.ts';

// The door of the store. A name that is imported from here loads its own file alone.
export { NameSet } from './name-set.ts';
export type { AuditFilter, AuditHead } from './repositories/audit.ts';
export type { HeldSession } from './repositories/sessions.ts';
export { emailExists, userExists } from './repositories/users/errors.ts';
export { type UserFilter, type UserSortField, userSortFields } from './repositories/users/queries.ts';
export { mostUnaccounted, type UserHash } from './repositories/users/users.ts';
export { type CopyMark, copyMark, isMarkAt, isMarkOf, nothing } from './schema/copy-mark.ts';
export { readLedger, requireCurrentSchema } from './schema/ledger.ts';
export { type WhatIsLost, whatIsLost } from './schema/losses.ts';
export { type MigrationState, Migrator } from './schema/migrator.ts';
export { requireOwnSchema, schemaFaults } from './schema/own-schema.ts';
export { ownedTables, rowsWithoutOwner } from './schema/owners.ts';
export { type DatabaseSummary, readSummary } from './schema/summary.ts';
export { guardStatements } from './schema/triggers.ts';
export type { AuditEventRow, ImportRow, LoginAttemptRow, Schema } from './schema/types.ts';
export { damagedValue, requireSound, type ValueTable, wrongColumn } from './schema/values.ts';
export type { Held, Repositories, Transaction } from './store.ts';
export { Store } from './store.ts';
export type { ColumnLimits } from './transfer/column-limits.ts';
export { CopyTarget } from './transfer/copy-target.ts';
export type { Key } from './transfer/key-order.ts';
export { countTables } from './transfer/table-counts.ts';
export { keyOf, TableReader } from './transfer/table-reader.ts';
export { type TableName, tableNames, tables } from './transfer/tables.ts';

/** Opens the database at `location` without looking at its schema. */
export async function openConnection(location: string, options: OpenOptions): Promise<Connection> {
  const open = await opener(location);
  return open(location, options);
}

/** A store over a connection whose schema is this program's; throws where it is not. */
export async function openStore(connection: Connection, now: () => Date): Promise<Store> {
  await requireCurrentSchema(connection);
  return new Store(connection, now);
}
