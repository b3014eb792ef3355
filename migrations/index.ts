import { users } from './0001-users.ts';
import { audit } from './0002-audit.ts';
import { settings } from './0003-settings.ts';
import { loginAttempts } from './0004-login-attempts.ts';
import { imports } from './0005-imports.ts';
import { passwordHistory } from './0006-password-history.ts';
import { sessions } from './0007-sessions.ts';
import { oneTimeTokens } from './0008-one-time-tokens.ts';
import { emailVerified } from './0009-email-verified.ts';
import { auditHeadTurn } from './0010-audit-head-turn.ts';
import { lockKind } from './0011-lock-kind.ts';
import { failedAttempts } from './0012-failed-attempts.ts';
import type { Migration } from './migration.ts';

export type { Migration, Spelling } from './migration.ts';

/** All migrations, oldest first. The ledger of a database that is up to date lists them all. */
export const migrations: readonly Migration[] = [
  users,
  audit,
  settings,
  loginAttempts,
  imports,
  passwordHistory,
  sessions,
  oneTimeTokens,
  emailVerified,
  auditHeadTurn,
  lockKind,
  failedAttempts,
];
