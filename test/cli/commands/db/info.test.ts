import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bytesText } from '../../../../src/cli/views/database.ts';
import { databaseKind } from '../../../databases/database.ts';
import { scene } from '../../scene.ts';

interface Info {
  engine: string;
  location: string;
  bytes: number;
  logBytes: number | null;
  schema: string;
  migrations: number;
  tables: { table: string; rows: number; bytes: number }[];
  oldestEvent: { seq: number; at: string } | null;
  newestEvent: { seq: number; at: string } | null;
}

test('engine, sizes, schema, rows of each table and the ends of the log', async () => {
  const { json, add, database, events } = await scene();
  await add('alice', 'bob');
  const info = await json<Info>('db info');
  expect(info.engine).toMatch(/^(SQLite|PostgreSQL|MariaDB|MySQL) \d+\./);
  expect(info.location).toBe(database);
  const status = await json<{ name: string }[]>('migrate status');
  expect(info).toMatchObject({ schema: status.at(-1)?.name, migrations: status.length });
  const rows = Object.fromEntries(info.tables.map(({ table, rows }) => [table, rows]));
  expect(rows).toMatchObject({ users: 2, audit_events: 3, audit_head: 1, imports: 0 });
  for (const { bytes } of info.tables) expect(bytes).toBeGreaterThan(0);
  expect(info.tables.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(info.bytes);
  const all = await events();
  expect(info.oldestEvent).toEqual({ seq: 1, at: all[0]?.at });
  expect(info.newestEvent).toEqual({ seq: 3, at: all[2]?.at });
  if (databaseKind === 'sqlite') {
    expect(info.bytes).toBe(statSync(database).size);
    expect(info.logBytes).toBe(0);
  } else expect(info.logBytes).toBeNull();
});

test('every table of the schema is counted', async () => {
  const { json, sql } = await scene();
  const { tableNames } = await import('../../../databases/database.ts');
  const { tables } = await json<Info>('db info');
  const ledgers = ['schema_migrations', 'schema_migration_progress'];
  const own = sql(tableNames).filter((name) => !ledgers.includes(name));
  expect(tables.map(({ table }) => table).sort()).toEqual(own.sort());
});

test('a log without events has no ends', async () => {
  const { json, run } = await scene({ migrated: false });
  await json('migrate up');
  expect(await json('db info')).toMatchObject({ oldestEvent: null, newestEvent: null });
  expect((await run('db info')).stdout).toMatch(/^Oldest event +none$/m);
});

test.skipIf(databaseKind === 'sqlite')('a password in the location is not shown', async () => {
  const { run, database, secret } = await scene();
  const url = new URL(database);
  url.password = secret('not-needed-here');
  const seen = await run('db info', { env: { AUTHCTL_DATABASE: url.href } });
  // Servers that trust this machine ask for none; others refuse a wrong one, without showing it either.
  expect(`${seen.stdout}${seen.stderr}`).not.toContain('not-needed-here');
});

test.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1.0 KB'],
  [5 * 1024 ** 2, '5.0 MB'],
  [1.5 * 1024 ** 3, '1.5 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});
