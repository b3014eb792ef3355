/** Rows as the database has them: times as ISO 8601 UTC text with milliseconds, truth values as 0 and 1. */
export interface UserRow {
  id: string;
  username: string;
  username_key: string;
  email: string | null;
  email_key: string | null;
  first_name: string | null;
  last_name: string | null;
  password_hash: string | null;
  password_changed_at: string | null;
  must_change_password: number;
  disabled_at: string | null;
  locked_at: string | null;
  locked_until: string | null;
  lock_reason: string | null;
  failed_attempts: number;
  consecutive_failures: number;
  expires_at: string | null;
  last_login_at: string | null;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
  deleted_at: string | null;
  deleted_by: string | null;
  version: number;
  email_verified_at: string | null;
  /** `automatic` or `administrator`; `null` without a lock. */
  lock_kind: string | null;
}

export interface AuditEventRow {
  seq: number;
  request_id: string;
  part: number;
  at: string;
  actor: string;
  os_user: string;
  host: string;
  action: string;
  outcome: string;
  target: string | null;
  payload: string;
  hash: string;
}

export interface AuditHeadRow {
  id: number;
  seq: number;
  hash: string;
  /** Grows with each writing transaction in a cluster, where only what is written is seen on other nodes in time. */
  turn: number;
}

export interface SettingRow {
  name: string;
  value: string;
}

export interface LoginAttemptRow {
  id: string;
  user_id: string;
  started_at: string;
  /** When it failed, of attempts that are kept after that; `null` while it is under way. */
  failed_at: string | null;
}

export interface PasswordHistoryRow {
  id: string;
  user_id: string;
  password_hash: string;
  replaced_at: string;
}

export interface SessionRow {
  id: string;
  user_id: string;
  token_hash: string;
  created_at: string;
  last_used_at: string;
  idle_expires_at: string;
  expires_at: string;
}

export interface OneTimeTokenRow {
  id: string;
  kind: string;
  user_id: string;
  token_hash: string;
  email: string | null;
  created_at: string;
  created_by: string;
  expires_at: string;
}

export interface ImportRow {
  id: string;
  source: string;
  options: string;
  started_at: string;
  updated_at: string;
  finished_at: string | null;
  row_count: number;
  byte_offset: number;
  sha256: string;
  rejects_length: number;
  report: string;
}

/** The ledger: which migrations have been applied. */
export interface LedgerRow {
  name: string;
  applied_at: string;
}

/** Where each statement of a migration commits by itself: how many are done, and whether the next was begun. */
export interface MigrationProgressRow {
  name: string;
  direction: string;
  done: number;
  under_way: number;
}

/** Who changes the schema of a cluster, and the count of their signs of life. */
export interface MigrationLockRow {
  id: number;
  owner: string;
  beat: number;
}

export interface Schema {
  users: UserRow;
  audit_events: AuditEventRow;
  audit_head: AuditHeadRow;
  settings: SettingRow;
  login_attempts: LoginAttemptRow;
  imports: ImportRow;
  password_history: PasswordHistoryRow;
  sessions: SessionRow;
  one_time_tokens: OneTimeTokenRow;
  schema_migrations: LedgerRow;
  schema_migration_progress: MigrationProgressRow;
  schema_migration_lock: MigrationLockRow;
}
