import type { Call } from '../../../domain/call.ts';
import { AuthctlError } from '../../../domain/errors.ts';
import type { Connection } from '../../../store/dialects/index.ts';
import {
  openConnection,
  readLedger,
  requireCurrentSchema,
  requireOwnSchema,
  Store,
} from '../../../store/index.ts';
import { AuditService } from '../../audit/audit.ts';

/** What a database holds, as far as people compare it. */
export interface Contents {
  users: number;
  events: number;
  /** Hash of the newest audit event. */
  headHash: string;
  /** Name of the newest migration. */
  schema: string;
  /** Whether that is the newest one that there is. */
  isCurrent: boolean;
}

interface Reader {
  caller: Call;
  now(): Date;
}

/**
 * Goes through everything in a file that nobody uses, and changes nothing in it. Throws `file-unusable` when it is no
 * database of this program, `database-newer`, `database-damaged` and `audit-damaged`.
 */
export async function verifyContents(file: string, reader: Reader): Promise<Contents> {
  const connection = await openConnection(file, { create: false, timeoutMs: undefined, readOnly: true });
  try {
    return await readWhole(connection, reader);
  } catch (error) {
    throw connection.dialect.explain(error) ?? error;
  } finally {
    await connection.close();
  }
}

async function readWhole(connection: Connection, { caller, now }: Reader): Promise<Contents> {
  const inspector = await connection.inspector();
  const faults = (await inspector.integrity()).filter(({ state }) => state === 'failure');
  if (faults.length > 0) {
    const why = faults.map(({ detail }) => detail).join('; ');
    throw new AuthctlError('database-damaged', `the database is damaged: ${why}`, {
      hint: 'restore it from a backup',
    });
  }
  const isCurrent = await requireKnownSchema(connection);
  const schema = await requireLog(connection);
  const store = new Store(connection, now);
  const { head } = await new AuditService({ store, caller, now }).verify();
  await requireOwnSchema(connection);
  return { users: await store.users.countAll(), events: head.seq, headHash: head.hash, schema, isCurrent };
}

/** Older ones are known too: they can be migrated. Gives whether it is this program's own. */
async function requireKnownSchema(connection: Connection): Promise<boolean> {
  try {
    await requireCurrentSchema(connection);
    return true;
  } catch (error) {
    if (error instanceof AuthctlError && error.code === 'database-unmigrated') return false;
    throw error;
  }
}

/** Without a log there is nothing that a backup could be told by. Gives the name of the newest migration. */
async function requireLog(connection: Connection): Promise<string> {
  const names = [...((await readLedger(connection.db, connection.dialect))?.keys() ?? [])];
  const newest = names.at(-1);
  if (newest === undefined || !names.some((name) => name.endsWith('-audit'))) {
    throw new AuthctlError('file-unusable', 'it holds no users and no audit log of authctl', {
      hint: 'name a file that authctl db backup has made',
    });
  }
  return newest;
}
