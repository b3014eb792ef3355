import type { ErrorCode } from '../domain/errors.ts';

/** Exit codes that are no error's. */
export const exit = {
  done: 0,
  bug: 1,
  usage: 2,
  refusedLogin: 3,
  partlyDone: 10,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code of every error. */
export const exitCodes: Readonly<Record<ErrorCode, number>> = {
  usage: exit.usage,
  'confirmation-needed': exit.usage,
  'login-refused': exit.refusedLogin,
  'unknown-hash': 4,
  'unsupported-hash': 4,
  'invalid-username': 4,
  'invalid-email': 4,
  'invalid-name': 4,
  'invalid-password': 4,
  'invalid-policy': 4,
  'invalid-time': 4,
  'invalid-dump': 4,
  'dump-broken': 4,
  'user-deleted': 4,
  'user-not-deleted': 4,
  'user-not-found': 5,
  'user-exists': 6,
  'email-exists': 6,
  'changed-meanwhile': 6,
  'input-changed': 6,
  'file-exists': 6,
  'database-busy': 7,
  'database-missing': 8,
  'database-unmigrated': 8,
  'database-newer': 8,
  'database-unusable': 8,
  'disk-full': 8,
  'settings-invalid': 8,
  'file-unusable': 8,
  'database-damaged': 9,
  'audit-damaged': 9,
  interrupted: exit.interrupted,
};
