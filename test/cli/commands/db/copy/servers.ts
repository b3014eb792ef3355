import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { onTestFinished } from 'vitest';

import { atDatabase, serverUrls } from '../../../../databases/kinds.ts';

export type ServerKind = 'postgres' | 'mysql';

const dropping = { postgres: ' with (force)', mysql: '' };

/** Runs statements past the program; on the server as a whole where no database is named. */
export async function serverSql(
  kind: ServerKind,
  statements: string[],
  url = serverUrls[kind],
): Promise<unknown[]> {
  const { query, end } = kind === 'postgres' ? await postgresClient(url) : await mysqlClient(url);
  try {
    let rows: unknown[] = [];
    for (const statement of statements) rows = await query(statement);
    return rows;
  } finally {
    await end();
  }
}

async function postgresClient(url: string) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  await client.connect();
  const query = async (text: string): Promise<unknown[]> => (await client.query(text)).rows;
  return { query, end: () => client.end() };
}

async function mysqlClient(url: string) {
  const connection = await mysql.createConnection({ uri: url, connectTimeout: 2000 });
  const query = async (text: string) => (await connection.query(text))[0] as unknown[];
  return { query, end: () => connection.end() };
}

/** Whether a server answers. */
export const answers = (kind: ServerKind): Promise<boolean> =>
  serverSql(kind, ['select 1']).then(
    () => true,
    (error) => {
      if (process.env.AUTHCTL_TEST_REQUIRE) throw error;
      return false;
    },
  );

/** The URL of a database that is not there yet, and is gone after the test. */
export function newDatabase(kind: ServerKind): string {
  const name = `authctl_copy_${process.pid}_${randomBytes(6).toString('hex')}`;
  onTestFinished(async () => {
    await serverSql(kind, [`drop database if exists ${name}${dropping[kind]}`]);
  });
  return atDatabase(serverUrls[kind], name);
}

/** Ends all connections to a database, as an administrator of the server can. */
export async function cutConnections(kind: ServerKind, url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  if (kind === 'postgres') {
    await serverSql(kind, [
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
    ]);
    return;
  }
  const list = await serverSql(kind, [`select id from information_schema.processlist where db = '${name}'`]);
  // One that has ended by itself meanwhile is none to end.
  for (const row of list as { id: number }[]) await serverSql(kind, [`kill ${row.id}`]).catch(() => {});
}
