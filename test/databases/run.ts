import type { TestProject } from 'vitest/node';
import { namesOf, serverUrls } from './kinds.ts';
import { ServerSql } from './server-sql.ts';

// Around all tests of a project that runs on a server. Each test drops its own database; at the end of the run go the
// templates, and what tests left behind whose process was killed.

export function setup({ config }: TestProject): (() => void) | undefined {
  const { database, run } = config.provide;
  if (run === undefined || (database !== 'postgres' && database !== 'mysql')) return undefined;
  return () => dropAll(database, namesOf(run));
}

const listed = {
  postgres: 'select datname as name from pg_database where starts_with(datname, ?)',
  mysql: `select schema_name as name from information_schema.schemata where locate(?, schema_name) = 1`,
};

function dropAll(kind: 'postgres' | 'mysql', prefix: string): void {
  const server = new ServerSql(serverUrls[kind]);
  try {
    for (const { name } of server.query(listed[kind], [prefix])) {
      server.query(`drop database if exists ${name}${kind === 'postgres' ? ' with (force)' : ''}`);
    }
  } catch {
    // Without a server there was nothing to make; the tests themselves have said so.
  } finally {
    server.close();
  }
}
