import { type Kysely, sql } from 'kysely';
import { migrations } from '../../../migrations/index.ts';
import { AuthctlError } from '../../domain/errors.ts';
import type { Connection } from '../dialects/index.ts';
import { AuditRepository } from '../repositories/audit.ts';
import { type CopyMark, markName, readMark } from '../schema/copy-mark.ts';
import { readLedger, refuseForeign } from '../schema/ledger.ts';
import { ledgerStatements } from '../schema/migration-step.ts';
import { Migrator } from '../schema/migrator.ts';
import type { Schema } from '../schema/types.ts';
import { ColumnLimits } from './column-limits.ts';
import type { Key } from './key-order.ts';
import { keyOf, TableReader } from './table-reader.ts';
import { type TableName, tableNames } from './tables.ts';

/**
 * The database that a copy goes to. While the mark of a copy stands in its ledger nothing else uses it, and with
 * another mark no other run writes to it. Everything here can be done again after an answer that was lost: how far a
 * table has come is told by its last row.
 */
export class CopyTarget {
  readonly #connection: Connection;
  readonly #now: () => Date;
  /** The mark that stands as far as this run knows. */
  #mark: CopyMark | undefined;

  constructor(connection: Connection, now: () => Date) {
    this.#connection = connection;
    this.#now = now;
  }

  /** Rows that one transaction should write at most. */
  get rowsOfTransaction(): number {
    return this.#connection.dialect.rowsOfTransaction;
  }

