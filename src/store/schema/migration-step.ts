import { type Kysely, sql } from 'kysely';
import type { Migration } from '../../../migrations/index.ts';
import type { Connection, Dialect } from '../dialects/index.ts';
import { readLedger, refuseForeign } from './ledger.ts';
import type { Schema } from './types.ts';

export type Direction = 'up' | 'down';

/** How steps are taken. */
export interface StepOptions {
  now(): Date;
  /** Name of the mark of the copy into the database that takes them. */
  mark: string | undefined;
}

/**
 * Applies or reverts one migration, unless somebody else has. Where the schema is part of transactions, all of it
 * commits with its row of the ledger; elsewhere each statement is recorded before and after it, so that a step that
 * was interrupted goes on where it was. Gives whether there was anything to do.
 *
 * @param steps all migrations, in their order
 */
export async function moveStep(
  { db, dialect, attempt }: Connection,
  steps: readonly Migration[],
  step: Migration,
  direction: Direction,
  { now, mark }: StepOptions,
): Promise<boolean> {
  return attempt(() =>
    db.transaction().execute(async (tx) => {
      const lock = await dialect.lockSchema(tx);
      try {
        if (direction === 'up') await makeLedger(tx, dialect);
        const ledger = await readLedger(tx, dialect);
        refuseForeign(ledger, mark);
        if (!isNext(new Set(ledger?.keys()), steps, step, direction)) return false;
        const statements = step[direction](dialect.spelling).map(dialect.schemaStatement);
        if (dialect.transactionalSchema) for (const text of statements) await sql.raw(text).execute(tx);
        else await runEachAlone(tx, dialect, step.name, direction, statements);
        await record(tx, step.name, direction, now);
        return true;
      } finally {
        await lock.release();
      }
    }),
  );
}

// A parallel run in the other direction may have taken away what the step stands on, or not yet what stands on it.
function isNext(
  applied: ReadonlySet<string>,
  steps: readonly Migration[],
  step: Migration,
  direction: Direction,
): boolean {
  const index = steps.indexOf(step);
  if (applied.has(step.name) === (direction === 'up')) return false;
  return direction === 'up'
    ? steps.slice(0, index).every(({ name }) => applied.has(name))
    : !steps.slice(index + 1).some(({ name }) => applied.has(name));
}

/** The statements that make the ledger, and where each statement commits by itself, the table of its progress. */
export function ledgerStatements({ spelling, schemaStatement, transactionalSchema }: Dialect): string[] {
  const ledger = `create table if not exists schema_migrations (
      name varchar(100) not null primary key,
      applied_at varchar(24) not null
    )${spelling.table}`;
  const progress = `create table if not exists schema_migration_progress (
      name varchar(100) not null primary key,
      direction varchar(4) not null,
      done integer not null,
      under_way integer not null
    )${spelling.table}`;
  return (transactionalSchema ? [ledger] : [ledger, progress]).map(schemaStatement);
}

async function makeLedger(tx: Kysely<Schema>, dialect: Dialect): Promise<void> {
  for (const statement of ledgerStatements(dialect)) await sql.raw(statement).execute(tx);
}

async function record(tx: Kysely<Schema>, name: string, direction: Direction, now: () => Date) {
  if (direction === 'down') {
    await tx.deleteFrom('schema_migrations').where('name', '=', name).execute();
    return;
  }
  await tx.insertInto('schema_migrations').values({ name, applied_at: now().toISOString() }).execute();
}

async function runEachAlone(
  tx: Kysely<Schema>,
  dialect: Dialect,
  name: string,
  direction: Direction,
  statements: readonly string[],
): Promise<void> {
  const before = await tx
    .selectFrom('schema_migration_progress')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst();
  const resumes = before?.direction === direction;
  const note = async (done: number, underWay: number) => {
    await tx.deleteFrom('schema_migration_progress').where('name', '=', name).execute();
    await tx
      .insertInto('schema_migration_progress')
      .values({ name, direction, done, under_way: underWay })
      .execute();
  };
  for (let index = resumes ? before.done : 0; index < statements.length; index += 1) {
    const text = statements[index] ?? '';
    // Taking back a half of the other direction, anything may be missing.
    const mayBeDone = before !== undefined && (!resumes || (index === before.done && before.under_way === 1));
    await note(index, 1);
    try {
      await sql.raw(text).execute(tx);
    } catch (error) {
      const passes = (mayBeDone && dialect.isDoneAlready(error)) || dialect.mayFail(text, error);
      if (!passes) {
        // It failed before our eyes, so it was not done: what is in its way is somebody else's.
        await note(index, 0).catch(() => {});
        throw error;
      }
    }
    await note(index + 1, 0);
  }
  await tx.deleteFrom('schema_migration_progress').where('name', '=', name).execute();
}
