import type { Kysely } from 'kysely';
import type { Connection } from '../dialects/index.ts';
import { AuditRepository } from '../repositories/audit.ts';
import { readLedger } from './ledger.ts';
import type { Schema } from './types.ts';

/** What reverting migrations destroys. */
export interface WhatIsLost {
  /** How many rows of each kind are lost, named for people. Kinds without rows are left out. */
  rows: { what: string; count: number }[];
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

/** What people miss of the tables and columns that migrations, by the ends of their names, make. */
const kept: readonly {
  migration: string;
  /** One of it, and several. */
  what: readonly [string, string];
  table: keyof Schema;
  column?: 'email_verified_at';
}[] = [
  { migration: '-users', what: ['user', 'users'], table: 'users' },
  { migration: '-audit', what: ['audit event', 'audit events'], table: 'audit_events' },
  {
    migration: '-password-history',
    what: ['former password', 'former passwords'],
    table: 'password_history',
  },
  { migration: '-sessions', what: ['session', 'sessions'], table: 'sessions' },
  { migration: '-one-time-tokens', what: ['token', 'tokens'], table: 'one_time_tokens' },
  {
    migration: '-email-verified',
    what: ['verified e-mail address', 'verified e-mail addresses'],
    table: 'users',
    column: 'email_verified_at',
  },
];

async function countRows(tx: Kysely<Schema>, connection: Connection, count: number): Promise<WhatIsLost> {
  const applied = [...((await readLedger(tx, connection.dialect))?.keys() ?? [])];
  const drops = (name: string) => applied.findIndex((one) => one.endsWith(name)) >= count;
  const rows: WhatIsLost['rows'] = [];
  for (const { migration, what, table, column } of kept) {
    if (!drops(migration)) continue;
    const all = tx.selectFrom(table).select((row) => row.fn.countAll().as('count'));
    const some = column === undefined ? all : all.where(column, 'is not', null);
    const found = Number((await some.executeTakeFirstOrThrow()).count);
    rows.push({ what: what[found === 1 ? 0 : 1], count: found });
  }
  const head = drops('-audit') ? await new AuditRepository(tx).head() : undefined;
  return { rows: rows.filter(({ count }) => count > 0), headHash: head?.hash ?? null };
}
