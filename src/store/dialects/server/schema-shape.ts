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
  const columns = (shape: SchemaShape) => new Map([...shape.columns].map((name) => [name, ''] as const));
  const unique = [...found.indexes].filter(([name, isUnique]) => isUnique && !wanted.indexes.has(name));
  const known = [...found.indexes].filter(([name]) => wanted.indexes.has(name));
  const bodies = [...found.triggers].map(([name, body]) => [name, oneLine(body)] as const);
  return [
    ...differences('column', columns(wanted), columns(found)),
    ...differences('index', wanted.indexes, new Map(known)),
    ...differences('unique index', new Map(), new Map(unique)),
    ...differences('trigger', wanted.triggers, new Map(bodies)),
  ];
}

function differences<T>(
  kind: string,
  wanted: ReadonlyMap<string, T>,
  found: ReadonlyMap<string, T>,
): string[] {
  const missing = [...wanted.keys()].filter((name) => !found.has(name));
  const others = [...found].filter(([name, value]) => wanted.get(name) !== value);
  return [
    ...missing.map((name) => `${kind} ${quote(name)} is missing`),
    ...others.map(([name]) => `${kind} ${quote(name)} was ${wanted.has(name) ? 'changed' : 'added'}`),
  ];
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
