/** What the tests of a project run on. */
export type DatabaseKind = 'memory' | 'sqlite' | 'postgres' | 'mysql';

/** Where the servers of the tests are; each test makes and drops a database of its own there. */
export const serverUrls: Readonly<Record<'postgres' | 'mysql', string>> = {
  postgres: process.env.AUTHCTL_TEST_POSTGRES || 'postgres://postgres@127.0.0.1:5432/postgres',
  mysql: process.env.AUTHCTL_TEST_MYSQL || 'mysql://root@127.0.0.1:3306/mysql',
};

/** The same server, another database. */
export function atDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
