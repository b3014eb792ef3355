import { AuthctlError } from '../../../domain/errors.ts';
import type { ServerPool } from './driver.ts';

interface Engine {
  product: string;
  /** How the engine names itself in `version()`. */
  known: RegExp;
  lacks: string;
}

// Sources, each product's own documentation: CockroachDB "PostgreSQL Compatibility" (advisory lock functions are there
// and do nothing), "Triggers" (row level only) and "Online Schema Changes" (within transactions they can be half done);
// YugabyteDB "Explicit locking" and "Transactional DDL"; TiDB "MySQL Compatibility" (no triggers) and "Character Set and
// Collation".
const engines: readonly Engine[] = [
  {
    product: 'CockroachDB',
    known: /^CockroachDB\b/,
    lacks:
      'it has no triggers for statements and TRUNCATE, its advisory locks lock nothing, and its schema changes can be half done',
  },
  {
    product: 'YugabyteDB',
    known: /-YB-/,
    lacks:
      'its advisory locks and its schema changes within transactions do not hold as those of PostgreSQL do',
  },
  {
    product: 'TiDB',
    known: /-TiDB-/i,
    lacks: 'it has no triggers, and its utf8mb4_bin takes "alice" and "alice " for the same name',
  },
];

/** Asks the server which engine it is. Throws `database-unusable` for one that is not supported. */
export async function requireSupported(pool: ServerPool, database: string): Promise<void> {
  const client = await pool.connect();
  let broken = true;
  try {
    const [row] = await client.queryValues('select version()', []);
    broken = false;
    refuseUnsupported(String(row?.[0]), database);
  } finally {
    client.release(broken);
  }
}

/**
 * Refuses to put the tables into an engine that speaks a server's protocol and does not keep what authctl promises
 * there. Throws `database-unusable`.
 *
 * @param version what `version()` gives
 * @param database the database as messages call it
 */
export function refuseUnsupported(version: string, database: string): void {
  const engine = engines.find(({ known }) => known.test(version));
  if (!engine) return;
  throw new AuthctlError('database-unusable', `${database} is ${engine.product}: ${engine.lacks}`, {
    hint: 'use PostgreSQL, MySQL or MariaDB; README.md, "When one server is not enough", says what works beyond one',
  });
}
