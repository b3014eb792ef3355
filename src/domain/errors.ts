/** Every error a caller can meet; `src/cli/exit-codes.ts` maps each to an exit code, `error-codes.ts` explains it. */
export type ErrorCode =
  | 'usage'
  | 'confirmation-needed'
  | 'login-refused'
  | 'session-refused'
  | 'token-refused'
  | 'unknown-hash'
  | 'unsupported-hash'
  | 'invalid-username'
  | 'invalid-email'
  | 'invalid-name'
  | 'no-email'
  | 'invalid-password'
  | 'invalid-policy'
  | 'invalid-time'
  | 'value-too-long'
  | 'value-unfit'
  | 'invalid-dump'
  | 'dump-broken'
  | 'user-not-found'
  | 'session-not-found'
  | 'token-not-found'
  | 'user-deleted'
  | 'user-not-deleted'
  | 'user-exists'
  | 'email-exists'
  | 'changed-meanwhile'
  | 'input-changed'
  | 'file-exists'
  | 'target-not-empty'
  | 'database-busy'
  | 'database-unreachable'
  | 'outcome-unknown'
  | 'database-missing'
  | 'database-unmigrated'
  | 'database-newer'
  | 'database-incomplete'
  | 'database-unusable'
  | 'disk-full'
  | 'output-unusable'
  | 'system-limit'
  | 'settings-invalid'
  | 'file-unusable'
  | 'check-failed'
  | 'database-damaged'
  | 'audit-damaged'
  | 'copy-differs'
  | 'interrupted';

/** An error that the caller can do something about. The message says what happened, `hint` what to do next. */
export class AuthctlError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  /** Further keys for the JSON form of the error. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string | undefined; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AuthctlError';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }
}
