import { migrations } from '../../../migrations/index.ts';
import { AuthctlError } from '../../domain/errors.ts';
import type { Connection, Dialect } from '../dialects/index.ts';
import { readLedger } from './ledger.ts';
import { ledgerStatements } from './migration-step.ts';

/** The statements that have made the schema of a database with these migrations, as its dialect spells them. */
function statementsOf(dialect: Dialect, applied: ReadonlySet<string>): string[] {
  const steps = migrations.filter(({ name }) => applied.has(name));
  return [
    ...ledgerStatements(dialect),
    ...steps.flatMap((step) => step.up(dialect.spelling).map(dialect.schemaStatement)),
  ];
}

/**
 * How the schema differs from what the applied migrations make; nothing for a database without a ledger, which may be
 * another program's, unless `alone` says that nothing else may be in it.
 */
export async function schemaFaults(connection: Connection, { alone = false } = {}): Promise<string[]> {
  const ledger = await readLedger(connection.db, connection.dialect);
  const inspector = await connection.inspector();
  if (!ledger) return alone ? inspector.schemaFaults([]) : [];
  return inspector.schemaFaults(statementsOf(connection.dialect, new Set(ledger.keys())));
}

/**
 * Throws `database-damaged` if the schema is not what the applied migrations make: a trigger that somebody has added can
 * change what is written, and a missing index lets a name be given twice.
 */
export async function requireOwnSchema(connection: Connection, options?: { alone: boolean }): Promise<void> {
  const faults = await schemaFaults(connection, options);
  if (faults.length === 0) return;
  throw new AuthctlError('database-damaged', `the schema is not as authctl makes it: ${faults.join('; ')}`, {
    hint: 'find out who changed it; authctl db check says more',
    details: { schema: faults },
  });
}
