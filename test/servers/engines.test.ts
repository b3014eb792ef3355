import { describe, expect, test } from 'vitest';
import { scene } from '../cli/scene.ts';
import { administrator, databaseKind, openSql, tableNames } from '../databases/database.ts';

describe.runIf(databaseKind === 'postgres')('an engine that speaks the protocol of PostgreSQL', () => {
  test('is refused by migrate up with the reason, and nothing is written into it', async () => {
    const on = await scene({ migrated: false });
    const name = new URL(on.database).pathname.slice(1);
    administrator().query(`create database ${name}`);
    // A function of this name that is found before the server's own: what CockroachDB says of itself.
    administrator().query(`alter database ${name} set search_path = public, pg_catalog`);
    const database = openSql(on.database);
    database.exec(
      `create function public.version() returns text language sql as $$ select 'CockroachDB CCL v24.1.0 (x86_64)' $$`,
    );

    const refused = await on.fails('migrate up');

    expect(refused).toMatchObject({ exitCode: 8, code: 'database-unusable' });
    expect(refused.message).toMatch(/ is CockroachDB: it has no triggers for statements/);
    expect(tableNames(database)).toEqual([]);
    database.close();
  });
});
