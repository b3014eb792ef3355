import type { Kysely } from 'kysely';
import { AuditRepository } from './audit.ts';
import type { Connection } from './dialects/index.ts';
import { readLedger } from './ledger.ts';
import type { Schema } from './schema.ts';
import { UserRepository } from './users.ts';

/** What reverting migrations destroys. */
export interface WhatIsLost {
  users: number;
  events: number;
  /** Hash of the newest audit event, the last witness of the log. */
  headHash: string | null;
}

/** What is in the tables that going down to `count` migrations would drop. */
export function whatIsLost(connection: Connection, count: number): Promise<WhatIsLost> {
  const { db, dialect, attempt } = connection;
  // Under the lock, or a parallel run could take back a table before it is counted.
  return attempt(() =>
    db.transaction().execute(async (tx) => {
      const lock = await dialect.lockSchema(tx);
      try {
        return await countRows(tx, connection, count);
      } finally {
        await lock.release();
      }
    }),
  );
}

async function countRows(tx: Kysely<Schema>, connection: Connection, count: number): Promise<WhatIsLost> {
  const applied = [...((await readLedger(tx, connection.dialect))?.keys() ?? [])];
  const drops = (name: string) => applied.findIndex((one) => one.endsWith(name)) >= count;
  const head = drops('-audit') ? await new AuditRepository(tx).head() : undefined;
  return {
    users: drops('-users') ? await new UserRepository(tx, connection).countAll() : 0,
    events: head?.seq ?? 0,
    headHash: head?.hash ?? null,
  };
}
