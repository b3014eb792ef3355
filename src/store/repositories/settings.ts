import type { Kysely } from 'kysely';
import type { Schema } from '../schema/types.ts';
import { requireSound } from '../schema/values.ts';

/** The `settings` table: JSON values by name. */
export class SettingsRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** The value of a name. Throws `database-damaged` if it is not JSON. */
  async get(name: string): Promise<unknown> {
    const row = await this.#db
      .selectFrom('settings')
      .select('value')
      .where('name', '=', name)
      .executeTakeFirst();
    return row && JSON.parse(requireSound('settings', row, name).value);
  }

  async set(name: string, value: unknown): Promise<void> {
    await this.#db.deleteFrom('settings').where('name', '=', name).execute();
    await this.#db
      .insertInto('settings')
      .values({ name, value: JSON.stringify(value) })
      .execute();
  }
}
