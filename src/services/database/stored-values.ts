import { setImmediate } from 'node:timers/promises';
import { damage, type Finding, passed } from '../../domain/finding.ts';
import { isStoredPolicy } from '../../domain/policy.ts';
import { quote } from '../../domain/text.ts';
import { identify } from '../../hashing/index.ts';
import type { Connection } from '../../store/dialects/index.ts';
import {
  type Key,
  keyOf,
  ownedTables,
  rowsWithoutOwner,
  type Schema,
  type TableName,
  TableReader,
  tableNames,
  wrongColumn,
} from '../../store/index.ts';
import { settingName as policySetting } from '../policies.ts';

/** How many rows are read at a time. */
const pageSize = 1000;

/** The wrong values of one column. */
interface WrongValues {
  count: number;
  /** The key of the first row, for people. */
  first: string;
}

/**
 * Reads every value of every table, and finds those that this program does not write: by damage, by another program, or
 * by hand. What is found is told by table and column, with the first row; a value itself is never told.
 */
export async function storedValueFindings(connection: Connection): Promise<Finding[]> {
  const { db, dialect } = connection;
  const wrong = new Map<string, WrongValues>();
  const add = (place: string, first: string, count = 1) => {
    const known = wrong.get(place);
    if (known) known.count += count;
    else wrong.set(place, { count, first });
  };
  let rows = 0;
  for (const table of tableNames) {
    await ifThere(dialect, async () => {
      for await (const row of allRows(new TableReader(db), table)) {
        rows += 1;
        const column = wrongColumn(table, row) ?? (await wrongContent(table, row));
        if (column !== undefined) add(`${table}.${column}`, keyText(keyOf(table, row)));
      }
    });
  }
  for (const table of ownedTables) {
    await ifThere(dialect, async () => {
      const { count, first } = await rowsWithoutOwner(db, table);
      if (count > 0) add(`${table}.user_id`, quote(String(first)), count);
    });
  }
  if (wrong.size === 0) return [passed('values', `${rows} rows, with values as authctl writes them`)];
  const found = [...wrong].map(
    ([place, { count, first }]) =>
      `${place} in ${count} ${count === 1 ? 'row' : 'rows'} (the first: ${first})`,
  );
  return [
    damage(
      'values',
      `authctl has not written the values of ${found.join(', ')}`,
      'find out who did; restore a backup (authctl db restore), or set them right',
    ),
  ];
}

/** Does `work` on a table, which a database of an older schema may lack. */
async function ifThere({ isMissingTable }: Connection['dialect'], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isMissingTable(error)) throw error;
  }
}

async function* allRows<T extends TableName>(reader: TableReader, table: T): AsyncGenerator<Schema[T]> {
  let after: Key | undefined;
  for (;;) {
    const rows = await reader.page(table, after, pageSize);
    yield* rows;
    // SQLite answers at once: without this turn of the event loop no signal could arrive.
    await setImmediate();
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return;
    after = keyOf(table, last);
  }
}

/** The column of a row with a text that has the right shape and says nothing that this program knows. */
async function wrongContent<T extends TableName>(table: T, row: Schema[T]): Promise<string | undefined> {
  if (table === 'settings' && 'value' in row) return isSetting(row) ? undefined : 'value';
  if (!('password_hash' in row) || typeof row.password_hash !== 'string') return undefined;
  return (await identify(row.password_hash)) ? undefined : 'password_hash';
}

const isSetting = ({ name, value }: { name: string; value: string }): boolean =>
  name !== policySetting || isStoredPolicy(JSON.parse(value));

const keyText = (key: Key): string =>
  Object.values(key)
    .map((value) => (typeof value === 'number' ? String(value) : quote(String(value))))
    .join(' ');
