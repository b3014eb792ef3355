import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { inject, onTestFinished } from 'vitest';
import { testFolder } from '../folder.ts';
import { atDatabase, type DatabaseKind, namesOf, serverUrls } from './kinds.ts';
import { ServerSql } from './server-sql.ts';

// Databases of the kind that the project of a test runs on (`databaseKind`): `newDatabase(folder)` names one that
// is not there yet, `openSql(location)` works on one past the program. Prepared ones: template.ts.

declare module 'vitest' {
  interface ProvidedContext {
    database: DatabaseKind;
    /** Names this run of the tests; it is in the names of all databases that the run makes on servers. */
    run: string;
  }
}

/** What the tests of this file run on. */
export const databaseKind: DatabaseKind = inject('database');

/** What tests use of a database behind the program's back: better-sqlite3, or the same over a server. */
export interface TestSql {
  exec(text: string): unknown;
  prepare<Row = unknown>(text: string): TestStatement<Row>;
  close(): unknown;
}

const guardRails = {
  sqlite: 'drop trigger audit_events_no_update; drop trigger audit_events_no_delete',
  postgres: 'drop trigger audit_events_no_change on audit_events',
  mysql: 'drop trigger audit_events_no_update; drop trigger audit_events_no_delete',
};

/** Takes away what keeps the audit log from being changed, as who owns the database can. */
export const dropGuards = (database: TestSql) =>
  database.exec(guardRails[databaseKind === 'memory' ? 'sqlite' : databaseKind]);

export interface TestStatement<Row> {
  run(...values: unknown[]): unknown;
  get(...values: unknown[]): Row | undefined;
  all(...values: unknown[]): Row[];
  /** The first column alone. */
  pluck(): TestStatement<Row>;
}

// One connection for all tests of a process, which ends with it.
let administration: ServerSql | undefined;

/** A connection to the server that the tests of this file run on, as its administrator. */
export function administrator(): ServerSql {
  if (databaseKind !== 'postgres' && databaseKind !== 'mysql')
    throw new Error(`${databaseKind} has no server`);
  administration ??= new ServerSql(serverUrls[databaseKind]);
  return administration;
}

/** A name for a database on a server; all of a run are dropped at its end. */
export const newName = (): string => `${namesOf(inject('run'))}${randomBytes(6).toString('hex')}`;

/** The location of a database that is not there yet; what a test makes of it is gone after the test. */
export function newDatabase(folder: string): string {
  if (databaseKind === 'memory' || databaseKind === 'sqlite') return join(folder, 'test.db');
  const name = newName();
  onTestFinished(() => {
    administrator().query(
      `drop database if exists ${name}${databaseKind === 'postgres' ? ' with (force)' : ''}`,
    );
  });
  return atDatabase(serverUrls[databaseKind], name);
}

/** The location of a database for a store of the test's own process. */
export const storeLocation = (): string =>
  databaseKind === 'memory' ? 'memory:' : newDatabase(testFolder());

/** Opens a database behind the program's back. */
export function openSql(location: string): TestSql {
  if (!/^(postgres|mysql):/.test(location)) return new Database(location) as unknown as TestSql;
  const server = new ServerSql(location);
  const statement = <Row>(text: string, pluck: boolean): TestStatement<Row> => {
    const all = (...values: unknown[]) =>
      server.query(text, values).map((row) => (pluck ? Object.values(row)[0] : row)) as Row[];
    return {
      run: (...values) => server.query(text, values),
      get: (...values) => all(...values)[0],
      all,
      pluck: () => statement(text, true),
    };
  };
  return {
    exec: (text) => server.query(text),
    prepare: <Row>(text: string) => statement<Row>(text, false),
    close: () => server.close(),
  };
}

/** Writes rows behind the program's back, those with the same columns in one statement. */
export function insertRows(database: TestSql, table: string, rows: readonly Record<string, unknown>[]): void {
  const alike = new Map<string, Record<string, unknown>[]>();
  for (const row of rows) {
    const columns = Object.keys(row).join(', ');
    const group = alike.get(columns);
    if (group) group.push(row);
    else alike.set(columns, [row]);
  }
  for (const [columns, group] of alike) {
    const marks = `(${columns.replaceAll(/\w+/g, '?')})`;
    for (let start = 0; start < group.length; start += 500) {
      const some = group.slice(start, start + 500);
      database
        .prepare(`insert into ${table} (${columns}) values ${some.map(() => marks).join(', ')}`)
        .run(...some.flatMap((row) => Object.values(row)));
    }
  }
}

const tableLists = {
  sqlite: `select name from sqlite_master where type = 'table' order by name`,
  postgres: `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  mysql: `select table_name as name from information_schema.tables where table_schema = database() order by 1`,
};

/** Names of all tables, in order. */
export const tableNames = (database: TestSql): string[] =>
  database
    .prepare<string>(tableLists[databaseKind === 'memory' ? 'sqlite' : databaseKind])
    .pluck()
    .all();

/** Every row of every table, to compare with. */
export function tablesText(database: TestSql): string {
  return tableNames(database)
    .map((name) => {
      const rows = database.prepare(`select * from ${name}`).all();
      return `${name}\n${rows
        .map((row) => JSON.stringify(row, null, 1))
        .sort()
        .join('\n')}`;
    })
    .join('\n');
}
