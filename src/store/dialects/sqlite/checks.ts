import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type Kysely, sql } from 'kysely';
import { damage, type Finding, passed, warning } from '../../../domain/finding.ts';
import { quote } from '../../../domain/text.ts';
import type { Schema } from '../../schema/types.ts';
import type { Inspector } from '../inspector.ts';

/** How many faults of the file are told. */
const shownFaults = 3;

/** What is to be known of a SQLite database that is open. */
export function sqliteInspector(db: Kysely<Schema>, file: string): Inspector {
  const rows = async (text: string) => (await sql.raw<Record<string, unknown>>(text).execute(db)).rows;
  const value = async (text: string) => Object.values((await rows(text))[0] ?? {})[0];
  return {
    engine: async () => `SQLite ${await value('select sqlite_version()')}`,
    settings: async () => [
      journal(String(await value('pragma journal_mode')), file),
      foreignKeys(Number(await value('pragma foreign_keys'))),
    ],
    integrity: async () => {
      const faults = await rows(`pragma integrity_check(${shownFaults})`);
      return [integrity(faults.map((row) => String(row.integrity_check)))];
    },
    schemaFaults: async (statements) =>
      schemaDifferences(schemaMadeBy(statements), schemaTexts(await rows(schemaQuery))),
    triggers: async () =>
      new Set(
        (await rows(`select name from sqlite_schema where type = 'trigger'`)).map((row) => `${row.name}`),
      ),
    clock: async () => undefined,
    sizes: async () => {
      const tables = await rows(
        `select s.tbl_name as name, sum(d.pgsize) as bytes
          from dbstat as d join sqlite_schema as s on s.name = d.name group by 1`,
      );
      const inside = Number(await value('pragma page_count')) * Number(await value('pragma page_size'));
      return {
        database: file === ':memory:' ? inside : sizeOf(file),
        log: file === ':memory:' ? null : sizeOf(`${file}-wal`),
        tables: new Map(tables.map((row) => [String(row.name), Number(row.bytes)])),
      };
    },
  };
}

// SQLite's own objects are left out: indexes of keys, which have no text, and the tables of `analyze`. Their names alone
// tell nothing: who writes into the schema's table itself can give a trigger such a name, and SQLite runs it.
const schemaQuery = `select type, name, sql from sqlite_schema
  where not (type = 'index' and sql is null and name like 'sqlite\\_autoindex\\_%' escape '\\')
    and not (type = 'table' and name in ('sqlite_stat1', 'sqlite_stat4'))`;

/** The text of each object of a schema, by its type and name. */
const schemaTexts = (rows: readonly Record<string, unknown>[]): Map<string, string> =>
  new Map(
    rows.map(({ type, name, sql: text }) => [
      `${type} ${quote(`${name}`)}`,
      `${text}`.replaceAll(/\s+/g, ' '),
    ]),
  );

function schemaMadeBy(statements: readonly string[]): Map<string, string> {
  const database = new Database(':memory:');
  try {
    for (const statement of statements) database.exec(statement);
    return schemaTexts(database.prepare<[], Record<string, unknown>>(schemaQuery).all());
  } finally {
    database.close();
  }
}

/** How one schema differs from another, object by object. */
export function schemaDifferences(
  wanted: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): string[] {
  return [
    ...[...wanted.keys()].filter((name) => !found.has(name)).map((name) => `${name} is missing`),
    ...[...found].flatMap(([name, text]) => {
      const own = wanted.get(name);
      if (own === undefined) return [`${name} was added`];
      return own === text ? [] : [`${name} was changed`];
    }),
  ];
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** What the journal's mode says; the program asks for `wal`, which not every file system can. */
export function journal(mode: string, file: string): Finding {
  if (mode === 'wal' || file === ':memory:') {
    return passed('durability', `journal_mode=${mode}, synchronous=full`);
  }
  return warning(
    'durability',
    `journal_mode=${mode}: readers and writers keep each other waiting, and fewer failures are survived`,
    'keep the database on a local disk, where the write-ahead log works',
  );
}

function foreignKeys(on: number): Finding {
  return on === 1
    ? passed('foreign-keys', 'on')
    : warning('foreign-keys', 'this build of SQLite ignores them', 'install better-sqlite3 anew');
}

/** What `pragma integrity_check` has said. */
export function integrity(said: readonly string[]): Finding {
  if (said.length === 1 && said[0] === 'ok') return passed('integrity', 'every page and index is whole');
  return damage(
    'integrity',
    said.join('; ').replaceAll('\n', ' '),
    'stop all writers, keep a copy of the file, and restore a backup (authctl db restore)',
  );
}
