import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { UserStatus } from '../../../domain/user.ts';
import { identityKey } from '../../../domain/username.ts';
import type { Dialect } from '../../dialects/index.ts';
import type { Schema } from '../../schema/types.ts';

/** Fields by which users can be listed; each has an index. */
export const userSortFields = ['username', 'email', 'createdAt', 'lastLoginAt'] as const;
export type UserSortField = (typeof userSortFields)[number];

/** Which users, in which order. */
export interface UserFilter {
  status?: UserStatus;
  /** Part of a username, e-mail address, first or last name, without regard to case. Scans. */
  search?: string;
}

export const sortColumns = {
  username: 'username_key',
  email: 'email_key',
  createdAt: 'created_at',
  lastLoginAt: 'last_login_at',
} as const;

/** The conditions of a filter at `now`; without a status, deleted users are left out. */
export function userConditions(filter: UserFilter, now: Date, dialect: Pick<Dialect, 'lower'>) {
  return (where: ExpressionBuilder<Schema, 'users'>): Expression<SqlBool> => {
    const conditions = [statusCondition(where, filter.status, now.toISOString())];
    if (filter.search !== undefined) conditions.push(searchCondition(where, filter.search, dialect));
    return where.and(conditions);
  };
}

function statusCondition(
  where: ExpressionBuilder<Schema, 'users'>,
  status: UserStatus | undefined,
  now: string,
): Expression<SqlBool> {
  if (status === 'deleted') return where('deleted_at', 'is not', null);
  const present = where('deleted_at', 'is', null);
  if (status === undefined) return present;
  if (status === 'disabled') return where.and([present, where('disabled_at', 'is not', null)]);
  const enabled = where.and([present, where('disabled_at', 'is', null)]);
  const unexpired = where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]);
  if (status === 'expired') return where.and([enabled, where('expires_at', '<=', now)]);
  const locked = where.and([
    where('locked_at', 'is not', null),
    where.or([where('locked_until', 'is', null), where('locked_until', '>', now)]),
  ]);
  return where.and([enabled, unexpired, status === 'locked' ? locked : where.not(locked)]);
}

function searchCondition(
  where: ExpressionBuilder<Schema, 'users'>,
  search: string,
  dialect: Pick<Dialect, 'lower'>,
): Expression<SqlBool> {
  // No column holds as much, and SQLite refuses patterns over 50,000 bytes.
  if (search.length > 1000) return sql<SqlBool>`1 = 0`;
  const pattern = `%${escapeLike(identityKey(search))}%`;
  const holds = (text: Expression<unknown>) => like(text, pattern);
  const keys = ['username_key', 'email_key'].map((column) => sql.ref(column));
  const names = ['first_name', 'last_name'].map(dialect.lower);
  return where.or([...keys, ...names].map(holds));
}

/** Whether a column's text ends with `text`, to be written as `identityKey` does where the column is a key. */
export const endsWith = (column: 'username_key' | 'email_key', text: string): Expression<SqlBool> =>
  like(sql.ref(column), `%${escapeLike(text)}`);

const escapeLike = (text: string) => text.replaceAll(/[!%_]/g, (character) => `!${character}`);
const like = (text: Expression<unknown>, pattern: string) => sql<SqlBool>`${text} like ${pattern} escape '!'`;
