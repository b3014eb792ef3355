import { AuthctlError } from '../../domain/errors.ts';
import type { Open } from './dialect.ts';
import { schemeOf } from './scheme.ts';

// A name that is imported from here loads its own file alone.
export type { Connection, Dialect, Open, OpenOptions } from './dialect.ts';
export type { Inspector, Sizes } from './inspector.ts';
export { databaseNames } from './same-database.ts';
export { schemeOf } from './scheme.ts';
export { eachHost, readServerUrl } from './server/location.ts';
export { type BackupOptions, copySqlite, makeSingleFile } from './sqlite/backup.ts';
export { foldLog, replaceContents, WriterLock } from './sqlite/contents-replacement.ts';
export { sqliteCode } from './sqlite/errors.ts';
export { sqliteFileFindings } from './sqlite/files.ts';
export { sqliteFile } from './sqlite/location.ts';

/** URL scheme to what opens it. */
const dialects: Readonly<Record<string, () => Promise<Open>>> = {
  sqlite: async () => (await import('./sqlite/sqlite.ts')).openSqlite,
  memory: async () => (await import('./sqlite/sqlite.ts')).openSqlite,
  postgres: async () => (await import('./postgres/postgres.ts')).openPostgres,
  postgresql: async () => (await import('./postgres/postgres.ts')).openPostgres,
  mysql: async () => (await import('./mysql/mysql.ts')).openMysql,
  mariadb: async () => (await import('./mysql/mysql.ts')).openMysql,
};

/** What opens `location`: a path, `memory:`, or a URL. Throws `settings-invalid` for an unknown scheme. */
export function opener(location: string): Promise<Open> {
  const scheme = schemeOf(location);
  const load = Object.hasOwn(dialects, scheme) ? dialects[scheme] : undefined;
  if (!load) {
    throw new AuthctlError('settings-invalid', `no database is known by the URL scheme "${scheme}:"`, {
      hint: `use a path, ${Object.keys(dialects)
        .map((name) => `${name}:`)
        .join(', ')}`,
    });
  }
  return load();
}
