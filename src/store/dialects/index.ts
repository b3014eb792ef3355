import { AuthctlError } from '../../domain/errors.ts';
import type { Open } from './dialect.ts';

export type { Connection, Dialect, Open, OpenOptions } from './dialect.ts';
export type { Inspector, Sizes } from './inspector.ts';

/** URL scheme to what opens it. */
const dialects: Readonly<Record<string, () => Promise<Open>>> = {
  sqlite: async () => (await import('./sqlite/sqlite.ts')).openSqlite,
  memory: async () => (await import('./sqlite/sqlite.ts')).openSqlite,
  postgres: async () => (await import('./postgres/postgres.ts')).openPostgres,
  postgresql: async () => (await import('./postgres/postgres.ts')).openPostgres,
  mysql: async () => (await import('./mysql/mysql.ts')).openMysql,
  mariadb: async () => (await import('./mysql/mysql.ts')).openMysql,
};

/** Which database a location names; one without a scheme is a path of SQLite. */
export function schemeOf(location: string): string {
  // A scheme has two letters at least: `c:` is a drive.
  return /^([a-z][a-z0-9+.-]+):/i.exec(location)?.[1]?.toLowerCase() ?? 'sqlite';
}

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
