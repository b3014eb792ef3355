/** Every error a caller can meet; `src/cli/exit-codes.ts` maps each to an exit code. */
export type ErrorCode =
  | 'usage'
  | 'confirmation-needed'
  | 'login-refused'
  | 'unknown-hash'
  | 'unsupported-hash'
  | 'invalid-username'
  | 'invalid-email'
  | 'invalid-name'
  | 'invalid-password'
  | 'invalid-policy'
  | 'invalid-time'
  | 'value-too-long'
  | 'invalid-dump'
  | 'dump-broken'
  | 'user-not-found'
  | 'user-deleted'
  | 'user-not-deleted'
  | 'user-exists'
  | 'email-exists'
  | 'changed-meanwhile'
  | 'input-changed'
  | 'file-exists'
  | 'database-busy'
  | 'database-unreachable'
  | 'outcome-unknown'
  | 'database-missing'
  | 'database-unmigrated'
  | 'database-newer'
  | 'database-unusable'
  | 'disk-full'
  | 'settings-invalid'
  | 'file-unusable'
  | 'check-failed'
  | 'database-damaged'
  | 'audit-damaged'
  | 'interrupted';

/** An error that is the caller's to mend: what happened, and in `hint` what to do next. */
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
