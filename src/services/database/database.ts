// The door of what is done with a database as a whole. A name that is imported from here loads its own file alone.
export {
  type BackupReport,
  BackupService,
  type RestorePlan,
  type RestoreReport,
  RestoreService,
} from './backup/backup.ts';
export { CheckService } from './checks.ts';
export {
  type ComparedTable,
  type CopyPlan,
  type CopyProgress,
  type CopyReport,
  CopyService,
  copyDestination,
} from './copy/copy.ts';
export { type DatabaseInfo, DatabaseInfoService, type EventInfo } from './info.ts';
export { MigrationService, type MigrationState } from './migrations.ts';
export { requireSqliteFile } from './server-tools.ts';
