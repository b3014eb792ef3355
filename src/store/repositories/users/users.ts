import type { Kysely } from 'kysely';
import type { Lockout } from '../../../domain/lockout.ts';
import type { User } from '../../../domain/user.ts';
import { identityKey } from '../../../domain/username.ts';
import type { Connection } from '../../dialects/index.ts';
import type { Schema } from '../../schema/types.ts';
import { changedMeanwhile, emailExists, userExists } from './errors.ts';
import { lockoutColumns, toRow, toUser, toUserHash, type UserHash } from './mapping.ts';
import { sortColumns, type UserFilter, type UserSortField, userConditions } from './queries.ts';

export type { UserHash } from './mapping.ts';

/** Where a page of users begins and how it is ordered. */
export interface UserPage {
  sort: UserSortField;
  descending: boolean;
  /** The last user of the page before. */
  after: User | undefined;
  limit: number;
}

/** How many users without an event are looked for. */
export const mostUnaccounted = 1000;

/** The `users` table. */
export class UserRepository {
  readonly #db: Kysely<Schema>;
  readonly #connection: Connection;

  constructor(db: Kysely<Schema>, connection: Connection) {
    this.#db = db;
    this.#connection = connection;
  }

  async byId(id: string): Promise<User | undefined> {
    return this.#one('id', id.toLowerCase());
  }

  async byUsername(username: string): Promise<User | undefined> {
    return this.#one('username_key', identityKey(username));
  }

  async byEmail(email: string): Promise<User | undefined> {
    return this.#one('email_key', identityKey(email));
  }

