import { beforeEach, inject } from 'vitest';
import { serverUrls } from './kinds.ts';
import { ServerSql } from './server-sql.ts';

// Before each test of a project that runs on a server: where none answers, the test is reported as skipped, by name.
const kind = inject('database');
const reason = kind === 'postgres' || kind === 'mysql' ? unreachable(serverUrls[kind]) : undefined;

function unreachable(url: string): string | undefined {
  const server = new ServerSql(url);
  try {
    server.query('select 1');
    return undefined;
  } catch (error) {
    if (process.env.AUTHCTL_TEST_REQUIRE) throw error;
    return `no ${kind} server answers at ${new URL(url).host}: ${error instanceof Error ? error.message : error}`;
  } finally {
    server.close();
  }
}

beforeEach(({ skip }) => {
  if (reason !== undefined) skip(reason);
});
