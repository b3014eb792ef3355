import { migrations } from '../../../migrations/index.ts';
import type { Dialect } from '../dialects/index.ts';

/**
 * The triggers that the applied migrations have made, by name, each with the statement that makes it.
 *
 * @param applied names of migrations
 */
export function guardStatements(
  { spelling, schemaStatement }: Pick<Dialect, 'spelling' | 'schemaStatement'>,
  applied: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const statements = migrations
    .filter(({ name }) => applied.has(name))
    .flatMap((migration) => migration.up(spelling).map(schemaStatement));
  return new Map(
    statements.flatMap((text) => {
      const name = /^create trigger (\w+)/.exec(text)?.[1];
      return name === undefined ? [] : [[name, text.replaceAll(/\s+/g, ' ')] as const];
    }),
  );
}