  async #one(column: 'id' | 'username_key' | 'email_key', value: string): Promise<User | undefined> {
    const row = await this.#db.selectFrom('users').selectAll().where(column, '=', value).executeTakeFirst();
    return row && toUser(row);
  }

  /** Users, deleted ones included, whose username or e-mail has one of the keys (see `identityKey`). */
  async byKeys(keys: readonly string[]): Promise<User[]> {
    if (keys.length === 0) return [];
    const found = new Map<string, User>();
    for (const column of ['username_key', 'email_key'] as const) {
      const rows = await this.#db.selectFrom('users').selectAll().where(column, 'in', keys).execute();
      for (const row of rows) found.set(row.id, toUser(row));
    }
    return [...found.values()];
  }

  async byIds(ids: readonly string[]): Promise<User[]> {
    if (ids.length === 0) return [];
    return (await this.#db.selectFrom('users').selectAll().where('id', 'in', ids).execute()).map(toUser);
  }

  /** Current usernames by id; an id that is gone has none. */
  async usernames(ids: readonly string[]): Promise<Map<string, string>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom('users')
      .select(['id', 'username'])
      .where('id', 'in', ids)
      .execute();
    return new Map(rows.map((row) => [row.id, row.username]));
  }

  /** One page of all usernames in the order of their ids, behind the id `after`; deleted users included. */
  async usernamePage(after: string | undefined, limit: number): Promise<{ id: string; username: string }[]> {
    const query = this.#db.selectFrom('users').select(['id', 'username']).orderBy('id').limit(limit);
    return (after === undefined ? query : query.where('id', '>', after)).execute();
  }

  /**
   * The ids of users whom no event has added, and of those whom an event has added who are not there and whom no event
   * has purged; at most `mostUnaccounted` of each, in order. Scans.
   */
  async unaccounted(): Promise<{ added: string[]; gone: string[] }> {
    const limit = mostUnaccounted;
    const [added, gone] = [
      await this.#db
        .selectFrom('users as u')
        .select('u.id')
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('audit_events as e')
                .select('e.seq')
                .whereRef('e.target', '=', 'u.id')
                .where('e.action', '=', 'user.add'),
            ),
          ),
        )
        .orderBy('u.id')
        .limit(limit)
        .execute(),
      await this.#db
        .selectFrom('audit_events as e')
        .select('e.target')
        .distinct()
        .where('e.action', '=', 'user.add')
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('users as u').select('u.id').whereRef('u.id', '=', 'e.target'))),
        )
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('audit_events as p')
                .select('p.seq')
                .whereRef('p.target', '=', 'e.target')
                .where('p.action', '=', 'user.purge'),
            ),
          ),
        )
        .orderBy('e.target')
        .limit(limit)
        .execute(),
    ];
    return { added: added.map(({ id }) => id), gone: gone.flatMap(({ target }) => target ?? []) };
  }

  /** One page of all users' hashes in the order of their ids, behind the id `after`; deleted users included. */
  async hashes(after: string | undefined, limit: number): Promise<UserHash[]> {
    const rows = await this.#db
      .selectFrom('users')
      .select(['id', 'password_hash', 'password_changed_at'])
      .where('id', '>', after ?? '')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(toUserHash);
  }

  /** One page of the users that match. Users without a value in the sort field come first. */
  async page(filter: UserFilter, page: UserPage, now: Date): Promise<User[]> {
    const column = sortColumns[page.sort];
    const rest = page.after && toRow(page.after)[column];
    const nulls = page.descending ? 'last' : 'first';
    const phases = nulls === 'first' ? (['null', 'value'] as const) : (['value', 'null'] as const);
    const users: User[] = [];
    let after = page.after;
    for (const phase of phases) {
      if (after && (rest === null) !== (phase === 'null')) {
        // The page before ended in the other phase: this one is either behind us or not yet begun.
        if (phases.indexOf(phase) === 0) continue;
        after = undefined;
      }
      if (users.length < page.limit) {
        users.push(...(await this.#phase(filter, page, phase, after, page.limit - users.length, now)));
      }
    }
    return users;
  }

  async #phase(
    filter: UserFilter,
    { sort, descending }: UserPage,
    phase: 'null' | 'value',
    after: User | undefined,
    limit: number,
    now: Date,
  ): Promise<User[]> {
    const column = sortColumns[sort];
    const [direction, beyond] = descending ? (['desc', '<'] as const) : (['asc', '>'] as const);
    let query = this.#db
      .selectFrom('users')
      .selectAll()
      .where(userConditions(filter, now, this.#connection.dialect))
      .where(column, phase === 'null' ? 'is' : 'is not', null);
    if (phase === 'value') query = query.orderBy(column, direction);
    query = query.orderBy('id', direction).limit(limit);
    if (after) {
      const [key, id] = [toRow(after)[column] ?? '', after.id];
      query = query.where((where) =>
        phase === 'null'
          ? where('id', beyond, id)
          : // A comparison of tuples, which MySQL would take no index for.
            where.and([
              where(column, descending ? '<=' : '>=', key),
              where.or([where(column, beyond, key), where('id', beyond, id)]),
            ]),
      );
    }
    return (await query.execute()).map(toUser);
  }

  /** How many users match; scans. */
  async count(filter: UserFilter, now: Date): Promise<number> {
    const { total } = await this.#db
      .selectFrom('users')
      .select((select) => select.fn.countAll().as('total'))
      .where(userConditions(filter, now, this.#connection.dialect))
      .executeTakeFirstOrThrow();
    return Number(total);
  }

  /** Whether there is nobody at all, not even a deleted user. */
  async isEmpty(): Promise<boolean> {
    return (await this.#db.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined;
  }

  /** How many users there are, deleted ones included; scans. */
  async countAll(): Promise<number> {
    const { total } = await this.#db
      .selectFrom('users')
      .select((select) => select.fn.countAll().as('total'))
      .executeTakeFirstOrThrow();
    return Number(total);
  }

  /** Throws `user-exists` or `email-exists`. */
  async insert(user: User): Promise<void> {
    await this.#unique(user, () => this.#db.insertInto('users').values(toRow(user)).execute());
  }

  /** Inserts users that are known not to collide. */
  async insertMany(users: readonly User[]): Promise<void> {
    await this.#connection.bulkInsert(this.#db, 'users', users.map(toRow));
  }

  /**
   * Writes all of `user`, provided that it still is of version `expected`. Throws `changed-meanwhile`,
   * `user-exists` or `email-exists`.
   */
  async update(user: User, expected: number): Promise<void> {
    const { id, ...columns } = toRow(user);
    const result = await this.#unique(user, () =>
      this.#db
        .updateTable('users')
        .set(columns)
        .where('id', '=', id)
        .where('version', '=', expected)
        .executeTakeFirst(),
    );
    if (Number(result.numUpdatedRows) === 0) throw changedMeanwhile(user.username);
  }

  async delete(id: string): Promise<void> {
    await this.#db.deleteFrom('users').where('id', '=', id).execute();
  }

  /** Writes what logins change; it leaves the version as it is. */
  async updateLogin(
    id: string,
    lockout: Lockout,
    lockedAt: Date | null,
    lastLoginAt: Date | null,
  ): Promise<void> {
    await this.#db
      .updateTable('users')
      .set({ ...lockoutColumns(lockout, lockedAt), last_login_at: lastLoginAt?.toISOString() ?? null })
      .where('id', '=', id)
      .execute();
  }

  /** Replaces a hash by one of the same password; gives whether it was still the one of before. */
  async replaceHash(id: string, before: string, after: string): Promise<boolean> {
    const result = await this.#db
      .updateTable('users')
      .set({ password_hash: after })
      .where('id', '=', id)
      .where('password_hash', '=', before)
      .executeTakeFirst();
    return Number(result.numUpdatedRows) === 1;
  }

  async #unique<T>(user: User, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      const index = this.#connection.dialect.uniqueViolation(error);
      if (index === undefined) throw error;
      throw index.includes('email') ? emailExists(user.email ?? '') : userExists(user.username);
    }
  }
}
