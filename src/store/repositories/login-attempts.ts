import type { Kysely } from 'kysely';
import type { LoginAttemptRow, Schema } from '../schema/types.ts';

/**
 * The `login_attempts` table: attempts that are reserved and not yet settled, each under the id of its user; and failed
 * ones at names that open no account, under the tag of the name.
 */
export class LoginAttemptRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async ofUser(userId: string): Promise<LoginAttemptRow[]> {
    return this.#db.selectFrom('login_attempts').selectAll().where('user_id', '=', userId).execute();
  }

  async insert(id: string, userId: string, startedAt: Date): Promise<void> {
    await this.#db
      .insertInto('login_attempts')
      .values({ id, user_id: userId, started_at: startedAt.toISOString(), failed_at: null })
      .execute();
  }

  /** Gives how many there were. */
  async deleteAll(): Promise<number> {
    const result = await this.#db.deleteFrom('login_attempts').executeTakeFirst();
    return Number(result.numDeletedRows);
  }

  /** Keeps an attempt as one that has failed at `now`, unless it has failed before. */
  async fail(id: string, now: Date): Promise<void> {
    await this.#db
      .updateTable('login_attempts')
      .set({ failed_at: now.toISOString() })
      .where('id', '=', id)
      .where('failed_at', 'is', null)
      .execute();
  }

  /** Gives whether the attempt was still there. */
  async delete(id: string): Promise<boolean> {
    const result = await this.#db.deleteFrom('login_attempts').where('id', '=', id).executeTakeFirst();
    return Number(result.numDeletedRows) === 1;
  }

  async deleteOfUser(userId: string): Promise<void> {
    await this.#db.deleteFrom('login_attempts').where('user_id', '=', userId).execute();
  }
}