  /**
   * Looks for the mark of an unfinished copy; gives `undefined` for a database that holds nothing. Throws
   * `target-not-empty` and `database-newer`.
   */
  async look(): Promise<CopyMark | undefined> {
    const { db, dialect } = this.#connection;
    return this.explained(async () => {
      const ledger = await readLedger(db, dialect);
      this.#mark = readMark(ledger);
      refuseForeign(ledger, this.#mark && markName(this.#mark));
      if (!this.#mark) await this.#attempt((again) => requireEmpty(again, this.#connection));
      return this.#mark;
    });
  }

  /**
   * Puts up the mark of a copy in a database that holds nothing, and only then gives it the tables that it lacks: a run
   * that dies in between leaves no database that looks whole. Throws `changed-meanwhile` and `target-not-empty`.
   */
  async begin(mark: CopyMark): Promise<void> {
    await this.#transaction((tx) => this.#putUpFirst(tx, mark));
    this.#mark = mark;
    await this.migrate();
    try {
      await this.#transaction(async (tx) => {
        // Who had opened the database before the mark was put up may have written since the look.
        await new AuditRepository(tx).lockHead(this.#connection.dialect);
        await this.#requireMark(tx);
        await requireEmpty(tx, this.#connection);
      });
    } catch (error) {
      if (error instanceof AuthctlError && error.code === 'target-not-empty') await this.finish();
      throw error;
    }
  }

  async #putUpFirst(tx: Kysely<Schema>, mark: CopyMark): Promise<void> {
    const { dialect } = this.#connection;
    const lock = await dialect.lockSchema(tx);
    try {
      for (const statement of ledgerStatements(dialect)) await sql.raw(statement).execute(tx);
      const before = readMark(await readLedger(tx, dialect));
      if (before?.run === mark.run) return;
      if (before) throw changedMeanwhile();
      await tx
        .insertInto('schema_migrations')
        .values({ name: markName(mark), applied_at: this.#now().toISOString() })
        .execute();
    } finally {
      await lock.release();
    }
  }

  /** Gives it the tables that it lacks. */
  async migrate(): Promise<void> {
    await this.explained(() => this.#migrator().up());
  }

  /** Takes away everything that has been copied. */
  async empty(): Promise<void> {
    await this.explained(async () => {
      await this.#migrator().down(0);
      await this.#migrator().up();
    });
  }

  /**
   * Puts a mark in the place of the one that was found, or up where there was none: from here on no other run, and
   * nothing else, uses the database. Throws `changed-meanwhile` and `target-not-empty`.
   */
  async take(mark: CopyMark): Promise<void> {
    const before = this.#mark;
    await this.#transaction((tx) => (before ? replaceMark(tx, before, mark) : this.#putUp(tx, mark)));
    this.#mark = mark;
  }

  /** What its columns take. */
  limits(): Promise<ColumnLimits> {
    return this.explained(() => ColumnLimits.of(this.#connection));
  }

  page<T extends TableName>(table: T, after: Key | undefined, limit: number): Promise<Schema[T][]> {
    return this.#attempt((db) => new TableReader(db).page(table, after, limit));
  }

  lastKey(table: TableName): Promise<Key | undefined> {
    return this.#attempt((db) => new TableReader(db).lastKey(table));
  }

  count(table: TableName): Promise<number> {
    return this.#attempt((db) => new TableReader(db).count(table));
  }

  /** Empties a table that is copied from its start. */
  async clear(table: TableName): Promise<void> {
    await this.#transaction(async (tx) => {
      await this.#requireMark(tx);
      await tx.deleteFrom(table).execute();
    });
  }

  /** Writes the rows that follow the one with the key `after`. Throws `changed-meanwhile` when that is not the last. */
  async write<T extends TableName>(
    table: T,
    after: Key | undefined,
    rows: readonly Schema[T][],
  ): Promise<void> {
    const newest = rows.at(-1);
    if (!newest) return;
    await this.#transaction(async (tx) => {
      await this.#requireMark(tx);
      const last = await new TableReader(tx).lastKey(table);
      if (isSameKey(last, keyOf(table, newest))) return;
      if (!isSameKey(last, after)) throw changedMeanwhile();
      await this.#connection.bulkInsert(tx, table, rows);
    });
  }

  /** Takes the mark down: from here on it is a database like any other. Throws `changed-meanwhile`. */
  async finish(): Promise<void> {
    await this.#transaction(async (tx) => {
      await tx.deleteFrom('schema_migrations').where('name', '=', this.#markName()).execute();
      // Nobody takes a mark down unless the copy is complete.
      if (readMark(await readLedger(tx, this.#connection.dialect))) throw changedMeanwhile();
    });
  }

  /** Does what may meet errors of this database: a command takes all that it meets for those of its own. */
  async explained<T>(work: () => Promise<T>): Promise<T> {
    const { dialect } = this.#connection;
    try {
      return await work();
    } catch (error) {
      if (dialect.uniqueViolation(error) !== undefined) throw heldAlready(error);
      throw dialect.explain(error) ?? error;
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #migrator(): Migrator {
    return new Migrator(this.#connection, this.#now, migrations, this.#mark && markName(this.#mark));
  }

  #markName(): string {
    if (!this.#mark) throw new Error('the target has not been taken');
    return markName(this.#mark);
  }

  async #putUp(tx: Kysely<Schema>, mark: CopyMark): Promise<void> {
    const { dialect } = this.#connection;
    // Who had opened the database before must not write between the look and the mark.
    await new AuditRepository(tx).lockHead(dialect);
    const before = readMark(await readLedger(tx, dialect));
    if (before?.run === mark.run) return;
    if (before) throw changedMeanwhile();
    await requireEmpty(tx, this.#connection);
    await tx
      .insertInto('schema_migrations')
      .values({ name: markName(mark), applied_at: this.#now().toISOString() })
      .execute();
  }

  // Written and not only read, so that another run that takes the database waits for this batch.
  async #requireMark(tx: Kysely<Schema>): Promise<void> {
    const { numUpdatedRows } = await tx
      .updateTable('schema_migrations')
      .set({ applied_at: this.#now().toISOString() })
      .where('name', '=', this.#markName())
      .executeTakeFirst();
    if (Number(numUpdatedRows) === 0) throw changedMeanwhile();
  }

  #attempt<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    const { db, attempt } = this.#connection;
    return this.explained(() => attempt(() => work(db)));
  }

  #transaction<T>(work: (tx: Kysely<Schema>) => Promise<T>): Promise<T> {
    const { db, dialect, attempt } = this.#connection;
    const once = async () => {
      try {
        return await db.transaction().execute(work);
      } catch (error) {
        // What was committed is found done when it is tried again.
        throw dialect.isCommitUnknown(error) && error instanceof Error ? error.cause : error;
      }
    };
    return this.explained(() => attempt(once));
  }
}

async function replaceMark(tx: Kysely<Schema>, before: CopyMark, after: CopyMark): Promise<void> {
  const rename = (from: CopyMark) =>
    tx
      .updateTable('schema_migrations')
      .set({ name: markName(after) })
      .where('name', '=', markName(from))
      .executeTakeFirst();
  if (Number((await rename(before)).numUpdatedRows) > 0) return;
  if (Number((await rename(after)).numUpdatedRows) === 0) throw changedMeanwhile();
}

/** Throws `target-not-empty` when there is a row in any table but the head of the log, which is never without one. */
async function requireEmpty(db: Kysely<Schema>, { dialect }: Connection): Promise<void> {
  for (const table of tableNames) {
    if (table === 'audit_head' || !(await holdsRows(db, table, dialect.isMissingTable))) continue;
    throw new AuthctlError('target-not-empty', `the target is not empty: it has rows in ${table}`, {
      hint: 'name a database that is not there yet, or that holds nothing',
      details: { table },
    });
  }
}

async function holdsRows(
  db: Kysely<Schema>,
  table: TableName,
  isMissingTable: (error: unknown) => boolean,
): Promise<boolean> {
  try {
    return !(await new TableReader(db).isEmpty(table));
  } catch (error) {
    if (isMissingTable(error)) return false;
    throw error;
  }
}

const isSameKey = (one: Key | undefined, other: Key | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const changedMeanwhile = (): AuthctlError =>
  new AuthctlError('changed-meanwhile', 'somebody else has written to the target meanwhile', {
    hint: 'see that nothing else uses it, then repeat the command',
  });

const heldAlready = (cause: unknown): AuthctlError =>
  new AuthctlError('changed-meanwhile', 'the target holds a key already that was to be copied', {
    hint: 'see that nothing else writes to it, and that it tells texts apart by their bytes',
    cause,
  });
