import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../../src/store/dialects/index.ts';
import { openConnection } from '../../src/store/index.ts';
import { Migrator } from '../../src/store/schema/migrator.ts';
import { testFolder } from '../folder.ts';
import { administrator, databaseKind, newDatabase, newName } from './database.ts';
import { atDatabase, serverUrls } from './kinds.ts';

// Migrating takes a hundred times as long as most tests need: what many tests begin with is made once in a process,
// and each test gets a copy of its own.
//
//   const location = await copyOf('what it holds', folder, async (location) => { … });   any prepared database
//   const connection = await openMigrated(now);                                          an empty migrated one, open

/** Makes a copy; gives its location. */
type Copy = (folder: string) => string;

const templates = new Map<string, Promise<Copy>>();

/**
 * The location of a database of the test's own that holds what `make` puts into one.
 *
 * @param what names the contents: `make` runs for the first test of a process that asks for them
 * @param folder where the file is, of a database that is one
 */
export async function copyOf(
  what: string,
  folder: string,
  make: (location: string) => Promise<unknown>,
): Promise<string> {
  const made = templates.get(what) ?? makeTemplate(make);
  templates.set(what, made);
  return (await made)(folder);
}

function makeTemplate(make: (location: string) => Promise<unknown>): Promise<Copy> {
  if (databaseKind === 'postgres') return postgresTemplate(make);
  if (databaseKind === 'mysql') return mysqlTemplate(make);
  return sqliteTemplate(make);
}

async function sqliteTemplate(make: (location: string) => Promise<unknown>): Promise<Copy> {
  const folder = mkdtempSync(join(tmpdir(), 'authctl-test-'));
  try {
    const file = join(folder, 'test.db');
    await make(file);
    const bytes = readFileSync(file);
    return (target) => {
      const copy = newDatabase(target);
      writeFileSync(copy, bytes, { mode: 0o600, flag: 'wx' });
      return copy;
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function postgresTemplate(make: (location: string) => Promise<unknown>): Promise<Copy> {
  const template = newName();
  await make(atDatabase(serverUrls.postgres, template));
  return (folder) => {
    const copy = newDatabase(folder);
    administrator().query(`create database ${nameIn(copy)} template ${template}`);
    return copy;
  };
}

/** MySQL and MariaDB have no templates: the statements that make the same tables, with the same rows and triggers. */
async function mysqlTemplate(make: (location: string) => Promise<unknown>): Promise<Copy> {
  const template = newName();
  await make(atDatabase(serverUrls.mysql, template));
  const rows = (text: string) =>
    administrator()
      .query(text)
      .map((row) => Object.values(row).map(String));
  const database = rows(`show create database ${template}`).map(([, create = '']) => create);
  const tables = rows(`show tables from ${template}`).flatMap(([table = '']) =>
    rows(`show create table ${template}.${table}`).map(([, create = '']) => ({ table, create })),
  );
  const triggers = rows(`show triggers from ${template}`);
  const statements = [
    ...database.map((create) => create.replace(`\`${template}\``, '`COPY`')),
    'use `COPY`',
    'set foreign_key_checks = 0',
    ...tables.map(({ create }) => create),
    ...tables.map(({ table }) => `insert into ${table} select * from ${template}.${table}`),
    ...triggers.map(
      ([name, event, table, statement, timing]) =>
        `create trigger ${name} ${timing} ${event} on ${table} for each row ${statement}`,
    ),
    'set foreign_key_checks = 1',
    `use \`${nameIn(serverUrls.mysql)}\``,
  ].join(';\n');
  return (folder) => {
    const copy = newDatabase(folder);
    administrator().query(statements.replaceAll('`COPY`', `\`${nameIn(copy)}\``));
    return copy;
  };
}

/** The database's name in its location on a server. */
const nameIn = (location: string): string => new URL(location).pathname.slice(1);

/** A connection to a migrated, empty database of the test's own. */
export async function openMigrated(now: () => Date, timeoutMs = 1000): Promise<Connection> {
  const open = async (location: string) => {
    const connection = await openConnection(location, { create: true, timeoutMs });
    await new Migrator(connection, now).up();
    return connection;
  };
  if (databaseKind === 'memory') return open('memory:');
  const location = await copyOf('migrated', testFolder(), async (template) => (await open(template)).close());
  return openConnection(location, { create: false, timeoutMs });
}
