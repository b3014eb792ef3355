import type { Kysely } from 'kysely';
import { newId } from '../../domain/id.ts';
import type { Schema } from '../schema/types.ts';

/** The `password_history` table: hashes of passwords that users had before. */
export class PasswordHistoryRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** The newest `limit` hashes of a user, newest first. */
  async ofUser(userId: string, limit: number): Promise<string[]> {
    const rows = await this.#newestFirst(userId).select('password_hash').limit(limit).execute();
    return rows.map((row) => row.password_hash);
  }

  async insert(userId: string, passwordHash: string, replacedAt: Date): Promise<void> {
    await this.#db
      .insertInto('password_history')
      .values({
        id: newId(),
        user_id: userId,
        password_hash: passwordHash,
        replaced_at: replacedAt.toISOString(),
      })
      .execute();
  }

  /** Removes all hashes of a user but the newest `keep`. */
  async trim(userId: string, keep: number): Promise<void> {
    const rows = await this.#newestFirst(userId).select('id').execute();
    const old = rows.slice(keep).map((row) => row.id);
    if (old.length > 0) await this.#db.deleteFrom('password_history').where('id', 'in', old).execute();
  }

  async deleteOfUser(userId: string): Promise<void> {
    await this.#db.deleteFrom('password_history').where('user_id', '=', userId).execute();
  }

  #newestFirst(userId: string) {
    return this.#db
      .selectFrom('password_history')
      .where('user_id', '=', userId)
      .orderBy('replaced_at', 'desc')
      .orderBy('id', 'desc');
  }
}
