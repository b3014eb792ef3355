import { quote } from '../../../domain/text.ts';

/** What a server's catalogue tells of a schema. */
export interface SchemaShape {
  /** `table.column`. */
  columns: ReadonlySet<string>;
  /** Name of each index, and whether it is unique. */
  indexes: ReadonlyMap<string, boolean>;
  /** Name of each trigger, and what it does. */
  triggers: ReadonlyMap<string, string>;
}

/** The tables that statements make. */
export const tablesOf = (statements: readonly string[]): string[] =>
  statements.flatMap((text) => /^create table (?:if not exists )?(\w+)/.exec(text)?.[1] ?? []);

/** The shape that statements make; `bodyOf` gives what a statement's trigger does. */
export function shapeOf(
  statements: readonly string[],
  bodyOf: (trigger: string, statements: readonly string[]) => string,
): SchemaShape {
  const columns = new Set<string>();
  const indexes = new Map<string, boolean>();
  const triggers = new Map<string, string>();
  for (const text of statements) {
    const [, table = '', body = ''] =
      /^create table (?:if not exists )?(\w+) \((.*)\)[^)]*$/s.exec(text) ?? [];
    for (const line of body.split(/,\s*\n/)) {
      const name = /^\s*(\w+)/.exec(line)?.[1];
      if (name !== undefined) columns.add(`${table}.${name}`);
    }
    const added = /^alter table (\w+) add column (\w+)/.exec(text);
    if (added) columns.add(`${added[1]}.${added[2]}`);
    const index = /^create (unique )?index (\w+)/.exec(text);
    if (index?.[2] !== undefined) indexes.set(index[2], index[1] !== undefined);
    const trigger = /^create trigger (\w+)/.exec(text)?.[1];
    if (trigger !== undefined) triggers.set(trigger, oneLine(bodyOf(text, statements)));
  }
  return { columns, indexes, triggers };
}

/** How a schema differs from the one that is wanted. Indexes that somebody has added do no harm, unless they are unique. */
export function shapeFaults(wanted: SchemaShape, found: SchemaShape): string[] {
  const faults: string[] = [];
  const differ = (kind: string, name: string, how: string) => faults.push(`${kind} ${quote(name)} ${how}`);
  for (const name of wanted.columns) if (!found.columns.has(name)) differ('column', name, 'is missing');
  for (const name of found.columns) if (!wanted.columns.has(name)) differ('column', name, 'was added');
  for (const [name, unique] of wanted.indexes) {
    const is = found.indexes.get(name);
    if (is === undefined) differ('index', name, 'is missing');
    else if (is !== unique) differ('index', name, 'was changed');
  }
  for (const [name, unique] of found.indexes) {
    if (unique && !wanted.indexes.has(name)) differ('unique index', name, 'was added');
  }
  for (const name of wanted.triggers.keys()) {
    if (!found.triggers.has(name)) differ('trigger', name, 'is missing');
  }
  for (const [name, body] of found.triggers) {
    const own = wanted.triggers.get(name);
    if (own === undefined) differ('trigger', name, 'was added');
    else if (own !== oneLine(body)) differ('trigger', name, 'was changed');
  }
  return faults;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
