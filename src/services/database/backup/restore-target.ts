import { chmodSync, existsSync, renameSync, statSync } from 'node:fs';
import { AuthctlError } from '../../../domain/errors.ts';
import { quote } from '../../../domain/text.ts';
import { type Connection, sqliteCode } from '../../../store/dialects/index.ts';
import { type DatabaseSummary, openConnection, readLedger, readSummary } from '../../../store/index.ts';
import { sidecars } from './backup-file.ts';

/** What is where a backup is to be restored. */
export type Target =
  | { state: 'missing' | 'empty' }
  | ({ state: 'holds' } & DatabaseSummary)
  /** `why` it cannot be read. */
  | { state: 'unreadable'; why: string };

/** Looks at a database that is to be replaced. Throws `file-unusable`, `database-unusable` and `database-busy`. */
export async function readTarget(file: string): Promise<Target> {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) {
    const left = sidecars.find((end) => existsSync(`${file}${end}`));
    if (left === undefined) return { state: 'missing' };
    throw new AuthctlError('file-unusable', `there is no ${quote(file)}, but a ${quote(`${file}${left}`)}`, {
      hint: 'what is in it may not be in the backup: move it away',
    });
  }
  let connection: Connection;
  try {
    connection = await openConnection(file, { create: false, timeoutMs: undefined });
  } catch (error) {
    return unreadable(error);
  }
  try {
    return await readOpen(connection, file);
  } catch (error) {
    return unreadable(connection.dialect.explain(error) ?? error);
  } finally {
    await connection.close();
  }
}

async function readOpen(connection: Connection, file: string): Promise<Target> {
  const { db, dialect } = connection;
  if (await readLedger(db, dialect)) return { state: 'holds', ...(await readSummary(connection)) };
  const { tables } = await (await connection.inspector()).sizes();
  if (tables.size === 0) return { state: 'empty' };
  throw new AuthctlError('database-unusable', `the database ${file} holds tables of another program`, {
    hint: 'name another with --database',
  });
}

/** Only what SQLite cannot read is replaced unread; whatever else keeps it from being opened is mended first. */
function unreadable(error: unknown): Target {
  const isBroken =
    error instanceof AuthctlError && /^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode(error.cause) ?? '');
  if (!isBroken) throw error;
  return { state: 'unreadable', why: error.message };
}

/** Gives a database that cannot be read another name, with what is beside it, for its owner alone. Throws `file-exists`. */
export function moveAside(file: string, to: string): void {
  if (existsSync(to)) throw new AuthctlError('file-exists', `the file ${quote(to)} exists already`);
  for (const end of [...sidecars, '']) {
    if (!existsSync(`${file}${end}`)) continue;
    chmodSync(`${file}${end}`, 0o600);
    renameSync(`${file}${end}`, `${to}${end}`);
  }
}
