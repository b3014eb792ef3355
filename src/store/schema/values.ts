import { AuthctlError } from '../../domain/errors.ts';
import { isId } from '../../domain/id.ts';
import { lockKinds } from '../../domain/lockout.ts';
import { isNameTag } from '../../domain/name-tag.ts';
import { tokenKinds } from '../../domain/one-time-token.ts';
import { quote } from '../../domain/text.ts';
import { identityKey } from '../../domain/username.ts';
import type { Schema } from './types.ts';

/** The tables whose values have a meaning of their own: all but those about the schema itself. */
export type ValueTable = Exclude<keyof Schema, `schema_migration${string}`>;

type Rule = (value: unknown) => boolean;

const text: Rule = (value) => typeof value === 'string';
const id: Rule = (value) => typeof value === 'string' && isId(value);
/** ISO 8601 UTC with milliseconds, as `Date.prototype.toISOString` writes it; years have four digits. */
const time: Rule = (value) =>
  typeof value === 'string' &&
  value.length === 24 &&
  /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d\.\d{3}Z$/.test(value) &&
  isDate(value);
const count: Rule = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const fromOne: Rule = (value) => count(value) && Number(value) > 0;
const flag: Rule = (value) => value === 0 || value === 1;
const sha256: Rule = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const json: Rule = (value) => typeof value === 'string' && isJson(value);
const oneOf =
  (choices: readonly string[]): Rule =>
  (value) =>
    typeof value === 'string' && choices.includes(value);
const orNull =
  (rule: Rule): Rule =>
  (value) =>
    value === null || rule(value);

// `Date.parse` takes the 31st of February for a day in March. Writing the date again is slow, and each row of a listing
// comes by here: only days that not every month has are compared so.
function isDate(value: string): boolean {
  const date = Date.parse(value);
  if (Number.isNaN(date)) return false;
  return value.slice(8, 10) <= '28' || new Date(date).toISOString() === value;
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/** What the columns of each table may hold, beside what their types in the database already say. */
const rules: { readonly [T in ValueTable]: { readonly [C in keyof Schema[T]]: Rule } } = {
  users: {
    id,
    username: text,
    username_key: text,
    email: orNull(text),
    email_key: orNull(text),
    first_name: orNull(text),
    last_name: orNull(text),
    password_hash: orNull(text),
    password_changed_at: orNull(time),
    must_change_password: flag,
    disabled_at: orNull(time),
    locked_at: orNull(time),
    locked_until: orNull(time),
    lock_reason: orNull(text),
    failed_attempts: count,
    consecutive_failures: count,
    expires_at: orNull(time),
    last_login_at: orNull(time),
    created_at: time,
    created_by: text,
    updated_at: time,
    updated_by: text,
    deleted_at: orNull(time),
    deleted_by: orNull(text),
    version: fromOne,
    email_verified_at: orNull(time),
    lock_kind: orNull(oneOf(lockKinds)),
  },
  audit_events: {
    seq: fromOne,
    request_id: text,
    part: fromOne,
    at: time,
    actor: text,
    os_user: text,
    host: text,
    action: text,
    outcome: oneOf(['ok', 'refused']),
    target: orNull(text),
    payload: json,
    hash: sha256,
  },
  audit_head: { id: (value) => value === 1, seq: count, hash: sha256, turn: count },
  settings: { name: text, value: json },
  // Attempts at names that open no account are kept under the name's tag.
  login_attempts: {
    id,
    user_id: (value) => id(value) || (typeof value === 'string' && isNameTag(value)),
    started_at: time,
    failed_at: orNull(time),
  },
  imports: {
    id,
    source: text,
    options: json,
    started_at: time,
    updated_at: time,
    finished_at: orNull(time),
    row_count: count,
    byte_offset: count,
    sha256,
    rejects_length: count,
    report: json,
  },
  password_history: { id, user_id: id, password_hash: text, replaced_at: time },
  sessions: {
    id,
    user_id: id,
    token_hash: sha256,
    created_at: time,
    last_used_at: time,
    idle_expires_at: time,
    expires_at: time,
  },
  one_time_tokens: {
    id,
    kind: oneOf(tokenKinds),
    user_id: id,
    token_hash: sha256,
    email: orNull(text),
    created_at: time,
    created_by: text,
    expires_at: time,
  },
};

/** Columns of users that follow from another one. */
const keys = { username_key: 'username', email_key: 'email' } as const;

/**
 * The first column of a row whose value this program cannot have written; `undefined` if there is none. Columns that
 * the row lacks are passed over, as in a database of an older schema.
 */
export function wrongColumn<T extends ValueTable>(table: T, row: Partial<Schema[T]>): string | undefined {
  const values = row as Readonly<Record<string, unknown>>;
  for (const [column, rule] of Object.entries<Rule>(rules[table])) {
    if (values[column] !== undefined && !rule(values[column])) return column;
  }
  if (table !== 'users') return undefined;
  for (const [column, source] of Object.entries(keys)) {
    const [key, value] = [values[column], values[source]];
    if (key === undefined || value === undefined) continue;
    if (key !== (typeof value === 'string' ? identityKey(value) : null)) return column;
  }
  return undefined;
}

/** The row, if it holds what its columns mean. Throws `database-damaged`, which names table, row and column. */
export function requireSound<T extends ValueTable, R extends Partial<Schema[T]>>(
  table: T,
  row: R,
  key: unknown,
): R {
  const column = wrongColumn(table, row);
  if (column !== undefined) throw damagedValue(table, column, key);
  return row;
}

/** The error of a value that this program cannot have written. It says where the value is, never what it is. */
export function damagedValue(table: ValueTable, column: string, key: unknown): AuthctlError {
  const row = typeof key === 'number' ? String(key) : quote(String(key));
  return new AuthctlError(
    'database-damaged',
    `the database is damaged: ${table}.${column} of row ${row} holds what authctl does not write`,
    {
      hint: 'authctl db check finds all such values; restore a backup, or set the value right',
      details: { table, column, row: typeof key === 'number' ? key : String(key) },
    },
  );
}
