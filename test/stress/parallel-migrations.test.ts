import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { testFolder } from '../cli.ts';
import { type Ended, type Program, programIn } from './program.ts';

const names = migrations.map((migration) => migration.name);
const eight = Array.from({ length: 8 });
const minutes = 60_000;

interface Migrated {
  changed: string[];
}

/** Names in the ledger and the text of the schema, read without the program. */
function inspect({ database }: Program): { ledger: unknown[]; schema: unknown[]; integrity: unknown } {
  const db = new Database(database, { readonly: true });
  try {
    return {
      ledger: db.prepare('select name from schema_migrations order by name').pluck().all(),
      schema: db.prepare('select sql from sqlite_schema where sql is not null order by name').pluck().all(),
      integrity: db.pragma('integrity_check', { simple: true }),
    };
  } finally {
    db.close();
  }
}

test(
  '8 parallel migrate up on a new file apply each migration once',
  async () => {
    const program = programIn(testFolder());

    const ended = await Promise.all(eight.map(() => program.run(['migrate', 'up', '--json'])));

    expect(ended.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
      eight.map(() => ({ exitCode: 0, stderr: '' })),
    );
    const changed = ended.flatMap(({ stdout }): string[] => (JSON.parse(stdout) as Migrated).changed);
    expect(changed.sort()).toEqual(names);
    expect(inspect(program)).toMatchObject({ ledger: names, integrity: 'ok' });
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
      expect(stderr).not.toMatch(/database is locked|is busy|SQLITE|bug/);
      expect(exitCode).toBe(0);
    }
    expect(inspect(program).integrity).toBe('ok');
    // Whatever the last of them left, going up from it gives the schema of a new database, byte for byte.
    await program.json('migrate', 'up');
    expect(inspect(program)).toEqual(inspect(reference));
  },
  minutes,
);
