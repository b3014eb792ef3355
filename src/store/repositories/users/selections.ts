import type { Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely';
import type { User } from '../../../domain/user.ts';
import type { UserSelection } from '../../../domain/user-selection.ts';
import type { Connection, Dialect } from '../../dialects/index.ts';
import type { Schema } from '../../schema/types.ts';
import { toUser } from './mapping.ts';
import { endsWith, userConditions } from './queries.ts';

/** Users who meet conditions, in the order of their ids. Every query scans, from where it begins. */
export class UserSelectionRepository {
  readonly #db: Kysely<Schema>;
  readonly #dialect: Pick<Dialect, 'lower'>;

  constructor(db: Kysely<Schema>, { dialect }: Connection) {
    this.#db = db;
    this.#dialect = dialect;
  }

  async count(selection: UserSelection, now: Date): Promise<number> {
    const { total } = await this.#db
      .selectFrom('users')
      .select((select) => select.fn.countAll().as('total'))
      .where(selected(selection, now, this.#dialect))
      .executeTakeFirstOrThrow();
    return Number(total);
  }

  /** One page, behind the id `after`. */
  async page(selection: UserSelection, after: string, limit: number, now: Date): Promise<User[]> {
    const rows = await this.#db
      .selectFrom('users')
      .selectAll()
      .where('id', '>', after)
      .where(selected(selection, now, this.#dialect))
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(toUser);
  }

  /** Those of the ids that meet the conditions now. */
  async among(ids: readonly string[], selection: UserSelection, now: Date): Promise<User[]> {
    if (ids.length === 0) return [];
    const rows = await this.#db
      .selectFrom('users')
      .selectAll()
      .where('id', 'in', ids)
      .where(selected(selection, now, this.#dialect))
      .orderBy('id')
      .execute();
    return rows.map(toUser);
  }
}

function selected(selection: UserSelection, now: Date, dialect: Pick<Dialect, 'lower'>) {
  const { status, lastLoginBefore, neverLoggedIn, passwordChangedBefore } = selection;
  const { createdBefore, createdAfter, emailDomain } = selection;
  return (where: ExpressionBuilder<Schema, 'users'>): Expression<SqlBool> => {
    const sinceCreation = (column: 'last_login_at' | 'password_changed_at', before: Date) =>
      where(where.fn.coalesce(column, 'created_at'), '<', before.toISOString());
    return where.and([
      userConditions(status === undefined ? {} : { status }, now, dialect)(where),
      ...(lastLoginBefore ? [sinceCreation('last_login_at', lastLoginBefore)] : []),
      ...(neverLoggedIn ? [where('last_login_at', 'is', null)] : []),
      ...(passwordChangedBefore
        ? [
            where('password_hash', 'is not', null),
            sinceCreation('password_changed_at', passwordChangedBefore),
          ]
        : []),
      ...(createdBefore ? [where('created_at', '<', createdBefore.toISOString())] : []),
      ...(createdAfter ? [where('created_at', '>=', createdAfter.toISOString())] : []),
      ...(emailDomain === undefined ? [] : [endsWith('email_key', `@${emailDomain}`)]),
    ]);
  };
}
