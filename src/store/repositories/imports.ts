import type { Kysely } from 'kysely';
import type { ImportRow, Schema } from '../schema/types.ts';
import { requireSound } from '../schema/values.ts';

/** The `imports` table: how far each import has come. */
export class ImportRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** The import of `source` that was begun last. */
  async latest(source: string): Promise<ImportRow | undefined> {
    const row = await this.#db
      .selectFrom('imports')
      .selectAll()
      .where('source', '=', source)
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && requireSound('imports', row, row.id);
  }

  /** How many records of an import are done; `undefined` before the first. */
  async rowCount(id: string): Promise<number | undefined> {
    const row = await this.#db
      .selectFrom('imports')
      .select('row_count')
      .where('id', '=', id)
      .executeTakeFirst();
    return row && Number(row.row_count);
  }

  /** Writes the progress of an import, new or known. */
  async save(row: ImportRow): Promise<void> {
    const { id, ...progress } = row;
    const result = await this.#db
      .updateTable('imports')
      .set(progress)
      .where('id', '=', id)
      .executeTakeFirst();
    if (Number(result.numUpdatedRows) === 0) await this.#db.insertInto('imports').values(row).execute();
  }
}
