import { expect, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { testFolder } from '../cli.ts';
import { databaseKind, openSql } from '../databases/database.ts';
import type { DatabaseKind } from '../databases/kinds.ts';
import { type Ended, type Program, programIn } from './program.ts';

const names = migrations.map((migration) => migration.name);
const eight = Array.from({ length: 8 });
const minutes = 60_000;

interface Migrated {
  changed: string[];
}

// Tables, indexes and triggers as each database describes them.
const descriptions: Readonly<Record<DatabaseKind, string[]>> = {
  memory: [],
  sqlite: ['select sql from sqlite_schema where sql is not null order by name'],
  postgres: [
    `select concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable, column_default,
       collation_name) from information_schema.columns where table_schema = 'public' order by 1`,
    `select indexdef from pg_indexes where schemaname = 'public' order by 1`,
    `select trigger_name || event_manipulation from information_schema.triggers order by 1`,
  ],
  mysql: [
    `select concat_ws(' ', table_name, column_name, column_type, is_nullable, column_default, collation_name)
       from information_schema.columns where table_schema = database() order by 1`,
    `select concat_ws(' ', table_name, index_name, seq_in_index, column_name, non_unique)
       from information_schema.statistics where table_schema = database() order by 1`,
    `select trigger_name from information_schema.triggers where trigger_schema = database() order by 1`,
  ],
};

/** Names in the ledger and the schema, read without the program. */
function inspect({ database }: Program): { ledger: unknown[]; schema: unknown[] } {
  const db = openSql(database);
  try {
    return {
      ledger: db.prepare('select name from schema_migrations order by name').pluck().all(),
      schema: descriptions[databaseKind].flatMap((text) => db.prepare(text).pluck().all()),
    };
  } finally {
    db.close();
  }
}

test(
  '8 parallel migrate up on a new database apply each migration once',
  async () => {
    const program = programIn(testFolder());

    const ended = await Promise.all(eight.map(() => program.run(['migrate', 'up', '--json'])));

    expect(ended.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
      eight.map(() => ({ exitCode: 0, stderr: '' })),
    );
    const changed = ended.flatMap(({ stdout }): string[] => (JSON.parse(stdout) as Migrated).changed);
    expect(changed.sort()).toEqual(names);
    expect(inspect(program)).toMatchObject({ ledger: names });
  },
  minutes,
);

test(
  'parallel migrate up and down leave a whole schema',
  async () => {
    const [program, reference] = [programIn(testFolder()), programIn(testFolder())];
    await reference.json('migrate', 'up');
    await program.json('migrate', 'up');
    const steps = eight.map((_, index) =>
      index % 2 === 0 ? ['migrate', 'up'] : ['migrate', 'down', '--to', '0', '--yes'],
    );

    const ended: Ended[] = [];
    for (let round = 0; round < 4; round += 1) {
      ended.push(...(await Promise.all(steps.map((step) => program.run(step)))));
    }

    for (const { exitCode, stderr } of ended) {
      expect(stderr).not.toMatch(/database is locked|is busy|SQLITE|cannot be reached|bug/);
      expect(exitCode).toBe(0);
    }
    // Whatever the last of them left, going up from it gives the schema of a new database, byte for byte.
    await program.json('migrate', 'up');
    expect(inspect(program)).toEqual(inspect(reference));
  },
  minutes,
);
