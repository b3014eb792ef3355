import type { AuthctlError } from '../domain/errors.ts';
import type { AuditService } from './audit-trail.ts';
import type { BackupService } from './backups.ts';
import type { BulkChangeService } from './bulk-changes.ts';
import type { CheckService } from './checks.ts';
import type { CopyService } from './copies.ts';
import type { DatabaseInfoService } from './database-info.ts';
import type { EmailVerificationService } from './email-verifications.ts';
import type { ExportService } from './exports.ts';
import type { HashFormatService } from './hash-formats.ts';
import type { HashService } from './hashes.ts';
import type { ImportService } from './imports.ts';
import type { LoginService } from './logins.ts';
import type { MigrationService } from './migrations.ts';
import type { OwnPasswordService } from './own-passwords.ts';
import type { PolicyService } from './policies.ts';
import type { ResetService } from './resets.ts';
import type { RestoreService } from './restores.ts';
import type { SessionService } from './sessions.ts';
import type { UserDeletionService } from './user-deletions.ts';
import type { UserExplanationService } from './user-explanations.ts';
import type { UserStateService } from './user-states.ts';
import type { UserService } from './users.ts';

/** What commands call; each service, and the database below it, is loaded when it is first asked for. */
export interface Services {
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
  close(): Promise<void>;
}
