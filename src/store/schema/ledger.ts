import type { Kysely } from 'kysely';
import { migrations } from '../../../migrations/index.ts';
import { AuthctlError } from '../../domain/errors.ts';
import type { Connection, Dialect } from '../dialects/index.ts';
import { isMarkName } from './copy-mark.ts';
import type { Schema } from './types.ts';

/** Names and times of the applied migrations, oldest first; `undefined` where no ledger has been made yet. */
export async function readLedger(
  db: Kysely<Schema>,
  { isMissingTable }: Pick<Dialect, 'isMissingTable'>,
): Promise<Map<string, string> | undefined> {
  try {
    const rows = await db.selectFrom('schema_migrations').selectAll().orderBy('name').execute();
    return new Map(rows.map((row) => [row.name, row.applied_at]));
  } catch (error) {
    // Asking the catalogue first would cost every command a second query.
    if (isMissingTable(error)) return undefined;
    throw error;
  }
}

/**
 * Throws `database-newer` when the ledger holds migrations that this program does not know, and `database-incomplete`
 * when a copy into the database has not finished, except to that copy.
 *
 * @param mark name of the mark of the copy that asks
 */
export function refuseForeign(applied: ReadonlyMap<string, string> | undefined, mark?: string): void {
  const known = new Set(migrations.map((migration) => migration.name));
  const others = [...(applied?.keys() ?? [])].filter((name) => !known.has(name) && name !== mark);
  if (others.some(isMarkName)) {
    throw new AuthctlError(
      'database-incomplete',
      'the database is incomplete: a copy into it has not finished',
      {
        hint: 'repeat the authctl db copy that was interrupted, or remove this database',
      },
    );
  }
  if (others.length === 0) return;
  throw new AuthctlError(
    'database-newer',
    `the database is newer than this program (it has ${others.join(', ')})`,
    {
      hint: 'use the newer authctl that migrated it',
    },
  );
}

/** Throws `database-unmigrated`, `database-newer` or `database-incomplete` unless all is there; one query. */
export async function requireCurrentSchema(connection: Connection): Promise<void> {
  const applied = await readLedger(connection.db, connection.dialect);
  refuseForeign(applied);
  const missing = migrations.filter((migration) => !applied?.has(migration.name)).length;
  if (missing === 0) return;
  const what = missing === migrations.length ? 'has no tables of authctl yet' : `lacks ${missing} migrations`;
  throw new AuthctlError('database-unmigrated', `the database ${what}`, { hint: 'authctl migrate up' });
}
