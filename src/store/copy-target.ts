import type { Kysely } from 'kysely';
import { migrations } from '../../migrations/index.ts';
import { chainStart } from '../domain/audit-hash.ts';
import { AuthctlError } from '../domain/errors.ts';
import { AuditRepository } from './audit.ts';
import { ColumnLimits } from './column-limits.ts';
import { type CopyMark, markName, readMark } from './copy-mark.ts';
import type { Connection } from './dialects/index.ts';
import { readLedger, refuseForeign } from './ledger.ts';
import { Migrator } from './migrator.ts';
import type { Schema } from './schema.ts';
import { type Key, keyOf, TableReader } from './table-reader.ts';
import { type TableName, tableNames } from './tables.ts';

/**
 * The database that a copy goes to. While the mark of a copy stands in its ledger nothing else uses it. Everything
 * here can be done again after an answer that was lost: how far a table has come is told by its last row.
 */
export class CopyTarget {
  readonly #connection: Connection;
  readonly #migrator: Migrator;
  readonly #now: () => Date;

  constructor(connection: Connection, now: () => Date) {
    this.#connection = connection;
    this.#migrator = new Migrator(connection, now, migrations, { duringCopy: true });
    this.#now = now;
  }

  /**
   * The mark of an unfinished copy; `undefined` for a database that holds nothing. Throws `target-not-empty` and
   * `database-newer`.
   */
  async mark(): Promise<CopyMark | undefined> {
    const { db, dialect } = this.#connection;
    return this.#explained(async () => {
      const ledger = await readLedger(db, dialect);
      refuseForeign(ledger, { duringCopy: true });
      const mark = readMark(ledger);
      if (!mark) await this.#attempt((again) => requireEmpty(again, this.#connection));
      return mark;
    });
  }

  /** Gives it the tables that it lacks. */
  async migrate(): Promise<void> {
    await this.#explained(() => this.#migrator.up());
  }

  /** Takes away everything that has been copied. */
  async empty(): Promise<void> {
    await this.#explained(async () => {
      await this.#migrator.down(0);
      await this.#migrator.up();
    });
  }

  /** Puts the mark up, so that from here on nothing else uses it. Throws `target-not-empty` for another's rows. */
  async begin(mark: CopyMark): Promise<void> {
    const { dialect } = this.#connection;
    await this.#transaction(async (tx) => {
      // Who had opened the database before must not write between the look and the mark.
      await new AuditRepository(tx).lockHead(dialect);
      const before = readMark(await readLedger(tx, dialect));
      if (before && markName(before) === markName(mark)) return;
      await requireEmpty(tx, this.#connection);
      if (before) await this.#takeDown(tx, before);
      await tx
        .insertInto('schema_migrations')
        .values({ name: markName(mark), applied_at: this.#now().toISOString() })
        .execute();
    });
  }

  /** What its columns take. */
  limits(): Promise<ColumnLimits> {
    return this.#explained(() => ColumnLimits.of(this.#connection));
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
  async clear(mark: CopyMark, table: TableName): Promise<void> {
    await this.#transaction(async (tx) => {
      await this.#requireMark(tx, mark);
      await tx.deleteFrom(table).execute();
    });
  }

  /** Writes the rows that follow the one with the key `after`. Throws `changed-meanwhile` when that is not the last. */
  async write<T extends TableName>(
    mark: CopyMark,
    table: T,
    after: Key | undefined,
    rows: readonly Schema[T][],
  ): Promise<void> {
    const newest = rows.at(-1);
    if (!newest) return;
    await this.#transaction(async (tx) => {
      await this.#requireMark(tx, mark);
      const last = await new TableReader(tx).lastKey(table);
      if (isSameKey(last, keyOf(table, newest))) return;
      if (!isSameKey(last, after)) throw changedMeanwhile();
      await this.#connection.bulkInsert(tx, table, rows);
    });
  }

  /** Has the next run begin anew, whatever the source is then. */
  async spoil(mark: CopyMark): Promise<void> {
    const spoilt = markName({ ...mark, head: chainStart });
    await this.#transaction(async (tx) => {
      await tx
        .updateTable('schema_migrations')
        .set({ name: spoilt })
        .where('name', '=', markName(mark))
        .execute();
    });
  }

  /** Takes the mark down: from here on it is a database like any other. */
  async finish(mark: CopyMark): Promise<void> {
    await this.#transaction((tx) => this.#takeDown(tx, mark));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #takeDown(tx: Kysely<Schema>, mark: CopyMark): Promise<void> {
    await tx.deleteFrom('schema_migrations').where('name', '=', markName(mark)).execute();
  }

  // Written and not only read, so that another copy into the same database waits for this batch and then fails.
  async #requireMark(tx: Kysely<Schema>, mark: CopyMark): Promise<void> {
    const { numUpdatedRows } = await tx
      .updateTable('schema_migrations')
      .set({ applied_at: this.#now().toISOString() })
      .where('name', '=', markName(mark))
      .executeTakeFirst();
    if (Number(numUpdatedRows) === 0) throw changedMeanwhile();
  }

  #attempt<T>(work: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    const { db, attempt } = this.#connection;
    return this.#explained(() => attempt(() => work(db)));
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
    return this.#explained(() => attempt(once));
  }

  // The errors of a command are explained as those of its own database.
  async #explained<T>(work: () => Promise<T>): Promise<T> {
    const { dialect } = this.#connection;
    try {
      return await work();
    } catch (error) {
      if (dialect.uniqueViolation(error) !== undefined) throw changedMeanwhile(error);
      throw dialect.explain(error) ?? error;
    }
  }
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

const changedMeanwhile = (cause?: unknown): AuthctlError =>
  new AuthctlError('changed-meanwhile', 'somebody else has written to the target meanwhile', {
    hint: 'see that nothing else uses it, then repeat the command',
    cause,
  });
