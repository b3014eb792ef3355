import type { Kysely } from 'kysely';
import type { LoginAttemptRow, Schema } from '../schema/types.ts';

/** The `login_attempts` table: attempts that are reserved and not yet settled. */
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
      .values({ id, user_id: userId, started_at: startedAt.toISOString() })
      .execute();
  }

  /** Gives how many there were. */
  async deleteAll(): Promise<number> {
    const result = await this.#db.deleteFrom('login_attempts').executeTakeFirst();
    return Number(result.numDeletedRows);
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
