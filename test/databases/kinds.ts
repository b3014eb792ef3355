import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the tests of a project run on. */
export type DatabaseKind = 'memory' | 'sqlite' | 'postgres' | 'mysql';

/** Where the servers of the tests are; each test makes and drops a database of its own there. */
export const serverUrls: Readonly<Record<'postgres' | 'mysql', string>> = {
  postgres: process.env.AUTHCTL_TEST_POSTGRES || 'postgres://postgres@127.0.0.1:5432/postgres',
  mysql: process.env.AUTHCTL_TEST_MYSQL || 'mysql://root@127.0.0.1:3306/mysql',
};

/** The folder where start.sh keeps the server of this kind, with what only a private server has; if it is one. */
export function privateFolder(kind: DatabaseKind): string | undefined {
  const folder = process.env.AUTHCTL_TEST_SERVERS;
  if (!folder || (kind !== 'postgres' && kind !== 'mysql')) return undefined;
  const started = join(folder, `${kind}.url`);
  const isIts = existsSync(started) && readFileSync(started, 'utf8').trim() === serverUrls[kind];
  return isIts ? folder : undefined;
}

/** The same server, another database. */
export function atDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

/** What the names of all databases begin with that a run of the tests makes on servers. */
export const namesOf = (run: string): string => `authctl_test_${run}_`;
