import { type Kysely, sql } from 'kysely';
import type { UserStatus } from '../../../domain/user.ts';
import { isLockedAt, statusOfTimes } from '../../../domain/user-status.ts';
import type { Connection } from '../../dialects/index.ts';
import type { Schema, UserRow } from '../../schema/types.ts';
import { requireSound } from '../../schema/values.ts';
import { userConditions } from './queries.ts';

const columns = [
  ...(['id', 'username', 'email', 'first_name', 'last_name', 'password_changed_at'] as const),
  ...(['must_change_password', 'disabled_at', 'locked_at', 'locked_until', 'lock_reason'] as const),
  ...(['failed_attempts', 'consecutive_failures', 'expires_at', 'last_login_at', 'created_at'] as const),
  ...([
    'created_by',
    'updated_at',
    'updated_by',
    'deleted_at',
    'deleted_by',
    'version',
    'email_verified_at',
    'lock_kind',
  ] as const),
] as const;

type ValuesOf<Columns extends readonly (keyof UserRow)[]> = {
  -readonly [Index in keyof Columns]: UserRow[Columns[Index]];
};
/** The values of `columns` in their order, then the hash where it was asked for, and whether there is one. */
type Values = [...ValuesOf<typeof columns>, passwordHash: string | null, hasPassword: number];

/** A user with everything that is stored, times as text, and what follows from it at one time. */
export interface StoredUser extends ReturnType<typeof toStoredUser> {}

/** Which users to read. */
export interface ExportPage {
  /** Only users in this status; all users, deleted ones included, when `undefined`. */
  status: UserStatus | undefined;
  /** Id of the last user of the page before. */
  after: string | undefined;
  limit: number;
  /** Without it no hash is read. */
  withHashes: boolean;
}

/** Reads the `users` table from its beginning to its end, in the order of ids. */
export class UserExportRepository {
  readonly #db: Kysely<Schema>;
  readonly #connection: Connection;

  constructor(db: Kysely<Schema>, connection: Connection) {
    this.#db = db;
    this.#connection = connection;
  }

  /** One page of users whose status is asked for at `now`. */
  async page({ status, after, limit, withHashes }: ExportPage, now: Date): Promise<StoredUser[]> {
    let query = this.#db
      .selectFrom('users')
      .select(columns)
      .select([
        withHashes ? 'password_hash' : sql<null>`null`.as('password_hash'),
        sql<number>`case when password_hash is null then 0 else 1 end`.as('has_password'),
      ])
      .orderBy('id')
      .limit(limit);
    if (status !== undefined) query = query.where(userConditions({ status }, now, this.#connection.dialect));
    if (after !== undefined) query = query.where('id', '>', after);
    const rows = await this.#connection.selectValues<Values>(query.compile());
    const at = now.toISOString();
    return rows.map((values) => {
      if (!isPlausible(values)) requireSound('users', rowOf(values), values[0]);
      return toStoredUser(values, at);
    });
  }
}

const timeIndexes = columns.flatMap((column, index) => (/_at$|_until$/.test(column) ? [index] : []));
const countIndexes = (['failed_attempts', 'consecutive_failures', 'version'] as const).map((column) =>
  columns.indexOf(column),
);

// Looking at every value as `requireSound` does would take an export twice its time: that is left to `db check`.
function isPlausible(values: Values): boolean {
  for (const index of timeIndexes) {
    const time = values[index];
    if (time !== null && (typeof time !== 'string' || time.length !== 24)) return false;
  }
  for (const index of countIndexes) if (!Number.isSafeInteger(values[index])) return false;
  return typeof values[1] === 'string' && (values.at(-2) === null || typeof values.at(-2) === 'string');
}

const rowOf = (values: Values): Partial<UserRow> =>
  Object.fromEntries([...columns, 'password_hash'].map((column, index) => [column, values[index]]));

// One literal, and no loop or spread: that is what a million users take their time in.
function toStoredUser(values: Values, now: string) {
  const [
    id,
    username,
    email,
    firstName,
    lastName,
    passwordChangedAt,
    mustChangePassword,
    disabledAt,
    lockedAt,
    lockedUntil,
    lockReason,
    failedAttempts,
    consecutiveFailures,
    expiresAt,
    lastLoginAt,
    createdAt,
    createdBy,
    updatedAt,
    updatedBy,
    deletedAt,
    deletedBy,
    version,
    emailVerifiedAt,
    lockKind,
    passwordHash,
    hasPassword,
  ] = values;
  const times = { deletedAt, disabledAt, expiresAt, lockedAt, lockedUntil };
  return {
    id,
    username,
    email,
    emailVerifiedAt,
    firstName,
    lastName,
    passwordChangedAt,
    mustChangePassword: Number(mustChangePassword) !== 0,
    disabledAt,
    lockedAt,
    lockedUntil,
    lockReason,
    lockKind,
    failedAttempts: Number(failedAttempts),
    consecutiveFailures: Number(consecutiveFailures),
    expiresAt,
    lastLoginAt,
    createdAt,
    createdBy,
    updatedAt,
    updatedBy,
    deletedAt,
    deletedBy,
    version: Number(version),
    status: statusOfTimes(times, now),
    locked: isLockedAt(times, now),
    passwordHash,
    hasPassword: Number(hasPassword) !== 0,
  };
}
