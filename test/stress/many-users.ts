import Database from 'better-sqlite3';
import type { Program } from './program.ts';

// Many users at once, past the program: `addMany(program, 20_000)`.

/** Adds users `person0` and on, without passwords, past the program: an import of as many takes its time. */
export function addMany({ database: file }: Pick<Program, 'database'>, count: number): void {
  const database = new Database(file);
  const at = '2026-01-01T00:00:00.000Z';
  database
    .prepare(
      `with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n < ? - 1)
       insert into users (id, username, username_key, must_change_password, failed_attempts,
         consecutive_failures, created_at, created_by, updated_at, updated_by, version)
       select printf('00000000-0000-7000-8000-%012d', n), 'person' || n, 'person' || n, 0, 0,
         0, @at, 'test', @at, 'test', 1 from numbers`,
    )
    .run(count, { at });
  database.close();
}
