import type { Caller } from '../domain/caller.ts';
import type { AuthctlError } from '../domain/errors.ts';
import type { AuditService } from './audit/audit.ts';
import type {
  BackupService,
  CheckService,
  CopyService,
  DatabaseInfoService,
  MigrationService,
  RestoreService,
} from './database/database.ts';
import type { ExportService } from './exports/exports.ts';
import type { HashFormatService, HashService } from './hashes/hashes.ts';
import type { ImportService } from './imports/imports.ts';
import type { LoginService } from './logins/logins.ts';
import type { OwnPasswordService } from './passwords/passwords.ts';
import type { PolicyService } from './policies.ts';
import type { SessionService } from './sessions/sessions.ts';
import type { EmailVerificationService, ResetService } from './tokens/tokens.ts';
import type {
  BulkChangeService,
  UserDeletionService,
  UserExplanationService,
  UserService,
  UserStateService,
} from './users/users.ts';

/**
 * What one caller can have done with one open database; each service, and the database below it, is loaded when it is
 * first asked for.
 */
export interface Services {
  /** The same services over the same open database for another caller, with transactions and events of its own. Throws `usage`. */
  as(caller: Caller): Services;
  users(): Promise<UserService>;
  userStates(): Promise<UserStateService>;
  userDeletions(): Promise<UserDeletionService>;
  bulkChanges(): Promise<BulkChangeService>;
  ownPasswords(): Promise<OwnPasswordService>;
  userExplanations(): Promise<UserExplanationService>;
  logins(): Promise<LoginService>;
  sessions(): Promise<SessionService>;
  resets(): Promise<ResetService>;
  emails(): Promise<EmailVerificationService>;
  policies(): Promise<PolicyService>;
  audit(): Promise<AuditService>;
  imports(): Promise<ImportService>;
  hashes(): Promise<HashService>;
  /** Needs no database. */
  hashFormats(): Promise<HashFormatService>;
  exports(): Promise<ExportService>;
  /** Copies into the database at `to`; throws `usage` when that is the one that is copied. */
  copies(destination: { to: string; passwordFile: string | undefined }): Promise<CopyService>;
  databaseInfo(): Promise<DatabaseInfoService>;
  /** Backups into `file`; throws `usage` for a server, with what to use there. */
  backups(file: string): Promise<BackupService>;
  /** Restores from `file`, whatever state the database is in; throws `usage` for a server, with what to use there. */
  restores(file: string): Promise<RestoreService>;
  /** Works on a database in any state. */
  checks(): Promise<CheckService>;
  /** Works on any schema; `create` makes a database that is not there. */
  migrations(options: { create: boolean }): Promise<MigrationService>;
  /** What an error of the database means to the caller; `undefined` when it is a bug. */
  explain(error: unknown): AuthctlError | undefined;
  /** Whether this caller has begun a transaction: something may have been changed. */
  hasBegun(): boolean;
  /** Closes the database, for every caller. */
  close(): Promise<void>;
}
