import type { Kysely } from 'kysely';
import type { Session } from '../../domain/session.ts';
import type { User } from '../../domain/user.ts';
import type { Connection } from '../dialects/index.ts';
import type { Schema, SessionRow, UserRow } from '../schema/types.ts';
import { requireSound } from '../schema/values.ts';
import { toUser } from './users/mapping.ts';

/** A session with the user who has it. */
export interface HeldSession {
  session: Session;
  user: User;
}

/** The `sessions` table. */
export class SessionRepository {
  readonly #db: Kysely<Schema>;
  readonly #connection: Connection;

  constructor(db: Kysely<Schema>, connection: Connection) {
    this.#db = db;
    this.#connection = connection;
  }

  /** One query over two unique indexes: that is all that checking a session costs. */
  async byTokenHash(hash: string): Promise<HeldSession | undefined> {
    const row = await this.#held().where('sessions.token_hash', '=', hash).executeTakeFirst();
    return row && toHeld(row);
  }

  /** The id of the user who has a session. */
  async userIdOf(id: string): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('sessions')
      .select('user_id')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.user_id;
  }

  /** One page of the sessions that have not expired at `now`, oldest first, behind the id `after`. */
  async page(
    { userId, after, limit }: { userId: string | undefined; after: string | undefined; limit: number },
    now: Date,
  ): Promise<HeldSession[]> {
    let query = this.#held()
      .where('sessions.idle_expires_at', '>', now.toISOString())
      .orderBy('sessions.id')
      .limit(limit);
    if (userId !== undefined) query = query.where('sessions.user_id', '=', userId);
    if (after !== undefined) query = query.where('sessions.id', '>', after);
    return (await query.execute()).map(toHeld);
  }

  #held() {
    return this.#db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .selectAll('users')
      .select(['sessions.user_id', 'sessions.last_used_at', 'sessions.idle_expires_at'])
      .select([
        'sessions.id as session_id',
        'sessions.created_at as begun_at',
        'sessions.expires_at as ends_at',
      ]);
  }

  async insert(session: Session, tokenHash: string): Promise<void> {
    await this.#db
      .insertInto('sessions')
      .values({
        id: session.id,
        user_id: session.userId,
        token_hash: tokenHash,
        created_at: session.createdAt.toISOString(),
        last_used_at: session.lastUsedAt.toISOString(),
        idle_expires_at: session.idleExpiresAt.toISOString(),
        expires_at: session.expiresAt.toISOString(),
      })
      .execute();
  }

  /** Writes when a session was last used, outside of any transaction. It brings none back, and no time goes back. */
  async slide({ id, lastUsedAt, idleExpiresAt }: Session): Promise<void> {
    const usedAt = lastUsedAt.toISOString();
    await this.#connection.attempt(() =>
      this.#db
        .updateTable('sessions')
        .set({ last_used_at: usedAt, idle_expires_at: idleExpiresAt.toISOString() })
        .where('id', '=', id)
        .where('last_used_at', '<', usedAt)
        .execute(),
    );
  }

  /** Gives whether it was there. */
  async delete(id: string): Promise<boolean> {
    const result = await this.#db.deleteFrom('sessions').where('id', '=', id).executeTakeFirst();
    return Number(result.numDeletedRows) === 1;
  }

  /** Gives how many there were. */
  async deleteOfUser(userId: string): Promise<number> {
    const result = await this.#db.deleteFrom('sessions').where('user_id', '=', userId).executeTakeFirst();
    return Number(result.numDeletedRows);
  }

  /** Gives how many there were. */
  async deleteAll(): Promise<number> {
    const result = await this.#db.deleteFrom('sessions').executeTakeFirst();
    return Number(result.numDeletedRows);
  }

  /** Deletes sessions that have expired at `now`, `limit` at most; gives how many. */
  async deleteExpired(now: Date, limit: number): Promise<number> {
    const rows = await this.#db
      .selectFrom('sessions')
      .select('id')
      .where('idle_expires_at', '<=', now.toISOString())
      .limit(limit)
      .execute();
    if (rows.length === 0) return 0;
    const ids = rows.map((row) => row.id);
    const result = await this.#db.deleteFrom('sessions').where('id', 'in', ids).executeTakeFirst();
    return Number(result.numDeletedRows);
  }
}

/** A session's columns beside those of its user, which has an id and times of its own. */
interface SessionColumns extends Pick<SessionRow, 'user_id' | 'last_used_at' | 'idle_expires_at'> {
  session_id: string;
  begun_at: string;
  ends_at: string;
}

const toHeld = (row: SessionColumns & UserRow): HeldSession => ({
  session: toSession(row),
  user: toUser(row),
});

function toSession(row: SessionColumns): Session {
  const { session_id: id, user_id, last_used_at, idle_expires_at, begun_at, ends_at } = row;
  const columns = { user_id, last_used_at, idle_expires_at, created_at: begun_at, expires_at: ends_at };
  requireSound('sessions', columns, id);
  return {
    id: row.session_id,
    userId: row.user_id,
    createdAt: new Date(row.begun_at),
    lastUsedAt: new Date(row.last_used_at),
    idleExpiresAt: new Date(row.idle_expires_at),
    expiresAt: new Date(row.ends_at),
  };
}
