import type { Kysely } from 'kysely';
import { type OneTimeToken, type TokenKind, tokenKinds } from '../../domain/one-time-token.ts';
import type { OneTimeTokenRow, Schema } from '../schema/types.ts';
import { requireSound } from '../schema/values.ts';

/** The `one_time_tokens` table: what was handed out to be used once, and has not been. */
export class OneTimeTokenRepository {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async byHash(kind: TokenKind, hash: string): Promise<OneTimeToken | undefined> {
    const row = await this.#db
      .selectFrom('one_time_tokens')
      .selectAll()
      .where('token_hash', '=', hash)
      .where('kind', '=', kind)
      .executeTakeFirst();
    return row && toToken(row, kind);
  }

  async ofUser(kind: TokenKind, userId: string): Promise<OneTimeToken | undefined> {
    const row = await this.#db
      .selectFrom('one_time_tokens')
      .selectAll()
      .where('user_id', '=', userId)
      .where('kind', '=', kind)
      .executeTakeFirst();
    return row && toToken(row, kind);
  }

  /** One page of the tokens of a kind that are good at `now`, oldest first, behind the id `after`; scans. */
  async page(
    kind: TokenKind,
    { after, limit }: { after: string | undefined; limit: number },
    now: Date,
  ): Promise<OneTimeToken[]> {
    const rows = await this.#db
      .selectFrom('one_time_tokens')
      .selectAll()
      .where('kind', '=', kind)
      .where('expires_at', '>', now.toISOString())
      .where('id', '>', after ?? '')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => toToken(row, kind));
  }

  async insert(token: OneTimeToken, tokenHash: string): Promise<void> {
    await this.#db
      .insertInto('one_time_tokens')
      .values({
        id: token.id,
        kind: token.kind,
        user_id: token.userId,
        token_hash: tokenHash,
        email: token.email,
        created_at: token.createdAt.toISOString(),
        created_by: token.createdBy,
        expires_at: token.expiresAt.toISOString(),
      })
      .execute();
  }

  /** Gives how many there were. */
  async deleteAll(): Promise<number> {
    const result = await this.#db.deleteFrom('one_time_tokens').executeTakeFirst();
    return Number(result.numDeletedRows);
  }

  /** Gives whether it was still there. */
  async delete(id: string): Promise<boolean> {
    const result = await this.#db.deleteFrom('one_time_tokens').where('id', '=', id).executeTakeFirst();
    return Number(result.numDeletedRows) === 1;
  }

  /** Gives how many there were. */
  async deleteOfUser(userId: string, kinds: readonly TokenKind[] = tokenKinds): Promise<number> {
    const result = await this.#db
      .deleteFrom('one_time_tokens')
      .where('user_id', '=', userId)
      .where('kind', 'in', kinds)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }
}

function toToken(row: OneTimeTokenRow, kind: TokenKind): OneTimeToken {
  requireSound('one_time_tokens', row, row.id);
  return {
    id: row.id,
    kind,
    userId: row.user_id,
    email: row.email,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    expiresAt: new Date(row.expires_at),
  };
}
